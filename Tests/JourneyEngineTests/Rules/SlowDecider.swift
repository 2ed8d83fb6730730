import JourneyModel

/// What is suggested and withdrawn of one rule without a policy, by ``SlowRule`` alone: everything anew at every moment.
struct SlowDecider {
  let rule: RulePlan
  let grace: Int64
  private var told: [Happening] = []
  private var completions: [SlowRule.Completion] = []
  private var made: [(moment: Int64, time: Int64, isOpen: Bool)] = []
  private var answered: Set<Int64> = []
  /// Deadlines up to here were reached.
  private var horizon = Int64.min
  private(set) var log: [String] = []

  init(_ rule: RulePlan, grace: Int64) {
    self.rule = rule
    self.grace = grace
  }

  mutating func arrive(_ happening: Happening, at clock: Int64) {
    advance(to: clock, inclusive: false)
    told.append(happening)
    completions = SlowRule(rule.steps, RandomRules.sides, told: told).completions()
    horizon = max(horizon, clock - grace - 1)
    let newest = told.map(\.time).max() ?? clock
    decide(now: max(clock, newest))
  }

  /// Deadlines D fire at the clock D + grace, each with its own time.
  mutating func advance(to clock: Int64, inclusive: Bool) {
    let due = Set(completions.filter(\.isDeadline).map(\.moment)).sorted()
    for deadline in due where deadline > horizon {
      guard inclusive ? deadline + grace <= clock : deadline + grace < clock else { return }
      horizon = deadline
      decide(now: deadline)
    }
  }

  private mutating func decide(now: Int64) {
    // Attempts that complete at one moment are one occasion; the one that began first names it.
    var occasions: [Int64: [String]] = [:]
    for completion in completions where !completion.isDeadline || completion.moment <= horizon {
      guard completion.moment + rule.expires.milliseconds > now else { continue }
      occasions[completion.moment] = occasions[completion.moment] ?? completion.because
    }
    for index in made.indices
    where made[index].isOpen && made[index].time <= now
      && now < made[index].moment + rule.expires.milliseconds
    {
      guard occasions[made[index].moment] == nil else { continue }
      made[index].isOpen = false
      log.append("\(now) withdrawn \(made[index].moment)")
    }
    let unanswered = occasions.keys.filter { moment in
      !answered.contains(moment) && !made.contains { $0.moment == moment }
    }
    guard let newest = unanswered.max(), let because = occasions[newest] else { return }
    made.append((newest, now, true))
    log.append("\(now) made \(newest) \(because.joined(separator: " "))")
    answered.formUnion(occasions.keys.filter { $0 < newest })
  }
}
