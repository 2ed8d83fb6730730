import JourneyModel
import Testing

@testable import JourneyEngine

/// The engine against ``SlowPolicy``: what is refused for a passing reason is made at the first moment at which it may be.
@Suite struct FirstMomentTests {
  private static let who = "email=e1"

  /// Runs both side by side; what each made and withdrew, and what was told.
  private func run(_ seed: UInt64) throws -> (engine: [String], slow: [String], told: [String]) {
    var random = RandomPolicy(seed: seed)
    var plan = random.plan
    plan.time.grace = .zero
    let driver = Driver(plan)
    var slow = SlowPolicy(plan, id: Self.id(driver))
    var told: [String] = []
    var made: [SuggestionMade] = []
    var engine: [String] = []
    for (number, clock) in random.clocks(random.dice.number(3...24)).enumerated() {
      driver.reach(clock)
      engine += Self.log(driver.take(), &made, plan)
      slow.reach(clock)
      if random.dice.oneIn(15) { try driver.restart() }
      var happening = random.happening(number, at: clock, who: Self.who)
      var index: Int?
      // Both must have made the same for an outcome to be told of it.
      if random.dice.oneIn(2), !made.isEmpty, made.count == slow.entries.count {
        let chosen = random.dice.number(0...(made.count - 1))
        happening = random.outcome(number, of: slow.entries[chosen], at: clock, who: Self.who)
        happening.outcome?.suggestion = made[chosen].id
        index = chosen
      }
      told.append("at \(clock): \(happening)")
      driver.tell(happening, at: clock)
      engine += Self.log(driver.take(), &made, plan)
      slow.arrive(happening, outcomeOf: index, at: clock)
    }
    let end = driver.clock + 6 * RandomPolicy.day
    driver.reach(end)
    slow.reach(end)
    engine += Self.log(driver.take(), &made, plan)
    return (engine, slow.log, told)
  }

  /// The id that the customer will have.
  private static func id(_ driver: Driver) -> CustomerID {
    let probe = Driver(driver.plan)
    var first = Happening("first", at: 0)
    first.who = who
    probe.tell(first, at: 0)
    return probe.pictures(at: 0).first?.customer ?? CustomerID(0)
  }

  private static func log(_ effects: [Effect], _ made: inout [SuggestionMade], _ plan: Plan)
    -> [String]
  {
    func moment(_ id: SuggestionID) -> Int64 {
      guard let suggestion = made.first(where: { $0.id == id }),
        let rule = plan.rules.first(where: { $0.name == suggestion.rule })
      else { return 0 }
      return (suggestion.expires - rule.expires).milliseconds
    }
    var log: [String] = []
    for effect in effects {
      switch effect {
      case .made(let suggestion):
        made.append(suggestion)
        log.append(
          "\(suggestion.time.milliseconds) made \(suggestion.rule) \(moment(suggestion.id)) \(suggestion.channel)"
        )
      case .withdrawn(let suggestion):
        log.append(
          "\(suggestion.time.milliseconds) withdrawn \(suggestion.rule) \(moment(suggestion.id)) \(suggestion.reason)"
        )
      case .decided, .identity, .gone: break
      }
    }
    return log
  }

  @Test
  func `what may be made is made at the first moment, what may not stand is withdrawn at once`()
    throws
  {
    var withdrawn: Set<WithdrawalReason> = []
    let seeds = Dice.seeds(usual: 100)
    for seed in seeds {
      let (engine, slow, told) = try run(seed)
      for reason in WithdrawalReason.allCases
      where slow.contains(where: { $0.hasSuffix(" \(reason)") }) {
        withdrawn.insert(reason)
      }
      guard engine == slow else {
        let plan = RandomPolicy(seed: seed).plan
        let same = zip(engine, slow).prefix { $0 == $1 }.count
        Issue.record(
          """
          seed \(seed): after \(same) that are the same
          engine: \(engine.dropFirst(same).joined(separator: "\n        "))
          oracle: \(slow.dropFirst(same).joined(separator: "\n        "))
          before: \(engine.prefix(same).joined(separator: "\n        "))
          \(plan.contact)
          \(plan.catalogue.channels.map { "\($0)" }.joined(separator: "\n"))
          \(plan.rules.map { "\($0)" }.joined(separator: "\n"))
          \(told.joined(separator: "\n"))
          """)
        return
      }
    }
    guard seeds.count >= 100 else { return }
    #expect(
      withdrawn == [.consentWithdrawn, .conditionNoLongerHolds, .paused, .superseded])
  }
}
