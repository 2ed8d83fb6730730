import JourneyModel
import Testing

@testable import JourneyEngine

/// The engine against an oracle that tries everything (spec 3.4).
///
/// Runs a part of the 100,000 cases by default; `JOURNEYD_CASES=100000` runs all of them.
@Suite struct OracleTests {
  private static let grace: Int64 = 2

  private func plan(_ rule: RulePlan) -> Plan {
    var plan = Plan()
    plan.rules = [rule]
    plan.time.grace = TimeSpan(Self.grace)
    plan.history.keep = .days(9000)
    // Silence never stands for a sending: what is made stays open.
    var mail = CataloguePlan.Channel("mail", side: .online)
    mail.reserveFor = .days(9000)
    plan.catalogue.channels = [mail]
    for (name, side) in RandomRules.sides.sorted(by: { $0.key < $1.key }) {
      plan.catalogue.channels.append(.init(name, side: side))
    }
    return plan
  }

  @Test func `an oracle agrees with the engine on random rules and histories`() {
    var tally = (made: 0, withdrawn: 0)
    for seed in Dice.seeds(usual: 3_000) {
      var random = RandomRules(seed: seed)
      let rule = random.rule()
      let arrivals = random.arrivals(random.history(), grace: Self.grace)
      let engine = run(rule, arrivals)
      let slow = slow(rule, arrivals)
      tally.made += slow.count { $0.contains("made") }
      tally.withdrawn += slow.count { $0.contains("withdrawn") }
      guard engine == slow else {
        report(seed, rule, arrivals, engine, slow)
        return
      }
    }
    #expect(tally.made > 0 && tally.withdrawn > 0)
  }

  private func slow(_ rule: RulePlan, _ arrivals: [(clock: Int64, Happening)]) -> [String] {
    var decider = SlowDecider(rule, grace: Self.grace)
    for (clock, happening) in arrivals { decider.arrive(happening, at: clock) }
    decider.advance(to: end(arrivals), inclusive: true)
    return decider.log
  }

  private func end(_ arrivals: [(clock: Int64, Happening)]) -> Int64 {
    (arrivals.last?.clock ?? 0) + TimeSpan.days(900).milliseconds
  }

  private func run(_ rule: RulePlan, _ arrivals: [(clock: Int64, Happening)]) -> [String] {
    let plan = plan(rule)
    let engine = Engine(
      plan: plan, names: NameTable(), mode: Engine.Mode(policy: false, holdout: false))
    for (clock, happening) in arrivals {
      let interaction = happening.interaction(plan.identity, engine.names)
      _ = engine.handle(interaction, at: Moment(clock))
    }
    engine.advance(to: Moment(end(arrivals)), inclusive: true)
    var moments: [SuggestionID: Int64] = [:]
    return engine.effects.compactMap { effect in
      switch effect {
      case .made(let made):
        let moment = (made.expires - rule.expires - Moment(0)).milliseconds
        moments[made.id] = moment
        let because = made.because.map(Self.label).joined(separator: " ")
        return "\(made.time.milliseconds) made \(moment) \(because)"
      case .withdrawn(let withdrawn):
        return "\(withdrawn.time.milliseconds) withdrawn \(moments[withdrawn.id] ?? -1)"
      case .decided, .identity, .gone: return nil
      }
    }
  }

  private static func label(_ cause: Cause) -> String {
    switch cause {
    case .interaction(let id, _, _, _): id
    case .outcome(let suggestion, let outcome, _): "\(suggestion):\(outcome)"
    case .trait(let name, _, _): "trait:\(name)"
    case .attribute(let name, _, _): "attribute:\(name)"
    }
  }

  private func report(
    _ seed: UInt64, _ rule: RulePlan, _ arrivals: [(clock: Int64, Happening)], _ engine: [String],
    _ slow: [String]
  ) {
    let steps = rule.steps.map { "  \($0)" }.joined(separator: "\n")
    let list = arrivals.map { "  at \($0.clock): \($0.1)" }.joined(separator: "\n")
    Issue.record(
      """
      seed \(seed), expires \(rule.expires.milliseconds)
      \(steps)
      \(list)
      engine: \(engine.joined(separator: "; "))
      oracle: \(slow.joined(separator: "; "))
      """)
  }
}
