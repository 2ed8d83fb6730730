internal import CRdKafka
package import JourneyModel

/// A member of the group on a few topics whose partitions stand for something, as the lead's does: it does not read.
///
/// Used by one thread. What is revoked stays until ``release()``, so that work in hand can be finished.
package struct GroupConsumer: ~Copyable {
  package enum Event: Equatable, Sendable {
    case assigned([TopicPartition])
    /// Another member is to have these: finish, commit, then ``GroupConsumer/release()``.
    case revoking([TopicPartition])
    /// These were taken away: another may have them already, so nothing may be committed.
    case lost([TopicPartition])
    case failed(KafkaError)
  }

  private let handle: ClientHandle
  private let rebalances: Rebalances
  /// What this member has and is not about to give up.
  package private(set) var assigned: Set<TopicPartition> = []
  private var revoking: [TopicPartition] = []

  /// Joins; topics must exist. The wake-up is woken by whatever comes.
  package init(
    _ configuration: KafkaConfiguration, topics: [String], wakeup: Wakeup, sink: KafkaSink? = nil
  ) throws(KafkaError) {
    let rebalances = Rebalances()
    let handle = try ClientHandle(
      configuration, role: .lead, sink: sink, rebalances: rebalances)
    rd_kafka_poll_set_consumer(handle.pointer)
    wakeup.listen(to: QueueHandle(rd_kafka_queue_get_consumer(handle.pointer)))
    let list = PartitionList(topics.map { TopicPartition($0, -1) })
    try handle.check(rd_kafka_subscribe(handle.pointer, list.pointer), "joining the group")
    self.handle = handle
    self.rebalances = rebalances
  }

  deinit {
    // The last revocation is answered within the close.
    rebalances.close()
    rd_kafka_consumer_close(handle.pointer)
  }

  /// The next event, without waiting; nil when there is none. Must be called more often than `max.poll.interval.ms`.
  package mutating func poll() -> Event? {
    if let event = next() { return event }
    while let message = rd_kafka_consumer_poll(handle.pointer, 0) {
      defer { rd_kafka_message_destroy(message) }
      let code = message.pointee.err
      if code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR__PARTITION_EOF {
        let reason = text(rd_kafka_message_errstr(message))
        return .failed(handle.context.explained(KafkaError(code, reason, during: "in the group")))
      }
    }
    return next()
  }

  /// The group has moved on without this member: nothing may be committed.
  package var isLost: Bool { rd_kafka_assignment_lost(handle.pointer) != 0 }

  /// Lets go of what is being revoked; nothing to do where nothing is.
  package mutating func release() throws(KafkaError) {
    guard !revoking.isEmpty else { return }
    let list = PartitionList(revoking)
    revoking = []
    try handle.check(
      rd_kafka_incremental_unassign(handle.pointer, list.pointer), "giving up partitions")
  }

  /// The proof of membership for one transaction; nil while not a member, or no longer.
  package func metadata() -> GroupMetadata? {
    isLost ? nil : GroupMetadata(of: handle)
  }

  /// Commits offsets outside of a transaction, fenced by the membership; waits for the broker.
  package func commit(_ offsets: [TopicPartition: Offset]) throws(KafkaError) {
    guard !offsets.isEmpty else { return }
    let list = PartitionList(offsets.map { ($0.key, $0.value.rawValue) })
    try handle.check(rd_kafka_commit(handle.pointer, list.pointer, 0), "committing offsets")
    _ = try list.offsets("committing the offset of")
  }

  /// The group's committed offsets, nil where there is none; waits for open transactions that commit some.
  package func committed(
    _ places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    try handle.committed(places, within: limit)
  }

  private mutating func next() -> Event? {
    guard let event = rebalances.take() else { return nil }
    switch event {
    case .assigned(let places): assigned.formUnion(places)
    case .revoking(let places):
      assigned.subtract(places)
      revoking += places
    case .lost(let places): assigned.subtract(places)
    case .failed: break
    }
    return event
  }
}
