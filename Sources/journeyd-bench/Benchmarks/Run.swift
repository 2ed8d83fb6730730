import Glibc
import JourneyModel
import JourneyRuntime
import KafkaClient
import Supervision

extension Benchmark {
  static let run = Benchmark(
    name: "run", summary: "The daemon on a real broker against reading alone.",
    options: [
      Option("events", "1000000", "Interactions on the topic."),
      Option("customers", "100000", "Customers who have them."), seed,
      Option("kafka", "Tests/Shared/kafka/kafka", "The script that starts a broker."),
      Option("bootstrap", "", "A broker that runs already, instead."),
      Option("config", "", "The configuration that decides; otherwise the sample."),
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
    var plan = try Plan.load(values.text("config"))
    plan.kafka.properties = [.init(name: "bootstrap.servers", value: servers)]
    let run = RunMeasurement(
      plan: plan, events: try values.number("events"), customers: try values.number("customers"),
      seed: try values.number("seed"), folder: folder.path)
    do throws(KafkaError) { try run.measure() } catch {
      throw Failure(.brokerUnreachable, error.description, cure: error.cure ?? "look at the broker")
    }
    if let failure = run.failure { throw failure }
    withExtendedLifetime(broker) {}
  }
}

/// Records a second, and nanoseconds of all threads of this process per record.
private struct Pace {
  var rate: Double
  var cpu: Double
  init(events: Int, wall: Int64, cpu: Int64) {
    rate = Double(events) / (Double(max(1, wall)) / 1e9)
    self.cpu = Double(cpu) / Double(max(1, events))
  }
}

private final class RunMeasurement {
  private static let partitions: Int32 = 8
  private static let waitLimit = TimeSpan.seconds(20)
  private let topic: String
  private let plan: Plan
  private let events: Int
  private let customers: Int
  private let seed: Int
  private let folder: String
  private let wakeup = try? Wakeup()
  private(set) var failure: Failure?

  init(plan: Plan, events: Int, customers: Int, seed: Int, folder: String) {
    topic = "bench.\(getpid()).interactions"
    self.plan = plan
    self.events = events
    self.customers = customers
    self.seed = seed
    self.folder = folder
  }

  func measure() throws(KafkaError) {
    try create()
    try load()
    var reading: [Pace] = []
    for _ in 0..<3 { reading.append(try read()) }
    let alone = Pace(median: reading)
    var report = Report(
      "Run: \(grouped(events)) interactions on \(Self.partitions) partitions of a real broker",
      columns: ["what", "outputs", "records/s", "CPU ns per record", "CPU against reading"])
    report.row("reading alone", "", grouped(alone.rate), grouped(alone.cpu), ratio(1))
    var ratios: [String] = []
    for guarantee in [ProcessingPlan.Guarantee.exactlyOnce, .atLeastOnce] {
      for isFull in [false, true] {
        guard let pace = try run(guarantee, isFull: isFull) else { return }
        let outputs = isFull ? "all" : "suggestions"
        report.row(
          guarantee.rawValue, outputs, grouped(pace.rate), grouped(pace.cpu),
          ratio(pace.cpu / alone.cpu))
        ratios.append("\(guarantee.rawValue) (\(outputs)) \(ratio(pace.rate / alone.rate))")
      }
    }
    report.note("reading alone: the same client in the same process, medians of 3")
    report.note("run against reading alone: " + ratios.joined(separator: ", "))
    report.print()
  }

  // MARK: The topics

  private func outputs(isFull: Bool) -> OutputsPlan {
    var outputs = OutputsPlan()
    outputs.suggestions = topic + ".suggestions"
    guard isFull else { return outputs }
    outputs.journeys = topic + ".journeys"
    outputs.decisions = topic + ".decisions"
    outputs.identities = topic + ".identities"
    outputs.rejected = topic + ".rejected"
    return outputs
  }

  private func create() throws(KafkaError) {
    let admin = try AdminClient(KafkaConfiguration(plan.kafka))
    let names = [topic] + outputs(isFull: true).named.map(\.topic)
    let answers = try admin.create(
      // What is rejected has to fit with its headers.
      names.map {
        NewTopic(
          $0, partitions: Int(Self.partitions),
          settings: $0 == topic ? [:] : ["max.message.bytes": "2097152"])
      }, within: Self.waitLimit)
    for case .failed(let error) in answers.values { throw error }
  }

