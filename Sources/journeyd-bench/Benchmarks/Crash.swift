import Glibc
import JourneyModel
import JourneyRuntime
import KafkaClient
import Settings
import Supervision

extension Benchmark {
  static let crash = Benchmark(
    name: "crash", summary: "Daemons that are killed again and again, against an undisturbed one.",
    options: [
      Option(
        "traffic", "retail",
        "retail: the grocer's year; generated: people who are linked, joined, divided."),
      Option("copies", "10", "How many times the grocer's year."),
      Option("events", "500000", "Interactions that are generated."),
      Option("kills", "20", "Daemons that are killed, at random moments."),
      Option("workers", "1", "Engine threads of each daemon."), seed,
      Option("data", "Tests/Shared/data", "Where the grocer's year is."),
      Option("kafka", "Tests/Shared/kafka/kafka", "The script that starts a broker."),
      Option("bootstrap", "", "A broker that runs already, instead."),
    ], quick: nil
  ) { values throws(Failure) in
    let folder = try TemporaryDirectory()
    var broker: TestBroker?
    var servers = values.text("bootstrap")
    if servers.isEmpty {
      let started = try TestBroker(script: values.text("kafka"), in: folder.path)
      servers = started.bootstrapServers
      broker = started
    }
    var run = try CrashRun(values, servers: servers, folder: folder.path)
    try run.measure()
    withExtendedLifetime(broker) {}
  }
}

/// The whole measurement: what is to come out, by `replay` and by an undisturbed daemon, and what comes out.
struct CrashRun {
  let kafka: KafkaPlan
  let folder: String
  let kills: Int
  let workers: Int
  let seed: Int
  let traffic: CrashTraffic
  let clock: RecordedClock
  let isRetail: Bool
  private var expected = Expected()
  private var reference = Outcome()
  private var report: Report
  private var isRight = true
  private var ratios: [String] = []

  init(_ values: Values, servers: String, folder: String) throws(Failure) {
    self.folder = folder
    kills = try values.number("kills", from: 0)
    workers = try values.number("workers")
    seed = try values.number("seed")
    isRetail = values.text("traffic") == "retail"
    var kafka = KafkaPlan()
    kafka.groupID = "bench"
    kafka.properties = [.init(name: "bootstrap.servers", value: servers)]
    self.kafka = kafka
    let topic = "crash.\(getpid()).interactions"
    try Self.create([NewTopic(topic, partitions: Int(CrashTraffic.partitions))], kafka)
    traffic =
      isRetail
      ? try .retail(
        copies: try values.number("copies"), data: values.text("data"), topic: topic, kafka,
        folder: folder)
      : try .generated(
        events: try values.number("events"), seed: seed, topic: topic, kafka, folder: folder)
    // A while behind the newest, so that what is due last has time to fall due.
    clock = RecordedClock(start: traffic.newest + .hours(isRetail ? 1 : 24))
    report = Report(
      "Crash: \(grouped(traffic.count)) interactions on \(CrashTraffic.partitions) partitions,"
        + " \(workers) workers, seed \(seed)",
      columns: [
        "run", "kills", "records/s", "suggestions", "missing", "doubled", "strange",
        "other journeys", "other identities",
      ])
  }

  mutating func measure() throws(Failure) {
    if isRetail { expected = try replayed() }
    let exact = try undisturbed("exactly-once", "exactly_once")
    let repeated = try undisturbed("at-least-once", "at_least_once")
    let alone = try storm("alone", daemons: 1, kills: min(3, kills))
    let together = try storm("two-daemons", daemons: 2, kills: kills)
    let restore = try restored(together.group)
    report.note(restore)
    let state = Double(exact.stateBytes) / Double(max(1, traffic.count))
    report.note("bytes written to the state's topic per interaction: \(ratio(state))")
    report.note(
      "from a kill of the active one to the first new suggestion, with another standing by:"
        + " \(together.recoveries.text); alone, started again at once: \(alone.recoveries.text)")
    report.note(
      "exactly_once against at_least_once: \(ratio(exact.rate / repeated.rate)) of its records/s")
    report.note(
      isRight
        ? "nothing missing, nothing doubled, nothing else than undisturbed"
        : "NOT as it should be")
    report.print()
    guard isRight else {
      throw Failure(.scenarioFailed, "what came out is not what had to come out")
    }
  }

  /// What `replay` makes of the same records.
  private func replayed() throws(Failure) -> Expected {
    let plan = try Plan.load(try configuration(CrashGroup(name: "replay"), "r"), for: .daemon)
    let names = NameTable()
    var inputs: [ReplayInput] = []
    for path in CrashTraffic.paths(folder) {
      inputs.append(
        try ReplayInput(
          path: path, source: plan.sources[0], plan: plan, names: names, isCaptured: false))
    }
    let outputs = try ReplayOutputs(groupID: kafka.groupID, folder: folder + "/replayed")
    let replay = Replay(plan: plan, names: names, inputs: inputs, outputs: outputs)
    _ = try replay.run(until: .moment(clock.start + .hours(1)))
    return try Expected(folder + "/replayed/suggestions.ndjson", due: clock.start - plan.time.grace)
  }

  /// A run that nothing disturbs; the first is what all others are compared with.
  private mutating func undisturbed(
    _ name: String, _ guarantee: String
  ) throws(Failure) -> CrashStorm.Result {
    let isFirst = reference.suggestions.isEmpty
    var storm = try CrashStorm(self, group: group(name), daemons: 1, kills: 0, guarantee: guarantee)
    let result = try storm.run(due: expected.due)
    let outcome = try result.group.outcome(KafkaConfiguration(kafka))
    if isFirst { reference = outcome }
    if expected.due.isEmpty {
      expected.due = Set(outcome.suggestions.keys)
      expected.allowed = expected.due
    }
    try judge(name, result, outcome)
    return result
  }

