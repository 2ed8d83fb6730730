import Glibc
import JourneyModel
import JourneyRuntime
import KafkaClient
import Supervision

/// Records a second, and nanoseconds of all threads of this process per record.
struct Pace {
  var rate: Double
  var cpu: Double

  init(events: Int, wall: Int64, cpu: Int64) {
    rate = Double(events) / (Double(max(1, wall)) / 1e9)
    self.cpu = Double(cpu) / Double(max(1, events))
  }

  init(median paces: [Pace]) {
    rate = journeyd_bench.median(paces.map(\.rate))
    cpu = journeyd_bench.median(paces.map(\.cpu))
  }
}

/// A bank's made-up interactions on a topic of a real broker, and daemons that work on it.
final class BankTopic {
  static let partitions: Int32 = 8
  private static let waitLimit = TimeSpan.seconds(20)
  let events: Int
  /// Of this benchmark alone, and removed with it.
  let folder: TemporaryDirectory
  private let name = "bench.\(getpid()).interactions"
  private let broker: TestBroker?
  private let plan: Plan
  let customers: Int
  private let seed: Int
  private let wakeup: Wakeup

  /// Those that ``init(_:)`` reads.
  static func options(events: Int, customers: Int) -> [Benchmark.Option] {
    [
      .init("events", "\(events)", "Interactions on the topic."),
      .init("customers", "\(customers)", "Customers who have them."), Benchmark.seed,
      .init("kafka", "Tests/Shared/kafka/kafka", "The script that starts a broker."),
      .init("bootstrap", "", "A broker that runs already, instead."),
      .init("config", "", "The configuration that decides; otherwise the sample."),
    ]
  }

  /// Starts the broker, unless there is one, and fills the topic.
  init(_ values: Values) throws(Failure) {
    events = try values.number("events")
    customers = try values.number("customers")
    seed = try values.number("seed")
    folder = try TemporaryDirectory()
    var servers = values.text("bootstrap")
    broker =
      servers.isEmpty ? try TestBroker(script: values.text("kafka"), in: folder.path) : nil
    if let broker { servers = broker.bootstrapServers }
    var plan = try Plan.load(values.text("config"))
    plan.kafka.properties = [.init(name: "bootstrap.servers", value: servers)]
    self.plan = plan
    do throws(KafkaError) { wakeup = try Wakeup() } catch { throw Self.failure(error) }
    try failing { () throws(KafkaError) in
      try create()
      try load()
    }
  }

  static func failure(_ error: KafkaError) -> Failure {
    Failure(.brokerUnreachable, error.description, cure: error.cure ?? "look at the broker")
  }

  private func failing<R: ~Copyable>(_ body: () throws(KafkaError) -> R) throws(Failure) -> R {
    do throws(KafkaError) { return try body() } catch { throw Self.failure(error) }
  }

  // MARK: The topics

  private func outputs(isFull: Bool) -> OutputsPlan {
    var outputs = OutputsPlan()
    outputs.suggestions = name + ".suggestions"
    guard isFull else { return outputs }
    outputs.journeys = name + ".journeys"
    outputs.decisions = name + ".decisions"
    outputs.identities = name + ".identities"
    outputs.rejected = name + ".rejected"
    return outputs
  }

  private func create() throws(KafkaError) {
    let admin = try AdminClient(KafkaConfiguration(plan.kafka))
    let names = [name] + outputs(isFull: true).named.map(\.topic)
    let answers = try admin.create(
      // What is rejected has to fit with its headers.
      names.map {
        NewTopic(
          $0, partitions: Int(Self.partitions),
          settings: $0 == name ? [:] : ["max.message.bytes": "2097152"])
      }, within: Self.waitLimit)
    for case .failed(let error) in answers.values { throw error }
  }

  private func load() throws(KafkaError) {
    var producer = try PlainProducer(KafkaConfiguration(plan.kafka), topics: [name])
    try producer.warm(within: Self.waitLimit)
    guard let output = producer.topic(name) else { return }
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
    (0..<Self.partitions).map { TopicPartition(name, $0) }
  }

  // MARK: What is measured

  /// Reads all of it with the daemon's own client and looks at nothing.
  func read() throws(Failure) -> Pace { try failing { () throws(KafkaError) in try readAll() } }

  private func readAll() throws(KafkaError) -> Pace {
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

  /// Lets a daemon work until everything is committed, and ends it.
  func work(_ plan: Plan) throws(Failure) -> Pace {
    let daemon = BenchDaemon(plan)
    try daemon.start()
    defer { daemon.end() }
    let watcher = try failing { () throws(KafkaError) -> AssigningConsumer in
      try AssigningConsumer(KafkaConfiguration(plan.kafka), wakeup: wakeup)
    }
    while true {
      if let ended = daemon.ended { throw ended }
      wakeup.wait(upTo: TimeSpan(50))
      guard let begun = daemon.begun, try committed(watcher) >= events else { continue }
      return Pace(
        events: events, wall: wallNanoseconds() - begun.wall,
        cpu: processNanoseconds() - begun.cpu)
    }
  }

  private func committed(_ watcher: borrowing AssigningConsumer) throws(Failure) -> Int {
    do throws(KafkaError) {
      let offsets = try watcher.committed(places, within: .seconds(5))
      return offsets.values.reduce(0) { $0 + Int($1?.rawValue ?? 0) }
    } catch {
      // An open transaction is waited for; it is asked again.
      guard error.isRetriable || error.isUnreachable else { throw Self.failure(error) }
      return 0
    }
  }

  /// A plan for a group of its own.
  func plan(
    _ group: String, _ guarantee: ProcessingPlan.Guarantee = .exactlyOnce, isFull: Bool = false
  ) -> Plan {
    var plan = plan
    plan.kafka.groupID = "\(name).\(group)"
    plan.processing.guarantee = guarantee
    plan.state.directory = "\(folder.path)/\(group)"
    plan.log.level = .info
    plan.log.format = .logfmt
    var source = SourcePlan.native
    source.topic = .named(name)
    plan.sources = [source]
    plan.outputs = outputs(isFull: isFull)
    // What happened before the rules were loaded counts here.
    for index in plan.rules.indices { plan.rules[index].from = Moment(0) }
    return plan
  }
}
