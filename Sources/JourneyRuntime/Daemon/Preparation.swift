package import JourneyModel
package import Supervision

internal import KafkaClient

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
    package init() {}
  }
}

/// The steps before a daemon's loop: what must hold, and what the group needs.
struct Preparation {
  private let plan: Plan
  private let log: Log
  private let options: Daemon.Options
  private let wakeup: Wakeup
  private let cluster: Cluster

  init(_ plan: Plan, log: Log, options: Daemon.Options) throws(Failure) {
    self.plan = plan
    self.log = log
    self.options = options
    do throws(KafkaError) { wakeup = try Wakeup() } catch {
      throw Failure(.internalError, error.description, cure: "raise the limit of open files")
    }
    options.onWakeup { [wakeup] in wakeup.wake() }
    log(.starting(config: plan.fingerprint, group: plan.kafka.groupID))
    cluster = try Cluster(plan, wakeup: wakeup, log: log)
  }

  func services() throws(Failure) -> Services {
    let directory = try StateDirectory(plan.state.directory)
    if options.checksTopics { try check() }
    let topic = options.keepsState && options.checksTopics ? StateTopic(plan) : nil
    if let topic { try waiting { () throws(Setback) in try makeStateTopic(topic) } }
    let keeper = try StateKeeper(
      topic, directory: directory, cluster: cluster, wakeup: wakeup, notifier: options.notifier,
      log: log, wall: options.wall)
    return Services(
      plan, log: log, notifier: options.notifier, wakeup: wakeup, cluster: cluster,
      directory: directory, keeper: keeper, wall: options.wall)
  }

  /// Makes the group's topic where it is missing, and takes a seat.
  func join(_ services: Services) throws(Failure) -> Lead {
    try waiting { () throws(Setback) in
      if options.checksTopics { try makeLeadTopic() }
      return try cluster.patiently(goesOn) { () throws(KafkaError) in
        try Lead(cluster.configuration, wakeup: wakeup, sink: cluster.watch.sink, log: log)
      }
    }
  }

  /// Waits for a broker, then refuses what does not fit, and says what may yet come.
  private func check() throws(Failure) {
    while true {
      let problems = StartChecks.broker(plan, cluster.admin)
      if problems.contains(where: { $0.code == .brokerUnreachable }) {
        cluster.watch.away(problems.map(\.message).joined(separator: "; "))
        try waiting { () throws(Setback) in try goesOn() }
        wakeup.wait(upTo: TimeSpan(500))
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
