package import JourneyModel
package import Supervision

internal import KafkaClient

/// The daemon at work on made-up traffic of a bank, with a broker of its own in this process.
package final class Demo {
  /// What came of it.
  package struct Summary: Equatable, Sendable {
    package var sent = 0
    package var made = 0
    package var withdrawn = 0
    /// By rule.
    package var madeByRule: [String: Int] = [:]
    package var span = TimeSpan.zero
    package init() {}
  }

  /// Customers of the bank.
  private static let people = 600
  private static let partitions = 4

  private let plan: Plan
  private let broker: EmbeddedBroker
  private let directory: TemporaryDirectory
  private let clock = DemoClock()
  private var traffic: BankTraffic
  private var summary = Summary()

  /// Starts the broker and makes the topics.
  /// - Parameters:
  ///   - span: how long it will run, in real time.
  ///   - seed: makes other people do other things.
  package init(_ sample: Plan, span: TimeSpan, seed: UInt64 = 1) throws(Failure) {
    directory = try TemporaryDirectory()
    do throws(KafkaError) {
      broker = try EmbeddedBroker()
      var plan = sample
      plan.kafka.properties = [.init(name: "bootstrap.servers", value: broker.bootstrapServers)]
      plan.state.directory = directory.path
      // A clock this fast leaves hours, not seconds, to wait for what is under way.
      plan.time.grace = TimeSpan(200)
      // The embedded broker lacks what the client warns of.
      plan.log.level = .error
      self.plan = plan
      for topic in Demo.topics(of: plan) {
        try broker.create(topic: topic.name, partitions: topic.partitions)
      }
    } catch { throw Failure(.internalError, error.description) }
    let demoSpan = TimeSpan(span.milliseconds * DemoClock.speed)
    traffic = BankTraffic(
      seed: seed, start: DemoClock.start, span: demoSpan, people: Demo.people)
  }

  /// Runs until its time is over or a stop is asked for.
  /// - Parameter show: told of each suggestion as it comes, and about ten times a second of the progress.
  package func run(for span: TimeSpan, show: (DemoEvent) -> Void) throws(Failure) -> Summary {
    let daemon = DemoDaemon(plan, clock: clock)
    try daemon.start()
    do throws(KafkaError) { try converse(for: span, daemon, show) } catch {
      _ = daemon.end()
      throw Failure(.internalError, error.description)
    }
    if let failure = daemon.end() { throw failure }
    summary.span = clock.now - DemoClock.start
    return summary
  }

  /// Sends what is due and reads what comes, in turn.
  private func converse(
    for span: TimeSpan, _ daemon: DemoDaemon, _ show: (DemoEvent) -> Void
  ) throws(KafkaError) {
    let configuration = KafkaConfiguration(plan.kafka)
    let wakeup = try Wakeup()
    let inputs = plan.sources.map(\.topic.text)
    var producer = try PlainProducer(configuration, topics: inputs)
    try producer.warm(within: .seconds(10))
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    _ = try consumer.topics(within: .seconds(10))
    try consumer.add(
      (0..<Self.partitions).map {
        (place: TopicPartition(plan.outputs.suggestions, Int32($0)), from: .beginning)
      })
    let batch = OutgoingBatch()
    var shown = TimeSpan.zero
    while clock.ran < span, Signals.stopRequested == nil, !daemon.hasEnded {
      try send(batch, &producer)
      read(consumer.readers, show)
      if clock.ran.milliseconds - shown.milliseconds >= 100 {
        shown = clock.ran
        show(.progress(now: clock.now, sent: summary.sent, made: summary.made))
      }
      wakeup.wait(upTo: TimeSpan(20))
    }
    daemon.stop()
    _ = daemon.end()
    // What the last commit brought.
    for _ in 0..<20 {
      read(consumer.readers, show)
      wakeup.wait(upTo: TimeSpan(20))
    }
  }

  private func send(
    _ batch: OutgoingBatch, _ producer: inout PlainProducer
  ) throws(KafkaError) {
    while let record = traffic.next(until: clock.now) {
      guard let topic = producer.topic(record.topic) else { continue }
      batch.append(to: topic, key: Array(record.key.utf8), value: record.value)
      summary.sent += 1
    }
    guard !batch.isEmpty else { return }
    try producer.send(batch)
    try producer.flush(within: .seconds(10))
    batch.removeAll()
  }

  private func read(_ readers: [PartitionReader], _ show: (DemoEvent) -> Void) {
    for reader in readers {
      while case .record = reader.head() {
        let suggestion = reader.withRecord { record in
          record.value.flatMap { DemoSuggestion($0.bindMemory(to: UInt8.self)) }
        }
        reader.advance()
        if let suggestion = suggestion ?? nil { take(suggestion, show) }
      }
    }
  }

  private func take(_ suggestion: DemoSuggestion, _ show: (DemoEvent) -> Void) {
    if suggestion.reason == nil {
      summary.made += 1
      summary.madeByRule[suggestion.rule, default: 0] += 1
      traffic.answer(
        suggestion: suggestion.id, channel: suggestion.channel, purpose: suggestion.purpose,
        customer: suggestion.customer, at: clock.now)
    } else {
      summary.withdrawn += 1
    }
    show(.suggestion(suggestion))
  }

  private static func topics(of plan: Plan) -> [(name: String, partitions: Int)] {
    plan.sources.map { ($0.topic.text, partitions) }
      + plan.outputs.named.map { ($0.topic, partitions) }
      + [
        (plan.kafka.groupID + "-lead", 1),
        (plan.kafka.groupID + "-state", plan.processing.shards + 1),
      ]
  }
}

/// What the demo tells while it runs.
package enum DemoEvent: Sendable {
  case suggestion(DemoSuggestion)
  case progress(now: Moment, sent: Int, made: Int)
}
