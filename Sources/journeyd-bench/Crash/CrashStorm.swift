import Glibc
import JourneyModel
import JourneyRuntime
import KafkaClient
import Supervision

/// Lets the daemons of a new group work from the start of the topic to its end, and kills them meanwhile.
struct CrashStorm: ~Copyable {
  /// What was seen from outside.
  struct Result {
    let group: CrashGroup
    var rate = 0.0
    var kills = 0
    var recoveries = Recoveries()
    var stateBytes = 0
    /// Daemons that ended by themselves, or not as they should.
    var failures: [String] = []
  }

  /// Seconds from a kill to the first suggestion that was written after it.
  struct Recoveries {
    var seconds: [Double] = []
    var text: String {
      guard let least = seconds.min(), let most = seconds.max() else { return "–" }
      return "\(ratio(median(seconds))) s (\(ratio(least))–\(ratio(most)), of \(seconds.count))"
    }
  }

  private let run: CrashRun
  private let kills: Int
  private let daemons: [ChildDaemon]
  private var random: SplitMix64
  private var watch: SuggestionWatch
  private var result: Result
  private let input: [TopicPartition]
  /// Of the kill of the active one that nothing new has followed yet.
  private var killedAt: Int64?

  init(
    _ run: CrashRun, group: CrashGroup, daemons count: Int, kills: Int, guarantee: String
  ) throws(Failure) {
    var made: [ChildDaemon] = []
    for name in ["a", "b"].prefix(count) {
      made.append(
        ChildDaemon(
          "\(group.name).\(name)",
          configuration: try run.configuration(group, name, guarantee: guarantee),
          clock: run.clock, folder: run.folder))
    }
    let watch = try SuggestionWatch.begin(group, KafkaConfiguration(run.kafka))
    self.run = run
    self.kills = kills
    random = SplitMix64(UInt64(run.seed) &+ UInt64(count))
    result = Result(group: group)
    input = (0..<CrashTraffic.partitions).map { TopicPartition(run.traffic.topic, $0) }
    daemons = made
    self.watch = watch
  }

  mutating func run(due: Set<String>) throws(Failure) -> Result {
    for daemon in daemons { try daemon.start() }
    let begun = try awaitReading()
    for number in 0..<kills { try kill(number) }
    try awaitEnd()
    result.rate = Double(run.traffic.count) / (Double(wallNanoseconds() - begun) / 1e9)
    try awaitAll(due)
    for daemon in daemons {
      let code = daemon.stop()
      if code != 0 { result.failures.append("\(daemon.name) ended with \(code)") }
    }
    try Topics.read(result.group.state, KafkaConfiguration(run.kafka)) { key, value in
      result.stateBytes += key.count + value.count
    }
    return result
  }

  /// When the first one has begun to read.
  private mutating func awaitReading() throws(Failure) -> Int64 {
    try wait(for: "the first daemon to read", seconds: 60) { daemons in
      daemons.contains { !$0.events("partitions_added").isEmpty }
    }
    return wallNanoseconds()
  }

  /// At a random moment of the work; every fourth at one soon after the last, while the others still take over.
  private mutating func kill(_ number: Int) throws(Failure) {
    if number % 4 == 3 {
      let until = wallNanoseconds() + random.between(0, 4_000) * 1_000_000
      while wallNanoseconds() < until { try look() }
    } else {
      let share = (Double(number) + Double(random.between(0, 1_000)) / 1_000) / Double(kills + 1)
      let target = Int(share * Double(run.traffic.count))
      let limit = wallNanoseconds() + 120_000_000_000
      while try watch.committed(input) < target {
        try look()
        guard wallNanoseconds() < limit else {
          throw Failure(
            .internalError, "no progress to \(target) within two minutes before kill \(number)")
        }
      }
      let until = wallNanoseconds() + random.between(0, 300) * 1_000_000
      while wallNanoseconds() < until { try look() }
    }
    let active = daemons.firstIndex { $0.isActive }
    // Mostly the active one.
    let victim = random.chance(0.75) ? active ?? 0 : Int(random.between(0, Int64(daemons.count)))
    daemons[victim].kill()
    if victim == active {
      try watch.mark()
      killedAt = wallNanoseconds()
    }
    result.kills += 1
    try daemons[victim].start()
  }