  private mutating func storm(
    _ name: String, daemons: Int, kills: Int
  ) throws(Failure) -> CrashStorm.Result {
    var storm = try CrashStorm(
      self, group: group(name), daemons: daemons, kills: kills, guarantee: "exactly_once")
    let result = try storm.run(due: expected.due)
    try judge(name, result, try result.group.outcome(KafkaConfiguration(kafka)))
    return result
  }

  private mutating func judge(
    _ name: String, _ result: CrashStorm.Result, _ outcome: Outcome
  ) throws(Failure) {
    let difference = Difference(
      outcome, due: expected.due, allowed: expected.allowed, reference: reference)
    isRight = isRight && difference.isNone && result.failures.isEmpty
    for failure in result.failures { report.note("\(name): \(failure)") }
    if !difference.example.isEmpty { report.note("\(name): \(difference.example)") }
    if difference.rejected > 0 { report.note("\(name): \(difference.rejected) rejected") }
    report.row(
      name, "\(result.kills)", grouped(result.rate), grouped(outcome.suggestions.count),
      grouped(difference.missing), grouped(difference.doubled), grouped(difference.strange),
      grouped(difference.journeys), grouped(difference.identities))
    if name == "exactly-once", !outcome.kinds.isEmpty {
      let kinds = outcome.kinds.sorted { $0.key < $1.key }.map { "\(grouped($0.value)) \($0.key)" }
      report.note("identities: " + kinds.joined(separator: ", "))
    }
  }

  /// Fills a folder from the whole topic of the state.
  private func restored(_ group: CrashGroup) throws(Failure) -> String {
    var rows = 0
    var bytes = 0
    try Topics.read(group.state, KafkaConfiguration(kafka)) { key, value in
      rows += 1
      bytes += key.count + value.count
    }
    let daemon = ChildDaemon(
      "restore", configuration: try configuration(group, "restore"), clock: clock, folder: folder)
    let begun = wallNanoseconds()
    try daemon.start()
    while daemon.events("state_restored").isEmpty {
      guard wallNanoseconds() - begun < 300_000_000_000 else {
        throw Failure(.internalError, "the state is not restored within five minutes")
      }
      usleep(50_000)
    }
    let line = daemon.events("state_restored")[0]
    let took = line.split(separator: " took=").last?.prefix { $0 != "s" }.description ?? ""
    _ = daemon.stop()
    let seconds = max(0.05, Double(took) ?? 0)
    return "restored: \(grouped(rows)) rows of \(grouped(bytes / 1_000_000)) MB in \(took) s,"
      + " \(grouped(Double(rows) / seconds)) rows/s, \(ratio(Double(bytes) / 1e6 / seconds)) MB/s"
  }

  static func failure(_ error: KafkaError) -> Failure {
    Failure(.brokerUnreachable, error.description, cure: error.cure ?? "look at the broker")
  }
}

extension CrashRun {
  private func group(_ name: String) throws(Failure) -> CrashGroup {
    let group = CrashGroup(name: "crash.\(getpid()).\(name)")
    try Self.create(group.topics, kafka)
    return group
  }

  private static func create(_ topics: [NewTopic], _ kafka: KafkaPlan) throws(Failure) {
    do throws(KafkaError) {
      let answers = try AdminClient(KafkaConfiguration(kafka)).create(topics, within: Topics.limit)
      for case .failed(let error) in answers.values { throw error }
    } catch { throw failure(error) }
  }

  /// Writes the configuration of one daemon of a group; its folder.
  ///
  /// Nothing becomes too old to be shown: when a journey is written depends on where a batch ends, and what it
  /// shows must not.
  func configuration(
    _ group: CrashGroup, _ daemon: String, guarantee: String = "exactly_once"
  ) throws(Failure) -> String {
    let own = "\(folder)/\(group.name).\(daemon)"
    guard mkdir(own, 0o700) == 0 || errno == EEXIST else {
      throw Failure(.stateNotCreated, "\(own): \(String(cString: strerror(errno)))")
    }
    let common = """
      kafka: {bootstrap.servers: "\(KafkaConfiguration(kafka).bootstrapServers)", group.id: \(group.name)}
      state: {directory: \(own)/state}
      log: {format: logfmt, stats_interval: 10s}
      processing: {workers: \(workers), guarantee: \(guarantee)}
      history: {keep: 1000d}
      outputs: {suggestions: \(group.suggestions), journeys: \(group.journeys), identities: \(group.identities), rejected: \(group.rejected)}
      """
    for (name, text) in [("00-common.yaml", common), ("10-rules.yaml", traffic.rules)] {
      let file = try OutputFile(path: "\(own)/\(name)")
      try file.line(text.utf8)
      try file.flush()
    }
    return own
  }
}

/// The suggestion events that must come, and those that may: what falls due while the daemons run.
struct Expected {
  var due: Set<String> = []
  var allowed: Set<String> = []

  init() {}

  init(_ path: String, due: Moment) throws(Failure) {
    let lines = try LineReader(path: path, lineBytesMax: Limits.recordBytesMax)
    while let line = try lines.next() {
      let bytes = UnsafeRawBufferPointer(line)
      guard let id = TextMember("id", of: bytes)?.text,
        let time = TextMember("time", of: bytes).flatMap({ Moment(rfc3339: $0.text) })
      else { continue }
      allowed.insert(id)
      if time <= due { self.due.insert(id) }
    }
  }
}
