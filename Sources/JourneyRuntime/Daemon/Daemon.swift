package import JourneyModel
package import Supervision

internal import KafkaClient

/// The daemon: one of its group is active, reads all interactions in one order, and writes what they come to.
///
/// Runs on the thread that calls ``run()``. Start reading here; the loop is all of it, and the rooms around it have
/// files of their own: the lead of the group (`Lead`), a turn as the active one (`Term`), the order of the input
/// (`InputSequence`), the clock (`DaemonClock`), the commit (`Committer`), the copy of the state (`StateKeeper`).
package final class Daemon {
  let services: Services
  let lead: Lead
  private let stop: () -> String?
  /// The turn as the active one; nil while another is.
  var term: Term?
  private var pulse: Pulse
  private var isReady = false
  private let inquiries: Inquiries

  /// Checks what must hold, makes what the group needs, and joins it; waits for the broker where none answers.
  package init(_ plan: Plan, log: Log, options: Options = Options()) throws(Failure) {
    let preparation = try Preparation(plan, log: log, options: options)
    services = try preparation.services()
    lead = try preparation.join(services)
    stop = options.stop
    pulse = Pulse(services)
    inquiries = Inquiries(services, isOpen: options.answersInquiries)
  }

  /// Works until a stop is asked for. Throws what it cannot go on from, or what is left to be cured before the next
  /// start.
  package func run() throws(Failure) {
    log(
      .started(
        config: services.plan.fingerprint, librdkafka: KafkaConfiguration.libraryVersion,
        shards: services.plan.processing.shards, workers: services.plan.processing.workers))
    while stop() == nil {
      do throws(Setback) {
        try step()
      } catch {
        try take(error)
      }
    }
    try finish(stop() ?? "")
  }

  /// One round of the loop.
  private func step() throws(Setback) {
    try pollLead()
    pulse.beat(term)
    inquiries.answer(term, pulse, as: lead)
    switch lead.standing {
    case .joining, .standingBy:
      if lead.standing == .standingBy { tellReady() }
      term = nil
      try services.keeper.follow()
      services.wakeup.wait(upTo: TimeSpan(100))
    case .active:
      let term = try activeTerm()
      try term.settle()
      let hasMore = try term.work()
      let now = services.monotonic()
      try term.refresh(at: now)
      if term.isCommitDue(at: now) {
        try term.beginCommit(as: lead)
      } else if !hasMore || term.isFull {
        services.wakeup.wait(upTo: term.idleSpan(at: now))
      }
    case .giving:
      guard try term?.finish(as: lead) ?? true else {
        services.wakeup.wait(upTo: TimeSpan(100))
        return
      }
      term = nil
      try letGo()
    }
  }

  private func activeTerm() throws(Setback) -> Term {
    if let term, term.turn == lead.turn { return term }
    term = nil
    let made = try Term.begin(services, as: lead) { () throws(Setback) in try self.goesOn() }
    term = made
    tellReady()
    return made
  }

  /// What ends a turn before it was asked to.
  private func take(_ setback: Setback) throws(Failure) {
    let lost = term?.atRisk ?? 0
    term = nil
    switch setback {
    case .leadLost(let reason): log(.fenced(group: services.plan.kafka.groupID, message: reason))
    case .beginAgain(let reason):
      if lead.standing == .active || lead.standing == .giving {
        log(.commitAborted(reason: reason, interactions: lost))
      } else {
        log(.kafkaError(client: "state", code: "", message: reason))
      }
    case .stopped: return
    case .failed(let failure): throw failure
    }
    services.wakeup.wait(upTo: TimeSpan(200))
  }

  /// Asked while a turn begins, which may take long.
  private func goesOn() throws(Setback) {
    if stop() != nil { throw .stopped }
    let turn = lead.turn
    try pollLead()
    pulse.beat(nil)
    inquiries.answer(nil, pulse, as: lead)
    guard lead.standing == .active, lead.turn == turn else {
      throw .leadLost("the group has moved on without this daemon")
    }
  }

  private func pollLead() throws(Setback) {
    do throws(KafkaError) { try lead.poll() } catch { throw .failed(Cluster.failure(error)) }
  }

  private func letGo() throws(Setback) {
    do throws(KafkaError) { try lead.letGo() } catch { throw .beginAgain(error.description) }
  }

  private func tellReady() {
    guard !isReady else { return }
    isReady = true
    services.notifier.ready(status: lead.standing == .active ? "Active" : "Standing by")
  }

  private var log: Log { services.log }
}
