import CRdKafka
import Foundation
import JourneyModel
import KafkaClient
import KafkaTesting
import Testing

/// Topics and a group of its own on the suite's broker.
struct Bench {
  let broker: RealBroker
  let name: String
  let configuration: KafkaConfiguration
  let wakeup: Wakeup

  var output: String { name + ".out" }
  var input: String { name + ".in" }
  var leadTopic: String { name + "-lead" }
  var lead: TopicPartition { TopicPartition(leadTopic, 0) }

  init() throws {
    broker = try #require(BrokerTrait.current)
    name = "t" + UUID().uuidString.prefix(8).lowercased()
    configuration = broker.configuration(group: name)
    wakeup = try Wakeup()
    let admin = try AdminClient(configuration)
    let made = try admin.create(
      [
        NewTopic(name + ".out", partitions: 2), NewTopic(name + ".in", partitions: 2),
        NewTopic(name + "-lead", partitions: 1),
      ], within: .seconds(30))
    try #require(made.values.allSatisfy { $0 == .created })
  }

  func member(_ properties: [String: String] = [:]) throws -> GroupConsumer {
    var member = try GroupConsumer(
      broker.configuration(group: name, properties), topics: [leadTopic], wakeup: wakeup)
    let isIn = eventually(wakeup, within: .seconds(40)) { member.poll() == .assigned([lead]) }
    try #require(isIn)
    return member
  }

  func producer(id: String? = nil) throws -> TransactionalProducer {
    var producer = try TransactionalProducer(
      configuration, id: id ?? name + "-1", topics: [output])
    try producer.initialize(within: .seconds(40))
    try producer.warm(within: .seconds(10))
    return producer
  }

  func write(_ count: Int, to partition: Int32 = 0, at time: Moment? = nil) throws {
    var producer = try PlainProducer(configuration, topics: [input])
    let batch = OutgoingBatch()
    let found = producer.topic(input)
    let topic = try #require(found)
    for number in 0..<count {
      batch.append(
        to: topic, partition: partition, key: Array("k".utf8), value: Array("v\(number)".utf8),
        timestamp: time.map { $0 + .seconds(Int64(number)) })
    }
    try producer.warm(within: .seconds(10))
    try producer.send(batch)
    try producer.flush(within: .seconds(30))
  }

  /// Values in the output, of both partitions.
  func outputs(uncommitted: Bool = false) throws -> [String] {
    var consumer = try AssigningConsumer(configuration, uncommitted: uncommitted, wakeup: wakeup)
    _ = try consumer.topics(within: .seconds(20))
    try consumer.add((0..<2).map { (TopicPartition(output, $0), .beginning) })
    return try consumer.readAll(wakeup, within: .seconds(40)).compactMap(\.value)
  }
}

extension TransactionalProducer {
  /// The whole of a transaction: records and the offsets of one place and the lead.
  mutating func transact(
    _ bench: Bench, _ values: [String], as member: borrowing GroupMetadata, at offset: Int64
  ) throws(TransactionError) {
    try begin()
    try send(.of(topic(bench.output), values.map { ($0, $0) }))
    try sendOffsets(
      [TopicPartition(bench.input, 0): Offset(offset), bench.lead: Offset(0)], as: member,
      within: .seconds(20))
    try commit(within: .seconds(20))
  }
}

/// The case of an error alone.
func outcome(_ error: TransactionError?) -> String {
  switch error {
  case nil: "done"
  case .retriable: "retriable"
  case .abortNeeded: "abort needed"
  case .unclear: "unclear"
  case .fatal: "fatal"
  case .fenced: "fenced"
  }
}

/// What a call threw, if anything.
func caught(_ body: () throws(TransactionError) -> Void) -> TransactionError? {
  do throws(TransactionError) {
    try body()
    return nil
  } catch { return error }
}
