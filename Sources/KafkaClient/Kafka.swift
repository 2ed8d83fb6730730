package import JourneyModel

/// Kafka as a daemon uses it: makes its clients, all for one group.
///
/// The real one is ``LibraryKafka``; a model of Kafka can stand in its place.
package protocol Kafka: AnyObject {
  /// Woken by whatever comes for any of the clients.
  var waiter: any Waiter { get }
  func admin() throws(KafkaError) -> any KafkaAdmin
  /// Joins the group; topics must exist.
  func member(of topics: [String]) throws(KafkaError) -> any KafkaMember
  /// - Parameters:
  ///   - uncommitted: reads open and aborted records too, and sees the true ends.
  ///   - ahead: kilobytes that are fetched of each partition ahead of what is taken; nil: the library's default.
  func reader(
    uncommitted: Bool, kilobytesAhead ahead: Int?
  ) throws(KafkaError) -> any KafkaReader
  func transactions(id: String, topics: [String]) throws(KafkaError) -> any KafkaTransactions
  func writer(topics: [String]) throws(KafkaError) -> any KafkaWriter
}

/// Lets one thread wait for whatever comes. Wakes are remembered, not counted: look at everything after each.
package protocol Waiter: AnyObject, Sendable {
  /// Ends the present or the next wait; safe from any thread and from a signal's handler.
  func wake()
  /// Waits for a wake for at most this long; false when the time is over.
  @discardableResult func wait(upTo span: TimeSpan) -> Bool
}

/// See ``AdminClient``.
package protocol KafkaAdmin: AnyObject {
  func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription]
  func topic(_ name: String, within limit: TimeSpan) throws(KafkaError) -> TopicState
  func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset]
  func beginnings(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset]
  func offsets(
    at times: [TopicPartition: Moment], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?]
  func create(
    _ topics: [NewTopic], within limit: TimeSpan
  ) throws(KafkaError) -> [String: AdminClient.Creation]
  func settings(
    of topics: [String], within limit: TimeSpan
  ) throws(KafkaError) -> [String: [String: String]]
}

/// See ``GroupConsumer``.
package protocol KafkaMember: AnyObject {
  var isLost: Bool { get }
  func poll() -> GroupConsumer.Event?
  func release() throws(KafkaError)
  func metadata() -> GroupMetadata?
}

/// See ``AssigningConsumer``.
package protocol KafkaReader: AnyObject {
  var partitions: [any KafkaPartition] { get }
  @discardableResult
  func add(
    _ starts: [(place: TopicPartition, from: ReadFrom)]
  ) throws(KafkaError) -> [any KafkaPartition]
  func serve() throws(KafkaError)
  func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription]
  func committed(
    _ places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?]
  func committedNote(of place: TopicPartition, within limit: TimeSpan) throws(KafkaError) -> String
  func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset]
  func lastKnownEnd(of place: TopicPartition) -> Offset?
}

/// See ``PartitionReader``.
package protocol KafkaPartition: AnyObject {
  var place: TopicPartition { get }
  var position: Offset? { get }
  func head() -> PartitionReader.Head
  /// Lends the record at the head; not called where there is none.
  func withHead(_ body: (borrowing Record) -> Void)
  func advance()
}

extension KafkaPartition {
  /// Lends the record at the head; nil where there is none.
  @inline(__always)
  package func withRecord<R>(_ body: (borrowing Record) -> R) -> R? {
    var result: R?
    withHead { result = body($0) }
    return result
  }
}

/// See ``TransactionalProducer``.
package protocol KafkaTransactions: AnyObject {
  func topic(_ name: String) -> OutputTopic?
  func initialize(within limit: TimeSpan) throws(TransactionError)
  func warm(within limit: TimeSpan) throws(KafkaError)
  func begin() throws(TransactionError)
  func send(_ batch: OutgoingBatch, within limit: TimeSpan) throws(TransactionError)
  func sendOffsets(
    _ offsets: [TopicPartition: Offset], note: (place: TopicPartition, text: String)?,
    as member: GroupMetadata, within limit: TimeSpan
  ) throws(TransactionError)
  func flush(within limit: TimeSpan) throws(TransactionError)
  func commit(within limit: TimeSpan) throws(TransactionError)
  func abort(within limit: TimeSpan) throws(TransactionError)
}

/// See ``PlainProducer``.
package protocol KafkaWriter: AnyObject {
  func topic(_ name: String) -> OutputTopic?
  func warm(within limit: TimeSpan) throws(KafkaError)
  func send(_ batch: OutgoingBatch, within limit: TimeSpan) throws(KafkaError)
  func flush(within limit: TimeSpan) throws(KafkaError)
}
