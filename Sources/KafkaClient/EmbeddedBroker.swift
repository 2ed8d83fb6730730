internal import CRdKafka
package import JourneyModel

/// A Kafka in this process, for demonstrations and tests: librdkafka's mock cluster, on loopback.
///
/// It knows groups and plain commits, but keeps no offsets of transactions, fences nobody, shows what was
/// aborted, and keeps 5 MiB a partition; never a proof of exactly once.
package struct EmbeddedBroker: ~Copyable, @unchecked Sendable {
  // The mock cluster has a thread of its own and takes calls from any other.
  /// Requests of the protocol that can be made to fail, by their numbers.
  package enum Request: Int16, Sendable {
    case produce = 0, fetch = 1, listOffsets = 2, metadata = 3, offsetCommit = 8, offsetFetch = 9,
      findCoordinator = 10, joinGroup = 11, heartbeat = 12, leaveGroup = 13, syncGroup = 14,
      initProducerID = 22, addPartitions = 24, addOffsets = 25, endTransaction = 26,
      commitOffsets = 28
  }

  private let client: ClientHandle
  private let cluster: OpaquePointer

  /// Starts at once, on free ports.
  package init(brokers: Int = 1, sink: KafkaSink? = nil) throws(KafkaError) {
    let context = ClientContext("embedded broker", [], sink)
    let client = try ClientHandle(role: .plain, properties: [], context: context)
    guard let pointer = rd_kafka_mock_cluster_new(client.pointer, Int32(clamping: brokers)) else {
      throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, during: "starting the embedded broker")
    }
    self.client = client
    cluster = pointer
  }

  deinit { rd_kafka_mock_cluster_destroy(cluster) }

  package var bootstrapServers: String { text(rd_kafka_mock_cluster_bootstraps(cluster)) }

  /// A configuration that reaches this broker, with more properties if wanted.
  package func configuration(
    group: String = "journeyd", _ properties: [String: String] = [:]
  ) -> KafkaConfiguration {
    var plan = KafkaPlan()
    plan.groupID = group
    plan.properties = [.init(name: "bootstrap.servers", value: bootstrapServers)]
    plan.properties += properties.sorted { $0.key < $1.key }.map { .init(name: $0, value: $1) }
    return KafkaConfiguration(plan)
  }

  package func create(topic: String, partitions: Int) throws(KafkaError) {
    let code = rd_kafka_mock_topic_create(
      cluster, topic, Int32(clamping: partitions), 1)
    try client.check(code, "creating topic \(topic)")
  }

  /// Has the next requests of this kind fail, one with each code; `_TRANSPORT` cuts the connection.
  package func fail(_ request: Request, with codes: [Int32]) {
    let errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
    rd_kafka_mock_push_request_errors_array(
      cluster, request.rawValue, errors.count, errors)
  }

  /// Has the next request of this kind answered late, with this code or well.
  package func delay(
    _ request: Request, by span: TimeSpan, with code: Int32 = 0, broker: Int32 = 1
  ) throws(KafkaError) {
    let code = rd_kafka_mock_push_delay(
      cluster, broker, request.rawValue, rd_kafka_resp_err_t(rawValue: code),
      Int32(clamping: span.milliseconds))
    try client.check(code, "delaying an answer")
  }

  /// Takes all brokers away, or brings them back.
  package func setDown(_ isDown: Bool) throws(KafkaError) {
    let code =
      isDown
      ? rd_kafka_mock_broker_set_down(cluster, -1)
      : rd_kafka_mock_broker_set_up(cluster, -1)
    try client.check(code, "taking brokers down or up")
  }

  /// Gives a partition another leading broker.
  package func setLeader(_ place: TopicPartition, broker: Int32) throws(KafkaError) {
    let code = rd_kafka_mock_partition_set_leader(
      cluster, place.topic, place.partition, broker)
    try client.check(code, "moving \(place)")
  }

  /// Has what is asked about a topic fail with this code; 0 ends it.
  package func fail(topic: String, with code: Int32) {
    rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(rawValue: code))
  }
}
