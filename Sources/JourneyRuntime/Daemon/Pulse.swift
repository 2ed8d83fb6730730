internal import JourneyEngine
internal import JourneyModel
internal import Supervision

/// Tells from time to time how the daemon is: the watchdog, `STATUS`, and the line of numbers.
struct Pulse {
  private let services: Services
  private var beatAt: TimeSpan
  private var watchdogAt: TimeSpan
  private var statsAt: TimeSpan

  init(_ services: Services) {
    self.services = services
    let now = services.monotonic()
    (beatAt, watchdogAt, statsAt) = (now, now, now)
  }

  /// To be called in every round; does nothing for most of them.
  mutating func beat(_ term: Term?) {
    let now = services.monotonic()
    if let period = services.notifier.watchdogMicroseconds,
      (now - watchdogAt).milliseconds * 1000 >= period
    {
      watchdogAt = now
      services.notifier.watchdog()
    }
    guard now - beatAt >= .seconds(1) else { return }
    beatAt = now
    services.log.tellRepeats()
    let interval = services.plan.log.statsInterval
    guard now - statsAt >= interval else { return }
    let passed = now - statsAt
    statsAt = now
    tell(term, interval: passed)
  }

  private mutating func tell(_ term: Term?, interval: TimeSpan) {
    guard let term else { return }
    services.log(.stats(line(term, interval: interval)))
    services.notifier.status(
      "Active: \(term.input.lanes.count) partitions, \(rate(interval))/s, lag \(term.input.lag)")
    services.stats.reset()
  }

  /// What was counted since the last line, as it stands now.
  func report(_ term: Term) -> StatsReport {
    StatsReport(line: line(term, interval: services.monotonic() - statsAt))
  }

  private func line(_ term: Term, interval: TimeSpan) -> StatsLine {
    term.addCounts()
    let wall = services.wall()
    let behind = term.clock.now.map { max(.zero, wall - $0) } ?? .zero
    return services.stats.line(
      interval: interval,
      Stats.Standing(
        config: services.plan.fingerprint, customers: term.engine.customerCount,
        lag: term.input.lag, clockBehind: behind,
        stateBytes: term.stateBytes,
        residentBytes: ProcessFacts.residentBytes))
  }

  private func rate(_ interval: TimeSpan) -> Int {
    services.stats.read * 1000 / Int(max(1, interval.milliseconds))
  }
}
