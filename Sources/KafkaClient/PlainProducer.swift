internal import CRdKafka
package import JourneyModel

/// Writes without transactions, each record once and in order as long as this client lives.
///
/// Used by one thread at a time.
package struct PlainProducer: ~Copyable {
  private let topics: [String]
  private var writer: Writer

  package init(
    _ configuration: KafkaConfiguration, topics: [String], sink: KafkaSink? = nil
  ) throws(KafkaError) {
    writer = try Writer(configuration, role: .plain, topics: topics, sink: sink)
    self.topics = topics
  }

  /// The topic by its name, if it was given at the start.
  package func topic(_ name: String) -> OutputTopic? {
    topics.firstIndex(of: name).map { OutputTopic(index: $0) }
  }

  /// Asks for the leaders of all topics, which must exist: without this the first records take a second more.
  package func warm(within limit: TimeSpan) throws(KafkaError) { try writer.warm(within: limit) }

  /// Hands records over to be written; the batch is held until ``flush(within:)`` has succeeded.
  package mutating func send(
    _ batch: OutgoingBatch, within limit: TimeSpan = .seconds(30)
  ) throws(KafkaError) {
    try writer.send(batch, within: limit)
  }

  /// Waits until all was delivered; throws the first failure since the last flush, or that the time is over.
  ///
  /// A failed record is gone. After a time-out the call may be repeated, the batches are still held.
  package mutating func flush(within limit: TimeSpan) throws(KafkaError) {
    let code = rd_kafka_flush(writer.client.pointer, Int32(clamping: limit.milliseconds))
    try writer.client.check(code, "writing")
    writer.release()
    if let failures = writer.client.context.takeDeliveryFailures() {
      throw writer.client.fatalError ?? failures.first
    }
  }
}
