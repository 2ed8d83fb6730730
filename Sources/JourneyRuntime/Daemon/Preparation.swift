package import JourneyModel
package import Supervision

internal import KafkaClient
internal import StateStore

extension Daemon {
  /// What surrounds a daemon; other than by default in demonstrations and tests.
  package struct Options {
    /// Asks the broker for outputs and limits before it begins; false for the embedded broker, which cannot tell.
    package var checksTopics = true
    /// Keeps the state in a topic of the group; false: in memory, gone with the process.
    package var keepsState = true
    /// The wall clock.
    package var wall: () -> Moment = { SystemClock.now }
    /// Why it is to stop; nil: it is not.
    package var stop: () -> String? = { Signals.stopRequested?.description }
    package var notifier = Notifier()
    /// Takes what wakes the daemon, to be called when ``stop`` has changed.
    package var onWakeup: (@escaping @Sendable () -> Void) -> Void = { Signals.watch(wake: $0) }
    /// The clock that never jumps.
    package var monotonic: () -> TimeSpan = { SystemClock.monotonic }
    /// Answers questions by a socket in the state directory.
    package var answersInquiries = true
    typealias MakeKafka = (KafkaConfiguration, @escaping KafkaSink) throws(KafkaError) -> any Kafka
    var makeKafka: MakeKafka = { (configuration, sink) throws(KafkaError) in
      try LibraryKafka(configuration, sink: sink)
    }
    var openDirectory: (String) throws(Failure) -> StateDirectory = { path throws(Failure) in
      try StateDirectory(path)
    }
    var disk: any StateDisk = MachineDisk()
    typealias MakeHelper = () throws(Failure) -> any Helper
    var makeHelper: MakeHelper = { () throws(Failure) in try HelperThread() }
    /// Hears what the engine is told; nobody by default.
    var recorder: (any Recorder)?
    package init() {}
  }
}

/// The steps before a daemon's loop: what must hold, and what the group needs.
struct Preparation {
  private let plan: Plan
  private let log: Log
  private let options: Daemon.Options
  private let cluster: Cluster
  /// Of the first questions: a stop that is asked for meanwhile has to wait as long.
  private static let answerLimit = TimeSpan.seconds(3)

  init(_ plan: Plan, log: Log, options: Daemon.Options) throws(Failure) {
    self.plan = plan
    self.log = log
    self.options = options
    cluster = try Cluster(plan, options.makeKafka, log: log)
    options.onWakeup { [waiter = cluster.kafka.waiter] in waiter.wake() }
    log(.starting(config: plan.fingerprint, group: plan.kafka.groupID))
  }

  func services() throws(Failure) -> Services {
    let directory = try options.openDirectory(plan.state.directory)
    if options.checksTopics { try check() }
    let topic = options.keepsState && options.checksTopics ? StateTopic(plan) : nil
    if let topic { try waiting { () throws(Setback) in try makeStateTopic(topic) } }
    let keeper = try StateKeeper(
      topic, directory: directory, cacheBytes: Int(plan.state.cacheBytes), cluster: cluster,
      log: log, options: options)
    return Services(
      plan, log: log, options: options, cluster: cluster, directory: directory, keeper: keeper)
  }

  /// Makes the group's topic where it is missing, and takes a seat.
  func join(_ services: Services) throws(Failure) -> Lead {
    try waiting { () throws(Setback) in
      if options.checksTopics { try makeLeadTopic() }
      return try cluster.patiently(goesOn) { () throws(KafkaError) in
        try Lead(
          plan.kafka.groupID, cluster.kafka, log: log, monotonic: options.monotonic)
      }
    }
  }

  /// Waits for a broker, then refuses what does not fit, and says what may yet come.
  private func check() throws(Failure) {
    while true {
      let problems = StartChecks.broker(plan, cluster.admin, within: Self.answerLimit)
      if problems.contains(where: { $0.code == .brokerUnreachable }) {
        cluster.watch.away(problems.map(\.message).joined(separator: "; "))
        try waiting { () throws(Setback) in try goesOn() }
        cluster.pause()
        continue
      }
      cluster.watch.answered()
      for problem in problems where problem.code == nil { tell(problem) }
      if let first = problems.first(where: { $0.code != nil }), let code = first.code {
        for problem in problems where problem.code != nil && problem != first { tell(problem) }
        throw Failure(code, first.message, cure: first.help)
      }
      try waiting { () throws(Setback) in
        try cluster.learnLimits(plan, goesOn)
      }
      return
    }
  }

  private func tell(_ problem: StartProblem) {
    log(
      .configProblem(
        isError: problem.code != nil, place: problem.setting.joined(separator: "."),
        message: problem.message, help: problem.help))
  }

  private func makeLeadTopic() throws(Setback) {
    let name = Lead.topic(of: plan.kafka.groupID)
    let state = try cluster.ensure(
      NewTopic(name, partitions: 1, settings: ["cleanup.policy": "compact"]), goesOn)
    guard state.partitions.count == 1 else {
      throw .failed(
        Failure(
          .configurationInvalid,
          "the topic “\(name)” has \(state.partitions.count) partitions, and one daemon is to be active",
          cure: "stop all daemons of the group, delete the topic, and start one: it makes it anew"))
    }
  }

  private func makeStateTopic(_ topic: StateTopic) throws(Setback) {
    let found = try cluster.ensure(topic.wanted, goesOn)
    let settings = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try cluster.admin.settings(of: [topic.name], within: Cluster.answerLimit)
    }
    if let refusal = topic.refusal(found, settings[topic.name] ?? [:]) { throw .failed(refusal) }
  }

  private func goesOn() throws(Setback) {
    if options.stop() != nil { throw .stopped }
  }

  private func waiting<R>(_ body: () throws(Setback) -> R) throws(Failure) -> R {
    do throws(Setback) { return try body() } catch {
      switch error {
      case .failed(let failure): throw failure
      case .stopped:
        throw Failure(.success, "a stop was asked for before the start")
      case .leadLost(let reason), .beginAgain(let reason):
        throw Failure(.internalError, reason, cure: "start it again")
      }
    }
  }
}
