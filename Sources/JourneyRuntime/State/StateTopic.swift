internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// The compacted topic that holds the group's state: partition 0 is who is who, then one per shard.
struct StateTopic {
  let name: String
  let partitions: Int
  private let shards: Int

  static func name(of group: String) -> String { group + "-state" }

  init(_ plan: Plan) {
    name = Self.name(of: plan.kafka.groupID)
    shards = plan.processing.shards
    partitions = 1 + plan.processing.shards
  }

  var places: [TopicPartition] { (0..<Int32(partitions)).map { TopicPartition(name, $0) } }

  /// How long a deleted row is told of, and twice as long as a folder may have been away.
  static let tombstonesKept = TimeSpan.days(7)
  static let awayMax = TimeSpan(tombstonesKept.milliseconds / 2)
  private static let rowBytesMax = 8 << 20

  /// As it is made where it is missing.
  var wanted: NewTopic {
    NewTopic(
      name, partitions: partitions,
      settings: [
        "cleanup.policy": "compact", "max.message.bytes": "\(Self.rowBytesMax)",
        "delete.retention.ms": "\(Self.tombstonesKept.milliseconds)",
      ])
  }

  /// What speaks against a topic that is there already.
  func refusal(_ found: TopicDescription, _ settings: [String: String]) -> Failure? {
    guard found.partitions.count == partitions else {
      let now = found.partitions.count - 1
      return Failure(
        .configurationInvalid,
        "the state of the group was made with \(now) shards, and processing.shards is \(shards)",
        cure: "set processing.shards: \(now), or take the state to another group by journeyd state"
          + " export and import")
    }
    if let policy = settings["cleanup.policy"], policy != "compact" {
      return refusal("has cleanup.policy=\(policy) and would lose rows", "cleanup.policy=compact")
    }
    if let most = settings["max.message.bytes"].flatMap({ Int($0) }), most < Self.rowBytesMax {
      return refusal(
        "takes \(most) bytes a record, and a row may have more",
        "max.message.bytes=\(Self.rowBytesMax)")
    }
    if let kept = settings["delete.retention.ms"].flatMap({ Int64($0) }),
      kept < Self.tombstonesKept.milliseconds
    {
      return refusal(
        "forgets deletions after \(spanText(TimeSpan(kept)))",
        "delete.retention.ms=\(Self.tombstonesKept.milliseconds)")
    }
    return nil
  }

  private func refusal(_ words: String, _ setting: String) -> Failure {
    Failure(
      .configurationInvalid, "the topic “\(name)”, which holds the state, \(words)",
      cure: "kafka-configs.sh --alter --topic \(name) --add-config \(setting)")
  }
}
