internal import CRdKafka
internal import JourneyModel

/// A topic as the cluster's metadata has it.
package struct TopicDescription: Equatable, Sendable {
  package struct Partition: Equatable, Sendable {
    package let number: Int32
    /// The leading broker's number; nil while there is none.
    package let leader: Int32?
    package let replicas: Int
    package let inSync: Int

    package init(number: Int32, leader: Int32?, replicas: Int, inSync: Int) {
      (self.number, self.leader) = (number, leader)
      (self.replicas, self.inSync) = (replicas, inSync)
    }
  }
  package let name: String
  /// By number.
  package let partitions: [Partition]

  package init(name: String, partitions: [Partition]) {
    (self.name, self.partitions) = (name, partitions)
  }

  package var places: [TopicPartition] { partitions.map { TopicPartition(name, $0.number) } }
}

/// What the cluster says of a topic's name.
package enum TopicState: Equatable, Sendable {
  case present(TopicDescription)
  case absent
  /// It may be there, but not for us.
  case forbidden
  /// The cluster cannot tell now.
  case unsure(KafkaError)
}

extension ClientHandle {
  /// All topics that this client may see, by name; throws where no broker answered in time.
  func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription] {
    try withMetadata(of: nil, within: limit) { found in
      found.compactMap { if case .present(let topic) = TopicState($0) { topic } else { nil } }
        .sorted { $0.name < $1.name }
    }
  }

  /// What the cluster says of one name; throws where no broker answered in time.
  func topic(_ name: String, within limit: TimeSpan) throws(KafkaError) -> TopicState {
    guard let topic = rd_kafka_topic_new(pointer, name, nil) else {
      throw KafkaError(rd_kafka_last_error(), during: "asking for topic \(name)")
    }
    defer { rd_kafka_topic_destroy(topic) }
    return try withMetadata(of: topic, within: limit) { found in
      found.first { text($0.topic) == name }.map { TopicState($0) } ?? .absent
    }
  }

  private func withMetadata<R>(
    of topic: OpaquePointer?, within limit: TimeSpan,
    _ body: (UnsafeBufferPointer<rd_kafka_metadata_topic>) -> R
  ) throws(KafkaError) -> R {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(
      pointer, topic == nil ? 1 : 0, topic, &metadata, Int32(clamping: limit.milliseconds))
    // Errors wait on the queue that is polled; they say why nobody answered.
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { rd_kafka_poll(pointer, 0) }
    try check(code, "asking for metadata")
    defer { rd_kafka_metadata_destroy(metadata) }
    return body(
      UnsafeBufferPointer(
        start: metadata?.pointee.topics, count: Int(metadata?.pointee.topic_cnt ?? 0)))
  }
}

extension TopicState {
  fileprivate init(_ topic: rd_kafka_metadata_topic) {
    switch topic.err {
    case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
      let partitions = UnsafeBufferPointer(
        start: topic.partitions, count: Int(topic.partition_cnt))
      self = .present(
        TopicDescription(
          name: text(topic.topic),
          partitions: partitions.map {
            TopicDescription.Partition(
              number: $0.id, leader: $0.leader < 0 ? nil : $0.leader,
              replicas: Int($0.replica_cnt), inSync: Int($0.isr_cnt))
          }.sorted { $0.number < $1.number }))
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      self = .absent
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: self = .forbidden
    default: self = .unsure(KafkaError(topic.err, during: "asking for topic \(text(topic.topic))"))
    }
  }
}
