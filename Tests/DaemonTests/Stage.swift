import Foundation
import JourneyModel
import KafkaClient
import KafkaTesting
import Testing

/// Topics, a group and a configuration of one test's own, on the suite's broker.
struct Stage {
  let broker: RealBroker
  /// The group, and the beginning of its topics' names.
  let name: String
  let client: KafkaConfiguration
  let wakeup: Wakeup
  let folder: URL

  var input: String { name + ".in" }
  var suggestions: String { name + ".suggestions" }
  var rejected: String { name + ".rejected" }
  var journeys: String { name + ".journeys" }

  init(partitions: Int = 8) throws {
    broker = try #require(BrokerTrait.current)
    name = "d" + UUID().uuidString.prefix(6).lowercased()
    client = broker.configuration(group: name)
    wakeup = try Wakeup()
    folder = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(name)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let admin = try AdminClient(client)
    let made = try admin.create(
      [
        NewTopic(input, partitions: partitions), NewTopic(suggestions, partitions: 4),
        NewTopic(journeys, partitions: 2, settings: ["cleanup.policy": "compact"]),
        NewTopic(rejected, partitions: 2, settings: ["max.message.bytes": "2097152"]),
      ], within: .seconds(30))
    try #require(made.values.allSatisfy { $0 == .created })
  }

  /// Sessions that end soon, so that a test of what follows takes no longer than it must.
  static let briefSessions = "session.timeout.ms: 2000, heartbeat.interval.ms: 500"

  /// Writes a configuration: what every test needs, and the rules given. Each daemon has a folder of its own.
  func configuration(
    _ rules: String, daemon: String = "a", processing: String = "", kafka: String = "",
    group: String? = nil
  ) throws -> URL {
    let own = folder.appending(path: daemon)
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    let common = """
      kafka: {bootstrap.servers: "\(broker.bootstrapServers)", group.id: \(group ?? name), \(kafka)}
      state: {directory: \(own.path)/state, cache: 1MiB}
      log: {stats_interval: 1s}
      processing: {\(processing)}
      """
    try Data(common.utf8).write(to: own.appending(path: "00-common.yaml"))
    try Data(rules.utf8).write(to: own.appending(path: "10-rules.yaml"))
    return own
  }

  /// Rules that need little: two visits within a day earn a greeting; an hour of silence a reminder.
  func visits(_ more: String = "") -> String {
    """
    sources:
      visits: {topic: \(input)}
    outputs:
      suggestions: \(suggestions)
      rejected: \(rejected)
      journeys: \(journeys)
    channels:
      web: {side: online}
      email: {side: online, outbound: true}
    touchpoints:
      visited: {phase: before}
      bought: {phase: during}
      greeting: {phase: before}
      reminder: {phase: before}
    contact:
      consent: {marketing: implied}
      at_once: 1000
    suggestions:
      greet:
        when: [{seen: visited, times: 2, within: 1d}]
        suggest: {touchpoint: greeting, channels: [email]}
        again_after: 1h
        from: 2016-01-01T00:00:00Z
      remind:
        when: [{seen: visited}, {unseen: bought, for: 1h}]
        suggest: {touchpoint: reminder, channels: [email]}
        again_after: 1h
        expires: 36500d
        from: 2016-01-01T00:00:00Z
    \(more)
    """
  }

  /// Writes records, each to the partition that it names or that its key decides.
  func write(_ records: [Made], to topic: String? = nil) throws {
    let topic = topic ?? input
    var producer = try PlainProducer(client, topics: [topic])
    let found = producer.topic(topic)
    let number = try #require(found)
    try producer.warm(within: .seconds(20))
    var batch = OutgoingBatch()
    for record in records {
      batch.append(
        to: number, partition: record.partition, key: record.key, value: record.value)
      for (name, value) in record.headers { batch.addHeader(name, value) }
      if batch.count == 20_000 {
        try producer.send(batch)
        batch = OutgoingBatch()
      }
    }
    try producer.send(batch)
    try producer.flush(within: .seconds(60))
  }

  /// Everything that a topic has, for readers of committed records.
  func read(_ topic: String) throws -> [Read] {
    var consumer = try AssigningConsumer(client, wakeup: wakeup)
    let places = try consumer.topics(within: .seconds(20)).filter { $0.name == topic }
      .flatMap(\.places)
    try consumer.add(places.map { ($0, .beginning) })
    return try consumer.readAll(wakeup, within: .seconds(60))
  }

