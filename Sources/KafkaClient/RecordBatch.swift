internal import CRdKafka

/// Owns what one call fetched of a partition, in order; what was passed is destroyed at once, the rest at the end.
struct RecordBatch: ~Copyable {
  private let messages: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>
  private let capacity: Int
  private var next = 0
  private var count = 0

  init(capacity: Int) {
    messages = .allocate(capacity: capacity)
    messages.initialize(repeating: nil, count: capacity)
    self.capacity = capacity
  }

  deinit {
    for index in next..<count { rd_kafka_message_destroy(messages[index]) }
    messages.deallocate()
  }

  @inline(__always) var isEmpty: Bool { next == count }

  /// The entry at the head; nil when all were passed.
  @inline(__always) var head: UnsafeMutablePointer<rd_kafka_message_t>? {
    next < count ? messages[next] : nil
  }

  @inline(__always) mutating func advance() {
    precondition(next < count, "nothing is left to pass")
    rd_kafka_message_destroy(messages[next])
    next += 1
  }

  mutating func removeAll() {
    while !isEmpty { advance() }
  }

  /// Takes what the queue has, without waiting; only once all before was passed.
  mutating func fill(from queue: borrowing QueueHandle) {
    precondition(isEmpty, "a batch is filled when it is empty")
    guard let queue = queue.pointer else { return }
    next = 0
    count = max(0, rd_kafka_consume_batch_queue(queue, 0, messages, capacity))
  }
}
