internal import JourneyModel

/// Kafka by way of librdkafka.
package final class LibraryKafka: Kafka {
  private let configuration: KafkaConfiguration
  private let sink: KafkaSink?
  private let wakeup: Wakeup

  package init(_ configuration: KafkaConfiguration, sink: KafkaSink? = nil) throws(KafkaError) {
    self.configuration = configuration
    self.sink = sink
    wakeup = try Wakeup()
  }

  package var waiter: any Waiter { wakeup }

  package func admin() throws(KafkaError) -> any KafkaAdmin {
    try AdminClient(configuration, sink: sink)
  }

  package func member(of topics: [String]) throws(KafkaError) -> any KafkaMember {
    OwnedMember(try GroupConsumer(configuration, topics: topics, wakeup: wakeup, sink: sink))
  }

  package func reader(
    uncommitted: Bool, kilobytesAhead ahead: Int?
  ) throws(KafkaError) -> any KafkaReader {
    let limited = ahead.map { configuration.reading(kilobytesPerPartition: $0) }
    return OwnedReader(
      try AssigningConsumer(
        limited ?? configuration, uncommitted: uncommitted, wakeup: wakeup, sink: sink))
  }

  package func transactions(
    id: String, topics: [String]
  ) throws(KafkaError) -> any KafkaTransactions {
    OwnedTransactions(
      try TransactionalProducer(configuration, id: id, topics: topics, sink: sink))
  }

  package func writer(topics: [String]) throws(KafkaError) -> any KafkaWriter {
    OwnedWriter(try PlainProducer(configuration, topics: topics, sink: sink))
  }
}

// Each client is owned by one object, so that its user need not know whose it is.

private final class OwnedMember: KafkaMember {
  private var client: GroupConsumer
  init(_ client: consuming GroupConsumer) { self.client = client }

  var isLost: Bool { client.isLost }
  func poll() -> GroupConsumer.Event? { client.poll() }
  func release() throws(KafkaError) { try client.release() }
  func metadata() -> GroupMetadata? { client.metadata() }
}

private final class OwnedReader: KafkaReader {
  private var client: AssigningConsumer
  init(_ client: consuming AssigningConsumer) { self.client = client }

  var partitions: [any KafkaPartition] { client.readers }
  func add(
    _ starts: [(place: TopicPartition, from: ReadFrom)]
  ) throws(KafkaError) -> [any KafkaPartition] { try client.add(starts) }
  func serve() throws(KafkaError) { try client.serve() }
  func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription] {
    try client.topics(within: limit)
  }
  func committed(
    _ places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] { try client.committed(places, within: limit) }
  func committedNote(
    of place: TopicPartition, within limit: TimeSpan
  ) throws(KafkaError) -> String { try client.committedNote(of: place, within: limit) }
  func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] { try client.ends(of: places, within: limit) }
  func lastKnownEnd(of place: TopicPartition) -> Offset? { client.lastKnownEnd(of: place) }
}

private final class OwnedTransactions: KafkaTransactions {
  private var client: TransactionalProducer
  init(_ client: consuming TransactionalProducer) { self.client = client }

  func topic(_ name: String) -> OutputTopic? { client.topic(name) }
  func initialize(within limit: TimeSpan) throws(TransactionError) {
    try client.initialize(within: limit)
  }
  func warm(within limit: TimeSpan) throws(KafkaError) { try client.warm(within: limit) }
  func begin() throws(TransactionError) { try client.begin() }
  func send(_ batch: OutgoingBatch, within limit: TimeSpan) throws(TransactionError) {
    try client.send(batch, within: limit)
  }
  func sendOffsets(
    _ offsets: [TopicPartition: Offset], note: (place: TopicPartition, text: String)?,
    as member: GroupMetadata, within limit: TimeSpan
  ) throws(TransactionError) {
    try client.sendOffsets(offsets, note: note, as: member, within: limit)
  }
  func flush(within limit: TimeSpan) throws(TransactionError) { try client.flush(within: limit) }
  func commit(within limit: TimeSpan) throws(TransactionError) { try client.commit(within: limit) }
  func abort(within limit: TimeSpan) throws(TransactionError) { try client.abort(within: limit) }
}

private final class OwnedWriter: KafkaWriter {
  private var client: PlainProducer
  init(_ client: consuming PlainProducer) { self.client = client }

  func topic(_ name: String) -> OutputTopic? { client.topic(name) }
  func warm(within limit: TimeSpan) throws(KafkaError) { try client.warm(within: limit) }
  func send(_ batch: OutgoingBatch, within limit: TimeSpan) throws(KafkaError) {
    try client.send(batch, within: limit)
  }
  func flush(within limit: TimeSpan) throws(KafkaError) { try client.flush(within: limit) }
}
