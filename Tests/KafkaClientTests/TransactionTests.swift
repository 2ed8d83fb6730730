import CRdKafka
import JourneyModel
import KafkaClient
import KafkaTesting
import Testing

/// What one call of a transaction came to.
private enum Outcome: String, Equatable, Sendable {
  case done, retriable, abortNeeded, unclear, fatal, fenced

  init(_ error: TransactionError) {
    switch error {
    case .retriable: self = .retriable
    case .abortNeeded: self = .abortNeeded
    case .unclear: self = .unclear
    case .fatal: self = .fatal
    case .fenced: self = .fenced
    }
  }
}

private struct Row: CustomStringConvertible {
  let request: EmbeddedBroker.Request
  let error: rd_kafka_resp_err_t
  let outcome: Outcome
  var times = 1

  init(
    _ request: EmbeddedBroker.Request, _ error: rd_kafka_resp_err_t, _ outcome: Outcome,
    times: Int = 1
  ) {
    (self.request, self.error, self.outcome, self.times) = (request, error, outcome, times)
  }

  var description: String {
    "\(request) answered with \(String(cString: rd_kafka_err2name(error))): \(outcome)"
  }
}

/// A member of a group and a transactional producer on an embedded broker.
private struct Bench: ~Copyable {
  let wakeup: Wakeup
  let configuration: KafkaConfiguration
  var lead: GroupConsumer
  var producer: TransactionalProducer

  init(_ broker: borrowing EmbeddedBroker) throws {
    try broker.create(topic: "out", partitions: 1)
    try broker.create(topic: "lead", partitions: 1)
    let wakeup = try Wakeup()
    let configuration = broker.configuration(group: "g")
    var lead = try GroupConsumer(configuration, topics: ["lead"], wakeup: wakeup)
    let isMember = eventually(wakeup) { lead.poll() == .assigned([TopicPartition("lead", 0)]) }
    guard isMember else { throw Unfinished(read: []) }
    let producer = try Self.producer(configuration, id: "g")
    (self.wakeup, self.configuration) = (wakeup, configuration)
    self.lead = lead
    self.producer = producer
  }

  static func producer(
    _ configuration: KafkaConfiguration, id: String
  ) throws -> TransactionalProducer {
    var producer = try TransactionalProducer(configuration, id: id, topics: ["out"])
    try producer.initialize(within: .seconds(20))
    try producer.warm(within: .seconds(20))
    return producer
  }

  mutating func renew(id: String) throws {
    producer = try Self.producer(configuration, id: id)
  }

  mutating func transact(_ value: String) throws(TransactionError) {
    try producer.begin()
    try producer.send(.of(producer.topic("out"), [("k", value)]))
    guard let member = lead.metadata() else { return }
    try producer.sendOffsets(
      [TopicPartition("lead", 0): Offset(0)], as: member, within: .seconds(10))
    try producer.commit(within: .seconds(20))
  }

  mutating func outcome(_ value: String) -> (Outcome, KafkaError?) {
    do throws(TransactionError) {
      try transact(value)
      return (.done, nil)
    } catch { return (Outcome(error), error.underlying) }
  }
}

@Suite struct TransactionTests {
  private static let rows: [Row] = [
    Row(.addPartitions, RD_KAFKA_RESP_ERR_NOT_COORDINATOR, .done),
    Row(.addPartitions, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, .done),
    Row(.endTransaction, RD_KAFKA_RESP_ERR_NOT_COORDINATOR, .done),
    Row(.endTransaction, RD_KAFKA_RESP_ERR__TRANSPORT, .done),
    Row(.endTransaction, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, .done, times: 3),
    Row(.produce, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, .done),
    Row(.produce, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, .done),
    Row(.produce, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, .abortNeeded),
    Row(.produce, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, .abortNeeded),
    Row(.produce, RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, .abortNeeded),
    Row(.produce, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, .fatal),
    Row(.produce, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, .fenced),
    Row(.commitOffsets, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, .abortNeeded),
    Row(.commitOffsets, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, .abortNeeded),
    Row(.commitOffsets, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, .abortNeeded),
    Row(.commitOffsets, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, .abortNeeded),
    Row(.commitOffsets, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, .fenced),
    Row(.commitOffsets, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, .fenced),
    Row(.endTransaction, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, .fenced),
    Row(.endTransaction, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, .fatal),
    Row(.endTransaction, RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, .abortNeeded),
  ]