  /// Takes what has come.
  private mutating func look() throws(Failure) {
    try watch.look()
    guard let begun = killedAt, watch.hasNew else { return }
    result.recoveries.seconds.append(Double(wallNanoseconds() - begun) / 1e9)
    killedAt = nil
  }

  private mutating func awaitEnd() throws(Failure) {
    let limit = wallNanoseconds() + 600_000_000_000
    while try watch.committed(input) < run.traffic.count {
      try look()
      guard wallNanoseconds() < limit else {
        throw Failure(.internalError, "not everything is read within ten minutes")
      }
    }
  }

  /// Waits for what is due at the end, until nothing new has come for a while.
  private mutating func awaitAll(_ due: Set<String>) throws(Failure) {
    var count = watch.count
    var changed = wallNanoseconds()
    while wallNanoseconds() - changed < 12_000_000_000 {
      try look()
      if watch.count != count { (count, changed) = (watch.count, wallNanoseconds()) }
    }
  }

  private mutating func wait(
    for what: String, seconds: Int64, _ isSo: ([ChildDaemon]) -> Bool
  ) throws(Failure) {
    let limit = wallNanoseconds() + seconds * 1_000_000_000
    while !isSo(daemons) {
      try look()
      guard wallNanoseconds() < limit else {
        throw Failure(.internalError, "waited in vain for \(what)")
      }
    }
  }
}

/// Reads the suggestions of a group as they are committed.
struct SuggestionWatch: ~Copyable {
  private let wakeup: Wakeup
  private var consumer: AssigningConsumer
  private let admin: AdminClient
  private let places: [TopicPartition]
  /// Suggestion events so far.
  private(set) var count = 0
  /// Behind the last mark something was written.
  private(set) var hasNew = false
  private var marks: [TopicPartition: Offset] = [:]
  private var answered = 0

  private static let pause = TimeSpan(20)

  /// Begins at the start of what the group writes.
  static func begin(
    _ group: CrashGroup, _ kafka: KafkaConfiguration
  ) throws(Failure) -> SuggestionWatch {
    do throws(KafkaError) { return try SuggestionWatch(group, kafka) } catch {
      throw CrashRun.failure(error)
    }
  }

  private init(_ group: CrashGroup, _ kafka: KafkaConfiguration) throws(KafkaError) {
    let wakeup = try Wakeup()
    // Of the group, so that it sees how far it has read; it is no member.
    var consumer = try AssigningConsumer(kafka.of(group.name), wakeup: wakeup)
    let admin = try AdminClient(kafka)
    let places = try consumer.topics(within: Topics.limit)
      .filter { $0.name == group.suggestions }.flatMap(\.places)
    try consumer.add(places.map { (place: $0, from: .beginning) })
    self.wakeup = wakeup
    self.admin = admin
    self.places = places
    self.consumer = consumer
  }

  /// What is written from here on is new.
  mutating func mark() throws(Failure) {
    do throws(KafkaError) { marks = try admin.ends(of: places, within: Topics.limit) } catch {
      throw CrashRun.failure(error)
    }
    hasNew = false
  }

  /// Takes what has come, and waits a little.
  mutating func look() throws(Failure) {
    do throws(KafkaError) {
      try consumer.serve()
      for reader in consumer.readers {
        let mark = marks[reader.place] ?? Offset(0)
        while try reader.checkedHead() == .record {
          count += 1
          if reader.withRecord({ $0.offset >= mark }) ?? false { hasNew = true }
          reader.advance()
        }
      }
    } catch { throw CrashRun.failure(error) }
    wakeup.wait(upTo: Self.pause)
  }

  /// Interactions that the group has read for good, as far as the broker tells while a transaction is open.
  mutating func committed(_ input: [TopicPartition]) throws(Failure) -> Int {
    do throws(KafkaError) {
      let offsets = try consumer.committed(input, within: TimeSpan(200))
      answered = offsets.values.reduce(0) { $0 + Int($1?.rawValue ?? 0) }
    } catch {
      guard error.isRetriable || error.isUnreachable else { throw CrashRun.failure(error) }
    }
    return answered
  }
}

extension KafkaConfiguration {
  /// As this one, of another group.
  fileprivate func of(_ group: String) -> KafkaConfiguration {
    var plan = KafkaPlan()
    plan.groupID = group
    plan.properties = properties
    return KafkaConfiguration(plan)
  }
}