  private func load() throws(KafkaError) {
    var producer = try PlainProducer(KafkaConfiguration(plan.kafka), topics: [topic])
    try producer.warm(within: Self.waitLimit)
    guard let output = producer.topic(topic) else { return }
    // Old enough that nothing is ahead of the clock, new enough that nothing is too old.
    let month = TimeSpan.days(30)
    var feed = BankFeed(
      seed: seed, events: events, customers: customers,
      start: SystemClock.now - month - .minutes(1))
    var group = RecordGroup()
    let batch = OutgoingBatch(capacity: 16 << 20)
    repeat {
      group.removeAll()
      feed.fill(&group)
      append(group, feed.customersOfGroup, to: batch, output)
      if batch.count >= 20_000 || group.count == 0 {
        try producer.send(batch, within: Self.waitLimit)
        try producer.flush(within: Self.waitLimit)
        batch.removeAll()
      }
    } while group.count > 0
  }

  private func append(
    _ group: borrowing RecordGroup, _ customers: [Int], to batch: OutgoingBatch,
    _ topic: OutputTopic
  ) {
    group.bytes.withUnsafeBytes { bytes in
      for index in 0..<group.count {
        let value = UnsafeRawBufferPointer(rebasing: bytes[group.range(index)])
        var key = "C\(customers[index])"
        key.withUTF8 { key in
          batch.append(
            to: topic, partition: Int32(customers[index]) % Self.partitions,
            key: UnsafeRawBufferPointer(key), value: value)
        }
      }
    }
  }

  private var places: [TopicPartition] {
    (0..<Self.partitions).map { TopicPartition(topic, $0) }
  }

  // MARK: What is measured

  /// Reads all of it with the daemon's own client and looks at nothing.
  private func read() throws(KafkaError) -> Pace {
    guard let wakeup else { return Pace(events: 0, wall: 1, cpu: 0) }
    var consumer = try AssigningConsumer(KafkaConfiguration(plan.kafka), wakeup: wakeup)
    _ = try consumer.topics(within: Self.waitLimit)
    let (wall, cpu) = (wallNanoseconds(), processNanoseconds())
    let readers = try consumer.add(places.map { (place: $0, from: .beginning) })
    var read = 0
    while read < events {
      try consumer.serve()
      let before = read
      for reader in readers { read += try Self.pass(reader) }
      if read == before { wakeup.wait(upTo: TimeSpan(20)) }
    }
    return Pace(events: read, wall: wallNanoseconds() - wall, cpu: processNanoseconds() - cpu)
  }

  /// Passes what has come of one partition, at most a batch.
  private static func pass(_ reader: PartitionReader) throws(KafkaError) -> Int {
    var passed = 0
    while passed < PartitionReader.batchRecordsMax {
      switch reader.head() {
      case .record:
        reader.advance()
        passed += 1
      case .nothing, .end: return passed
      case .failed(let error): throw error
      }
    }
    return passed
  }

  /// Lets the daemon work until everything is committed; nil where it failed.
  private func run(
    _ guarantee: ProcessingPlan.Guarantee, isFull: Bool
  ) throws(KafkaError) -> Pace? {
    let name = "\(topic).\(guarantee.rawValue).\(isFull ? "all" : "suggestions")"
    let plan = plan(guarantee, isFull: isFull, group: name)
    let daemon = BenchDaemon(plan)
    do throws(Failure) { try daemon.start() } catch {
      failure = error
      return nil
    }
    defer { daemon.end() }
    guard let wakeup else { return nil }
    let watcher = try AssigningConsumer(KafkaConfiguration(plan.kafka), wakeup: wakeup)
    while true {
      if let ended = daemon.ended {
        failure = ended
        return nil
      }
      wakeup.wait(upTo: TimeSpan(50))
      guard let begun = daemon.begun, try committed(watcher) >= events else { continue }
      return Pace(
        events: events, wall: wallNanoseconds() - begun.wall,
        cpu: processNanoseconds() - begun.cpu)
    }
  }

  private func committed(_ watcher: borrowing AssigningConsumer) throws(KafkaError) -> Int {
    do throws(KafkaError) {
      let offsets = try watcher.committed(places, within: .seconds(5))
      return offsets.values.reduce(0) { $0 + Int($1?.rawValue ?? 0) }
    } catch {
      // An open transaction is waited for; it is asked again.
      guard error.isRetriable || error.isUnreachable else { throw error }
      return 0
    }
  }

  private func plan(
    _ guarantee: ProcessingPlan.Guarantee, isFull: Bool, group: String
  ) -> Plan {
    var plan = plan
    plan.kafka.groupID = group
    plan.processing.guarantee = guarantee
    plan.state.directory = "\(folder)/\(group)"
    plan.log.level = .info
    plan.log.format = .logfmt
    var source = SourcePlan.native
    source.topic = .named(topic)
    plan.sources = [source]
    plan.outputs = outputs(isFull: isFull)
    // What happened before the rules were loaded counts here.
    for index in plan.rules.indices { plan.rules[index].from = Moment(0) }
    return plan
  }
}

extension Pace {
  fileprivate init(median paces: [Pace]) {
    rate = journeyd_bench.median(paces.map(\.rate))
    cpu = journeyd_bench.median(paces.map(\.cpu))
  }
}