  /// One member serves all rows, since the mock cluster takes three seconds to let one in.
  @Test func `an error of the broker leaves to do what the table says`() throws {
    let broker = try EmbeddedBroker()
    var bench = try Bench(broker)
    for (number, row) in Self.rows.enumerated() {
      try bench.renew(id: "g-\(number)")
      broker.fail(row.request, with: Array(repeating: row.error.rawValue, count: row.times))
      let (outcome, error) = bench.outcome("first")
      #expect(outcome == row.outcome, "\(row): \(error.map { "\($0)" } ?? "no error")")
      switch row.outcome {
      case .done: break
      case .abortNeeded:
        try bench.producer.abort(within: .seconds(20))
        // Where a record had failed.
        if row.request == .produce { try bench.producer.renew(within: .seconds(20)) }
      case .retriable, .unclear, .fatal, .fenced: try bench.producer.renew(within: .seconds(20))
      }
      let (second, next) = bench.outcome("second")
      #expect(second == .done, "\(row), then: \(next.map { "\($0)" } ?? "no error")")
    }
  }

  @Test func `a delivery that failed is named by the call that fails for it`() throws {
    let broker = try EmbeddedBroker()
    var bench = try Bench(broker)
    broker.fail(.produce, with: [RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue])
    let (_, error) = bench.outcome("large")
    #expect(error?.cure?.contains("MSG_SIZE_TOO_LARGE") == true, "\(String(describing: error))")
    #expect(error?.cure?.contains("out") == true)
  }

  @Test func `a batch is given back when its transaction has ended, not before`() throws {
    let broker = try EmbeddedBroker()
    var bench = try Bench(broker)
    try bench.producer.begin()
    let batch = OutgoingBatch.of(bench.producer.topic("out"), [("k", "v")])
    try bench.producer.send(batch)
    try bench.producer.abort(within: .seconds(20))
    batch.removeAll()
    #expect(batch.isEmpty)
    #expect(bench.outcome("next").0 == .done)
  }

  @Test func `a commit whose time is over is unclear, and a new producer goes on`() throws {
    let broker = try EmbeddedBroker()
    var bench = try Bench(broker)
    try bench.producer.begin()
    try bench.producer.send(.of(bench.producer.topic("out"), [("k", "v")]))
    try broker.setDown(true)
    var outcome: Outcome?
    do throws(TransactionError) {
      try bench.producer.commit(within: .zero)
    } catch { outcome = Outcome(error) }
    #expect(outcome == .unclear || outcome == .abortNeeded)
    try broker.setDown(false)
    try bench.producer.renew(within: .seconds(30))
    #expect(bench.outcome("next").0 == .done)
  }

  @Test func `a broker that is away is waited for while initializing, and told as such`() throws {
    let broker = try EmbeddedBroker()
    try broker.setDown(true)
    var producer = try TransactionalProducer(broker.configuration(), id: "x", topics: [])
    var first: TransactionError?
    do throws(TransactionError) {
      try producer.initialize(within: TimeSpan(300))
    } catch { first = error }
    #expect(first.map { Outcome($0) } == .retriable)
    #expect(first?.underlying.isUnreachable == true)
    try broker.setDown(false)
    try producer.initialize(within: .seconds(20))
  }

  @Test func `records for the topic of a broker that comes back are written after all`() throws {
    let broker = try EmbeddedBroker()
    var bench = try Bench(broker)
    try broker.setDown(true)
    try bench.producer.begin()
    try bench.producer.send(.of(bench.producer.topic("out"), [("k", "v")]))
    try broker.setDown(false)
    try bench.producer.commit(within: .seconds(20))
    var consumer = try AssigningConsumer(bench.configuration, wakeup: bench.wakeup)
    try consumer.add([(TopicPartition("out", 0), .beginning)])
    #expect(try consumer.readAll(bench.wakeup).map(\.value) == ["v"])
  }
}