  /// Waits until the group has read everything in the input.
  func isAllRead(within limit: Duration = .seconds(90)) throws -> Bool {
    let admin = try AdminClient(client)
    let consumer = try AssigningConsumer(client, wakeup: wakeup)
    let places = try consumer.topics(within: .seconds(20)).filter { $0.name == input }
      .flatMap(\.places)
    return try eventually(wakeup, within: limit) { () throws in
      let ends = try admin.ends(of: places, within: .seconds(10))
      guard let committed = try? consumer.committed(places, within: .seconds(10)) else {
        return false
      }
      return places.allSatisfy { place in
        (committed[place] ?? nil) ?? Offset(0) >= ends[place] ?? Offset(0)
      }
    }
  }

  func isSo<E: Error>(
    within limit: Duration = .seconds(60), _ condition: () throws(E) -> Bool
  ) throws(E) -> Bool {
    try eventually(wakeup, within: limit) { () throws(E) in try condition() }
  }

  /// The sum of the offsets up to which the group has read the input.
  func committed() throws -> Int64 {
    let consumer = try AssigningConsumer(client, wakeup: wakeup)
    let places = try consumer.topics(within: .seconds(20)).filter { $0.name == input }
      .flatMap(\.places)
    let offsets = (try? consumer.committed(places, within: .seconds(10))) ?? [:]
    return offsets.values.reduce(0) { $0 + ($1?.rawValue ?? 0) }
  }

  /// Waits until everything due is made: the clock comes to the last deadlines only when the end of every partition
  /// has stayed so for the grace.
  func isMade(_ traffic: Traffic, _ configuration: URL, before end: Moment) throws -> Bool {
    let due = try due(traffic, configuration, before: end)
    return try isSo { () throws in due.subtracting(try made().map(\.event)).isEmpty }
  }

  private func made() throws -> [Suggested] { try read(suggestions).compactMap { Suggested($0) } }

  /// Ids and types of what `replay` makes up to an hour before the end.
  private func due(
    _ traffic: Traffic, _ configuration: URL, before end: Moment
  ) throws -> Set<String> {
    let replayed = try Replayed.suggestions(
      traffic.lines, source: "visits", configuration, until: (end + .days(1)).rfc3339)
    return Set(replayed.filter { $0.time < (end - .hours(1)).rfc3339 }.map { $0.id + $0.type })
  }

  /// What was suggested is what `replay` makes of the same visits, each once, as far as it was due.
  func expectReplay(
    of traffic: Traffic, _ configuration: URL, before end: Moment, repeats: Bool = false
  )
    throws
  {
    let ids = try made().map(\.event)
    #expect(repeats || Set(ids).count == ids.count, "each once")
    let replayed = try Replayed.suggestions(
      traffic.lines, source: "visits", configuration, until: (end + .days(1)).rfc3339)
    let due = try due(traffic, configuration, before: end)
    #expect(due.count > 50)
    #expect(due.subtracting(ids) == [])
    #expect(Set(ids).subtracting(replayed.map { $0.id + $0.type }) == [])
    #expect(try read(rejected).isEmpty)
  }

  func removeFolder() {
    guard ProcessInfo.processInfo.environment["KEEP_STAGES"] == nil else { return }
    try? FileManager.default.removeItem(at: folder)
  }
}

/// A record to be written.
struct Made {
  var partition: Int32?
  var key: [UInt8]
  var value: [UInt8]
  var headers: [(String, String)] = []

  init(_ key: String, _ value: String, partition: Int32? = nil, headers: [(String, String)] = []) {
    self.key = Array(key.utf8)
    self.value = Array(value.utf8)
    self.partition = partition
    self.headers = headers
  }
}

/// A suggestion as the tests compare them.
struct Suggested: Hashable {
  var id: String
  var type: String
  var rule: String

  init?(_ read: Read) {
    guard let value = read.value,
      let json = try? JSONSerialization.jsonObject(with: Data(value.utf8)),
      let event = json as? [String: Any], let type = event["type"] as? String,
      let data = event["data"] as? [String: Any], let id = data["suggestion_id"] as? String,
      let rule = data["suggestion"] as? String
    else { return nil }
    (self.id, self.type, self.rule) = (id, type, rule)
  }

  /// Its id and its type, which name the event.
  var event: String { id + type }
}
