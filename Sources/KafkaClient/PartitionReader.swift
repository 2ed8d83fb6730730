internal import CRdKafka
package import JourneyModel

/// Reads one partition from a queue of its own, record by record; whoever does not read it stops its fetching.
///
/// Made by ``AssigningConsumer``, and used on its thread only. Filled in batches without waiting.
package final class PartitionReader: KafkaPartition {
  /// Records taken from the queue at once.
  package static let batchRecordsMax = 1_000

  package enum Head: Equatable, Sendable {
    /// A record is there, see ``KafkaPartition/withHead(_:)``.
    case record
    /// Nothing has come yet.
    case nothing
    /// Everything that was in the partition has been passed.
    case end
    /// The partition cannot be read; told once.
    case failed(KafkaError)
  }

  package let place: TopicPartition
  /// Where the next transaction would have the reading go on: behind the last record passed, or
  /// behind the markers at the end. Nil until the first record or end.
  package private(set) var position: Offset?
  private var isAtEnd = false
  private var batch: RecordBatch
  private var queue: QueueHandle

  init(_ place: TopicPartition, _ from: ReadFrom, queue: consuming QueueHandle) {
    self.place = place
    if case .offset(let offset) = from { position = offset }
    batch = RecordBatch(capacity: Self.batchRecordsMax)
    self.queue = queue
  }

  /// What is next, fetching more where all was passed. Cheap while a record is at the head.
  package func head() -> Head {
    if let head = settle() { return head }
    batch.fill(from: queue)
    return settle() ?? (isAtEnd ? .end : .nothing)
  }

  package func withHead(_ body: (borrowing Record) -> Void) {
    guard let message = batch.head, message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
      return
    }
    body(Record(message))
  }

  /// Passes the record at the head, which must be one: its bytes are gone.
  @inline(__always)
  package func advance() {
    guard let message = batch.head else { preconditionFailure("there is no record to pass") }
    position = Offset(message.pointee.offset + 1)
    batch.advance()
  }

  /// Records and notices that were fetched and not taken yet, beside those at hand.
  package var waiting: Int {
    queue.pointer.map { Int(rd_kafka_queue_length($0)) } ?? 0
  }

  /// Passes what is no record; nil when nothing is at hand.
  private func settle() -> Head? {
    while let message = batch.head {
      switch message.pointee.err {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        // A stale fetch may bring again what was passed.
        if let position, message.pointee.offset < position.rawValue {
          batch.advance()
          continue
        }
        isAtEnd = false
        return .record
      case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        position = max(position ?? Offset(0), Offset(message.pointee.offset))
        isAtEnd = true
        batch.advance()
      default:
        let error = KafkaError(
          message.pointee.err, text(rd_kafka_message_errstr(message)), during: "reading \(place)")
        batch.advance()
        return .failed(error)
      }
    }
    return nil
  }

  /// Forgets what is at hand and goes on from there.
  func restart(at offset: Offset) {
    batch.removeAll()
    position = offset
    isAtEnd = false
  }

  /// Lets go of the library's things; nothing comes afterwards.
  func close() {
    batch.removeAll()
    queue.close()
  }
}
