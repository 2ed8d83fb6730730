internal import CRdKafka
package import JourneyModel

/// A topic to be made.
package struct NewTopic: Equatable, Sendable {
  package var name: String
  /// Nil: the broker's default.
  package var partitions: Int?
  /// Nil: the broker's default.
  package var replicas: Int?
  package var settings: [String: String]

  package init(
    _ name: String, partitions: Int? = nil, replicas: Int? = nil, settings: [String: String] = [:]
  ) {
    (self.name, self.partitions, self.replicas) = (name, partitions, replicas)
    self.settings = settings
  }
}

/// Asks about topics, and makes them; never makes one by asking. Every call blocks for at most its limit.
package final class AdminClient: KafkaAdmin, Sendable {
  package enum Creation: Equatable, Sendable {
    case created
    case existed
    case failed(KafkaError)
  }

  private let client: ClientHandle

  package init(_ configuration: KafkaConfiguration, sink: KafkaSink? = nil) throws(KafkaError) {
    client = try ClientHandle(configuration, role: .admin, sink: sink)
  }

  /// All topics that may be seen, by name; throws where no broker answered in time.
  package func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription] {
    try client.topics(within: limit)
  }

  /// What the cluster says of one name; throws where no broker answered in time.
  package func topic(_ name: String, within limit: TimeSpan) throws(KafkaError) -> TopicState {
    try client.topic(name, within: limit)
  }

  /// The true ends, behind open and aborted transactions too.
  package func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try client.ends(of: places, within: limit)
  }

  /// The first offset still kept of each partition.
  package func beginnings(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try client.beginnings(of: places, within: limit)
  }

  /// The first offset at or after a time in each partition, nil where nothing is that new.
  package func offsets(
    at times: [TopicPartition: Moment], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    try client.offsets(at: times.mapValues { max(0, $0.milliseconds) }, within: limit)
  }

  /// Makes topics; what became of each. Throws where the request as a whole failed.
  ///
  /// The controller answers before the brokers know: waits until what was created is there for all to use.
  package func create(
    _ topics: [NewTopic], within limit: TimeSpan
  ) throws(KafkaError) -> [String: Creation] {
    let deadline = Deadline(limit)
    let answer = try request(topics, within: limit)
    for (name, creation) in answer where creation == .created {
      while try !isUsable(name, deadline), !deadline.isOver { rd_kafka_poll(client.pointer, 20) }
    }
    return answer
  }

  private func isUsable(_ name: String, _ deadline: Deadline) throws(KafkaError) -> Bool {
    let limit = TimeSpan(Int64(deadline.milliseconds))
    guard case .present(let topic) = try topic(name, within: limit) else { return false }
    return !topic.partitions.isEmpty && topic.partitions.allSatisfy { $0.leader != nil }
  }

  private func request(
    _ topics: [NewTopic], within limit: TimeSpan
  ) throws(KafkaError) -> [String: Creation] {
    guard !topics.isEmpty else { return [:] }
    var wanted: [OpaquePointer?] = []
    defer { rd_kafka_NewTopic_destroy_array(&wanted, wanted.count) }
    for topic in topics { wanted.append(try Self.wanted(topic)) }
    let event = try request(RD_KAFKA_ADMIN_OP_CREATETOPICS, "creating topics", limit) {
      rd_kafka_CreateTopics(client.pointer, &wanted, wanted.count, $0, $1)
    }
    var count = 0
    let results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event.pointer), &count)
    var answer: [String: Creation] = [:]
    for index in 0..<count {
      guard let result = results?[index] else { continue }
      let name = text(rd_kafka_topic_result_name(result))
      answer[name] =
        switch rd_kafka_topic_result_error(result) {
        case RD_KAFKA_RESP_ERR_NO_ERROR: .created
        case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: .existed
        case let code:
          .failed(
            KafkaError(
              code, rd_kafka_topic_result_error_string(result).map { text($0) },
              during: "creating topic \(name)"))
        }
    }
    return answer
  }

  /// The settings of topics, defaults included, by name; topics that cannot be described are left out.
  package func settings(
    of topics: [String], within limit: TimeSpan
  ) throws(KafkaError) -> [String: [String: String]] {
    guard !topics.isEmpty else { return [:] }
    var resources: [OpaquePointer?] = topics.map {
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0)
    }
    defer { rd_kafka_ConfigResource_destroy_array(&resources, resources.count) }
    let event = try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "describing topics", limit) {
      rd_kafka_DescribeConfigs(client.pointer, &resources, resources.count, $0, $1)
    }
    var count = 0
    let results = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.pointer), &count)
    var answer: [String: [String: String]] = [:]
    for index in 0..<count {
      guard let resource = results?[index],
        rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR
      else { continue }
      answer[text(rd_kafka_ConfigResource_name(resource))] = Self.entries(of: resource)
    }
    return answer
  }
}

