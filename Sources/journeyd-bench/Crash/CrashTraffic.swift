import Glibc
import JourneyModel
import JourneyRuntime
import KafkaClient
import Supervision

/// Recorded interactions on a topic, the rules that decide over them, and when they end.
struct CrashTraffic {
  static let partitions: Int32 = 8
  /// Interactions that were written.
  private(set) var count = 0
  /// Of the newest.
  private(set) var newest = Moment(0)
  /// Rules, with the input topic and without outputs.
  let rules: String
  let topic: String
  private let files: [OutputFile]
  private let batch = OutgoingBatch(capacity: 16 << 20)

  private static let limit = TimeSpan.seconds(60)

  private init(rules: String, topic: String, folder: String) throws(Failure) {
    self.rules = rules
    self.topic = topic
    var files: [OutputFile] = []
    for path in Self.paths(folder) { files.append(try OutputFile(path: path)) }
    self.files = files
  }

  /// What stands in each partition, a line per record, for `replay`.
  static func paths(_ folder: String) -> [String] {
    (0..<partitions).map { "\(folder)/input-\($0).ndjson" }
  }

  /// The grocer's year, several times over: each copy with cards and ids of its own.
  static func retail(
    copies: Int, data: String, topic: String, _ plan: KafkaPlan, folder: String
  ) throws(Failure) -> CrashTraffic {
    let rules = try fileText(data + "/retail.yaml")
    let unpacked = folder + "/retail.ndjson"
    guard system("gzip -dc '\(data)/retail-2017.ndjson.gz' > '\(unpacked)'") == 0 else {
      throw Failure(
        .usage, "\(data) has no retail-2017.ndjson.gz", cure: "--data Tests/Shared/data")
    }
    defer { unlink(unpacked) }
    var traffic = try CrashTraffic(
      rules: rules.replacing("retail.interactions", with: topic)
        .replacing(
          "outputs:\n  suggestions: retail.suggestions\n  rejected: retail.rejected\n", with: ""),
      topic: topic, folder: folder)
    let lines = try LineReader(path: unpacked, lineBytesMax: Limits.recordBytesMax)
    var producer = try loader(topic, plan)
    while let line = try lines.next() {
      let bytes = UnsafeRawBufferPointer(line)
      guard let id = TextMember("id", of: bytes), let card = TextMember("loyalty_card", of: bytes),
        id.range.lowerBound < card.range.lowerBound
      else { continue }
      for copy in 1...copies {
        let mark = Array("\(copy).".utf8)
        let record =
          Array(bytes[..<id.range.lowerBound]) + mark
          + bytes[id.range.lowerBound..<card.range.lowerBound] + mark
          + bytes[card.range.lowerBound...]
        try traffic.add(record, key: "\(copy).\(card.text)", to: &producer)
      }
    }
    try traffic.finish(&producer)
    return traffic
  }

  /// People with three devices each, some shared, some told late: links that are made, refused, joined and divided.
  static func generated(
    events: Int, seed: Int, topic: String, _ plan: KafkaPlan, folder: String
  ) throws(Failure) -> CrashTraffic {
    var traffic = try CrashTraffic(
      rules: peopleRules.replacing("INPUT", with: topic), topic: topic, folder: folder)
    var producer = try loader(topic, plan)
    var feed = PeopleFeed(
      seed: seed, events: events, people: max(1, events / 20), shared: 0.1, late: 0.1,
      // Up to a day: much happens meanwhile that turns out to be somebody else's.
      lateMax: 43_200)
    var random = SplitMix64(UInt64(seed))
    var group = RecordGroup()
    repeat {
      group.removeAll()
      feed.fill(&group)
      for index in 0..<group.count {
        // Whoever it is, on any partition: who is who is found across all of them.
        let key = "k\(random.between(0, 1_000))"
        try traffic.add(Array(group.bytes[group.range(index)]), key: key, to: &producer)
      }
    } while group.count > 0
    try traffic.finish(&producer)
    return traffic
  }

  private static let peopleRules = """
    sources:
      people: {topic: INPUT}
    channels:
      web: {side: online}
      email: {side: online, outbound: true}
    touchpoints:
      page_viewed: {phase: before}
      guide: {phase: before}
      reminder: {phase: before}
    contact:
      consent: {marketing: implied}
      at_once: 1000
    suggestions:
      guide:
        when: [{seen: page_viewed, times: 3, within: 2d}]
        suggest: {touchpoint: guide, channels: [email]}
        again_after: 2d
        from: 2016-01-01T00:00:00Z
      remind:
        when: [{seen: page_viewed}, {unseen: page_viewed, for: 6h}]
        suggest: {touchpoint: reminder, channels: [email]}
        again_after: 1d
        from: 2016-01-01T00:00:00Z

    """

  private static func loader(_ topic: String, _ plan: KafkaPlan) throws(Failure) -> PlainProducer {
    do throws(KafkaError) {
      let producer = try PlainProducer(KafkaConfiguration(plan), topics: [topic])
      try producer.warm(within: limit)
      return producer
    } catch { throw CrashRun.failure(error) }
  }

  private mutating func add(
    _ record: [UInt8], key: String, to producer: inout PlainProducer
  ) throws(Failure) {
    let partition = Int32(key.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }) % Self.partitions
    try files[Int(partition)].line(record)
    if let topic = producer.topic(topic) {
      batch.append(to: topic, partition: partition, key: Array(key.utf8), value: record)
    }
    count += 1
    record.withUnsafeBytes { bytes in
      let time = TextMember("time", of: bytes).flatMap { Moment(rfc3339: $0.text) }
      newest = max(newest, time ?? newest)
    }
    if batch.count >= 20_000 { try flush(&producer) }
  }

  private mutating func finish(_ producer: inout PlainProducer) throws(Failure) {
    try flush(&producer)
    for file in files { try file.flush() }
  }

  private func flush(_ producer: inout PlainProducer) throws(Failure) {
    do throws(KafkaError) {
      try producer.send(batch, within: Self.limit)
      try producer.flush(within: Self.limit)
    } catch { throw CrashRun.failure(error) }
    batch.removeAll()
  }
}
