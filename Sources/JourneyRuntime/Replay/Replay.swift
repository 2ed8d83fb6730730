internal import EventFormats
package import JourneyEngine
package import JourneyModel
package import Supervision

/// Decides over recorded interactions, without a broker: the same engine on a clock of the events' own times.
///
/// Inputs are merged by event time, of equal ones the first named goes first. The same input and configuration
/// give the same bytes.
package final class Replay {
  /// How far the clock moves on behind the last event.
  package enum Until: Equatable, Sendable {
    case lastEvent
    case moment(Moment)
    /// From the newest event time.
    case span(TimeSpan)
  }

  /// What came of it.
  package struct Summary: Equatable, Sendable {
    package var interactions = 0
    package var duplicates = 0
    package var skipped = 0
    package var unknownSuggestions = 0
    /// By code, in the order of spec 1.4.
    package var rejected: [RejectCode: Int] = [:]
    package var customers = 0
    package var merges = 0
    /// By rule, in the order of the configuration: made and withdrawn.
    package var made: [String: Int] = [:]
    package var withdrawn: [String: Int] = [:]
    package var control = 0
    package var clock: Moment?
    package init() {}
  }

  private let plan: Plan
  private let engine: Engine
  private let inputs: [ReplayInput]
  private let outputs: ReplayOutputs
  private var clock: Moment?
  private var summary = Summary()
  /// Told now and then how many records were read.
  package var progress: ((_ interactions: Int, _ clock: Moment) -> Void)?

  /// `crew`: what the engine's workers run on; without one there is one worker.
  package init(
    plan: Plan, names: NameTable, inputs: [ReplayInput], outputs: ReplayOutputs,
    crew: (any Crew)? = nil
  ) {
    self.plan = plan
    self.inputs = inputs
    self.outputs = outputs
    engine = Engine(
      plan: plan, names: names, collects: outputs.wantsAll ? [.decisions, .identities] : [],
      crew: crew)
  }

  /// Reads everything, then moves the clock on.
  package func run(until: Until) throws(Failure) -> Summary {
    for input in inputs { try advance(input) }
    while let next = oldest() {
      try take(next)
      try advance(next)
    }
    try finish(until)
    return summary
  }

  /// The input whose next interaction is oldest. Cost: the number of inputs.
  private func oldest() -> ReplayInput? {
    var best: ReplayInput?
    for input in inputs where !input.isDone {
      if best.map({ input.head.time < $0.head.time }) ?? true { best = input }
    }
    return best
  }

  private func advance(_ input: ReplayInput) throws(Failure) {
    try input.advance { refused, record throws(Failure) in
      switch refused {
      case .skipped: summary.skipped += 1
      case .rejected(let rejection): try reject(rejection, record)
      }
    }
  }

  private func take(_ input: ReplayInput) throws(Failure) {
    // A rejected record does not move the clock.
    let now = max(clock ?? input.head.time, input.head.time)
    summary.interactions += 1
    switch engine.handle(input.head, at: now) {
    case .accepted, .duplicate, .unknownSuggestion: clock = now
    case .rejected(let rejection): try reject(rejection, input.headRecord)
    }
    try drain()
    if summary.interactions % 4096 == 0 { progress?(summary.interactions, now) }
  }

  private func reject(
    _ rejection: Rejection, _ record: InputRecord
  ) throws(Failure) {
    summary.rejected[rejection.code, default: 0] += 1
    try outputs.write(rejection, of: record)
  }

  private func drain() throws(Failure) {
    guard !engine.effects.isEmpty else { return }
    for effect in engine.effects {
      switch effect {
      case .made(let made):
        if made.isControl {
          summary.control += 1
        } else {
          summary.made[made.rule, default: 0] += 1
        }
      case .withdrawn(let withdrawn):
        if !withdrawn.isControl { summary.withdrawn[withdrawn.rule, default: 0] += 1 }
      case .decided, .identity, .gone: break
      }
      try outputs.write(effect)
    }
    engine.effects.removeAll(keepingCapacity: true)
  }

  private func finish(_ until: Until) throws(Failure) {
    if let newest = clock {
      let end: Moment =
        switch until {
        case .lastEvent: newest
        case .moment(let moment): max(newest, moment)
        case .span(let span): max(newest, newest + span)
        }
      // Moving on, the deadlines up to and including the end are due; standing still, those it has reached.
      let grace = until == .lastEvent ? TimeSpan.zero : plan.time.grace
      engine.advance(to: end + grace, inclusive: true)
      try drain()
      clock = end
      if outputs.wantsAll {
        for picture in engine.pictures(at: end) { try outputs.write(picture) }
      }
    }
    summary.clock = clock
    summary.customers = engine.customerCount
    let counts = engine.counts
    summary.merges = counts.merges
    summary.duplicates = counts.duplicates
    summary.unknownSuggestions = counts.unknownSuggestions
    try outputs.flush()
  }
}
