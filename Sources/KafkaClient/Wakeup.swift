internal import CRdKafka
internal import Glibc
package import JourneyModel

/// Lets one thread wait for any of many queues, and for whoever else wakes it.
///
/// Wakes are remembered, not counted: look at all queues after each.
package final class Wakeup: Waiter {
  private let descriptor: Int32

  package init() throws(KafkaError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard descriptor >= 0 else {
      throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, "no file descriptor is left")
    }
  }

  deinit { close(descriptor) }

  /// Ends the present or the next wait; safe from any thread and from a signal's handler.
  package func wake() { eventfd_write(descriptor, 1) }

  /// Waits for a wake for at most this long; false when the time is over. Whole milliseconds.
  @discardableResult
  package func wait(upTo span: TimeSpan) -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(clamping: max(0, span.milliseconds))
    guard Glibc.poll(&poll, 1, milliseconds) > 0 else { return false }
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
    return true
  }

  /// Has the queue wake when it is no longer empty.
  func listen(to queue: borrowing QueueHandle) {
    guard let pointer = queue.pointer else { return }
    var one: UInt64 = 1
    rd_kafka_queue_io_event_enable(pointer, descriptor, &one, MemoryLayout<UInt64>.size)
  }
}

/// Owns a reference to one of a client's queues; must be closed, or gone, before the client is.
struct QueueHandle: ~Copyable {
  /// Nil where the client has no such queue, and after the close.
  private(set) var pointer: OpaquePointer?

  init(_ pointer: OpaquePointer?) { self.pointer = pointer }

  deinit { if let pointer { rd_kafka_queue_destroy(pointer) } }

  mutating func close() {
    if let pointer { rd_kafka_queue_destroy(pointer) }
    pointer = nil
  }
}
