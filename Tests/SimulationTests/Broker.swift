import JourneyModel
import KafkaClient

/// A Kafka of one broker, as far as a daemon can tell it from a real one: partitions with transactions, their
/// coordinator, and one group with its members and offsets.
final class Broker {
  let world: World
  private(set) var topics: [String: [PartitionLog]] = [:]
  /// Nobody answers.
  var isAway = false
  /// May forget to end a transaction in this topic, as a broker that is killed meanwhile does.
  var forgetsIn: String?
  /// Whose transaction it was: the producer is gone with the broker.
  var onForgetting: (_ id: String) -> Void = { _ in }
  var transactions: [String: TransactionState] = [:]
  var nextProducer: Int64 = 1
  var offsets = GroupOffsets()
  let group: Group
  /// When a transaction was ended last.
  var endedAt = TimeSpan.zero
  /// The marks of the transactions that took effect, in their order.
  var committedNotes: [String] = []

  init(_ world: World) {
    self.world = world
    group = Group(world)
  }

  func make(_ name: String, partitions: Int) {
    guard topics[name] == nil else { return }
    topics[name] = (0..<Int32(partitions)).map { PartitionLog(TopicPartition(name, $0)) }
  }

  func log(_ place: TopicPartition) -> PartitionLog? {
    guard let logs = topics[place.topic], logs.indices.contains(Int(place.partition)) else {
      return nil
    }
    return logs[Int(place.partition)]
  }

  func description(_ name: String) -> TopicDescription? {
    topics[name].map { logs in
      TopicDescription(
        name: name,
        partitions: logs.map {
          .init(number: $0.place.partition, leader: 1, replicas: 1, inSync: 1)
        })
    }
  }

  /// Adds a partition to a topic.
  func grow(_ name: String) {
    guard let count = topics[name]?.count else { return }
    topics[name]?.append(PartitionLog(TopicPartition(name, Int32(count))))
  }

  /// Writes as the users' own producers do; where there is no such partition yet to the first.
  func write(
    _ value: [UInt8], to place: TopicPartition, in transaction: (lasts: TimeSpan, commits: Bool)?
  ) {
    guard let log = log(place) ?? log(TopicPartition(place.topic, 0)) else { return }
    guard let transaction else { return log.append(nil, value, of: nil, at: world.wall) }
    let producer = nextProducer
    nextProducer += 1
    log.append(nil, value, of: producer, at: world.wall)
    world.after(transaction.lasts) { [world] in
      log.finish(producer, commits: transaction.commits, at: world.wall)
    }
  }
}

/// Errors as the library reports them.
enum Errors {
  static let timedOut = KafkaError(code: -185)
  static let transport = KafkaError(code: -195)
  static let outOfRange = KafkaError(code: -140, "the offset is out of range")
  static let unknownPartition = KafkaError(code: 3)
  static let fenced = KafkaError(code: -144, isFatal: true)
  static let unknownMember = KafkaError(code: 25, needsAbort: true)
  static let illegalGeneration = KafkaError(code: 22, needsAbort: true)
  static let refused = KafkaError(code: 59, needsAbort: true)
  static let invalidState = KafkaError(code: 48, isFatal: true)
  static let concurrent = KafkaError(code: 51, isRetriable: true)
  static let dead = KafkaError(code: -195, "the program has been killed")
}