extension AdminClient {
  private static func wanted(_ topic: NewTopic) throws(KafkaError) -> OpaquePointer {
    let operation = "creating topic \(topic.name)"
    let made: Result<OpaquePointer, KafkaError> = withErrorText { buffer, size in
      let made = rd_kafka_NewTopic_new(
        topic.name, Int32(clamping: topic.partitions ?? -1), Int32(clamping: topic.replicas ?? -1),
        buffer, size)
      guard let made else {
        return .failure(
          KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, text(buffer), during: operation))
      }
      return .success(made)
    }
    let pointer = try made.get()
    for (name, value) in topic.settings {
      let code = rd_kafka_NewTopic_set_config(pointer, name, value)
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        rd_kafka_NewTopic_destroy(pointer)
        throw KafkaError(code, during: operation)
      }
    }
    return pointer
  }

  private static func entries(of resource: OpaquePointer) -> [String: String] {
    var count = 0
    let entries = rd_kafka_ConfigResource_configs(resource, &count)
    var settings: [String: String] = [:]
    for index in 0..<count {
      guard let entry = entries?[index], let value = rd_kafka_ConfigEntry_value(entry) else {
        continue
      }
      settings[text(rd_kafka_ConfigEntry_name(entry))] = text(value)
    }
    return settings
  }

  /// Sends one request of administration and waits for its answer.
  private func request(
    _ kind: rd_kafka_admin_op_t, _ operation: String, _ limit: TimeSpan,
    _ send: (OpaquePointer?, OpaquePointer?) -> Void
  ) throws(KafkaError) -> EventHandle {
    let milliseconds = Int32(clamping: max(1, limit.milliseconds))
    let options = rd_kafka_AdminOptions_new(client.pointer, kind)
    defer { rd_kafka_AdminOptions_destroy(options) }
    let failure: KafkaError? = withErrorText { buffer, size in
      let code = rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, buffer, size)
      return code == RD_KAFKA_RESP_ERR_NO_ERROR
        ? nil : KafkaError(code, text(buffer), during: operation)
    }
    if let failure { throw failure }
    let queue = QueueHandle(rd_kafka_queue_new(client.pointer))
    guard let pointer = queue.pointer else {
      throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, during: operation)
    }
    send(options, pointer)
    // The request ends by itself when its time is over.
    guard let answer = rd_kafka_queue_poll(pointer, Int32(clamping: Int64(milliseconds) + 5_000))
    else {
      rd_kafka_poll(client.pointer, 0)
      throw client.context.explained(KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, during: operation))
    }
    let event = EventHandle(pointer: answer)
    let code = rd_kafka_event_error(answer)
    if code != RD_KAFKA_RESP_ERR_NO_ERROR {
      rd_kafka_poll(client.pointer, 0)
      throw client.context.explained(
        KafkaError(code, text(rd_kafka_event_error_string(answer)), during: operation))
    }
    return event
  }
}

/// Owns an answer of the library.
private struct EventHandle: ~Copyable {
  let pointer: OpaquePointer
  deinit { rd_kafka_event_destroy(pointer) }
}
