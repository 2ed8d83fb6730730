import JourneyModel

/// Random rules and histories that meet each other often: few names, few values, times on a coarse grid with the spans.
struct RandomRules {
  var dice: Dice
  /// The grid of times and spans.
  let unit: Int64
  let base: Int64
  let hasDates: Bool

  static let sides: [String: CataloguePlan.Side] = [
    "web": .online, "app": .online, "shop": .offline,
  ]
  static let channels = ["web", "app", "shop", "stall"]
  private static let touchpoints = ["a", "b", "c"]
  private static let dates = [
    "2028-01-01", "2028-01-02", "2028-02-29", "2027-12-31", "2028-01-01T06:00:00Z",
    "2028-01-02T00:00:00Z", "2028-03-26", "soon", "2028-02-30",
  ]

  init(seed: UInt64) {
    dice = Dice(state: seed)
    hasDates = dice.oneIn(4)
    let hour: Int64 = 3_600_000
    unit =
      hasDates ? dice.pick([6 * hour, 24 * hour, 24 * 73 * hour]) : dice.pick([1000, hour, 1])
    base = 1_830_297_600_000  // 2028-01-01T00:00:00Z
  }

  private mutating func span() -> TimeSpan {
    let grid = Int64(dice.number(1...4)) * unit
    return TimeSpan(unit > 1 && dice.oneIn(8) ? grid + dice.pick([-1, 1]) : grid)
  }

  // MARK: Rules

  mutating func rule() -> RulePlan {
    let count = dice.number(1...4)
    var steps: [StepPlan] = []
    var hasSeen = false
    while steps.count < count {
      let isLast = steps.count == count - 1
      let step = step(
        isFirst: steps.isEmpty, isLast: isLast, hasSeen: hasSeen, isPending: isPending(steps))
      if case .seen = step { hasSeen = true }
      steps.append(step)
    }
    var rule = RulePlan(name: "rule", steps: steps, touchpoint: "answer", channels: ["mail"])
    rule.expires = dice.oneIn(4) ? TimeSpan(Int64(dice.number(1...6)) * unit) : .days(4000)
    rule.againAfter = .zero
    return rule
  }

  private func isPending(_ steps: [StepPlan]) -> Bool {
    if case .unseen(let unseen)? = steps.last { return unseen.span == nil }
    return false
  }

  private mutating func step(isFirst: Bool, isLast: Bool, hasSeen: Bool, isPending: Bool)
    -> StepPlan
  {
    if isFirst {
      return hasDates && dice.oneIn(3) ? .waitForDate(date(hasSeen: false)) : .seen(first())
    }
    switch dice.number(0...9) {
    case 0...4: return .seen(seen(hasSeen: hasSeen))
    case 5...7 where !isPending: return .unseen(unseen(isLast: isLast, hasSeen: hasSeen))
    case 8 where hasDates: return .waitForDate(date(hasSeen: hasSeen))
    default: return .wait(span())
    }
  }

  private mutating func first() -> StepPlan.Seen {
    var seen = StepPlan.Seen(matcher())
    guard dice.oneIn(3) else { return seen }
    seen.times = dice.number(2...3)
    if dice.oneIn(2) { seen.within = span() }
    if dice.oneIn(3) { seen.apart = span() }
    compare(&seen.same, &seen.differs)
    return seen
  }

  private mutating func seen(hasSeen: Bool) -> StepPlan.Seen {
    var seen = StepPlan.Seen(matcher())
    if dice.oneIn(4) {
      seen.times = dice.number(2...3)
      if dice.oneIn(3) { seen.apart = span() }
    }
    if dice.oneIn(3) { seen.within = span() }
    if hasSeen { compare(&seen.same, &seen.differs) }
    seen.immediately = dice.oneIn(5)
    return seen
  }

  private mutating func unseen(isLast: Bool, hasSeen: Bool) -> StepPlan.Unseen {
    var unseen = StepPlan.Unseen(matcher())
    if isLast || dice.oneIn(2) { unseen.span = span() }
    if hasSeen { compare(&unseen.same, &unseen.differs) }
    return unseen
  }

  private mutating func compare(_ same: inout [String], _ differs: inout [String]) {
    if dice.oneIn(5) { same = [dice.pick(["x", "y"])] }
    if dice.oneIn(5) { differs = [dice.pick(["x", "y"])] }
  }

  private mutating func date(hasSeen: Bool) -> StepPlan.DateWait {
    var wait = StepPlan.DateWait(hasSeen && dice.oneIn(2) ? .attribute("day") : .trait("day"))
    if dice.oneIn(2) { wait.offset = TimeSpan(Int64(dice.number(-3...3)) * unit) }
    wait.everyYear = dice.oneIn(3)
    return wait
  }

  private mutating func matcher() -> MatcherPlan {
    var matcher = MatcherPlan(
      dice.oneIn(4) ? dice.some(Self.touchpoints) : [dice.pick(Self.touchpoints)])
    if dice.oneIn(8) { matcher.channels = dice.some(Self.channels) }
    if dice.oneIn(8) { matcher.side = dice.pick([.online, .offline]) }
    while dice.oneIn(4) { matcher.conditions.append(condition()) }
    return matcher
  }

  private mutating func condition() -> AttributeCondition {
    var comparisons = [comparison()]
    if dice.oneIn(5) { comparisons.append(comparison()) }
    return AttributeCondition(path: dice.pick(["x", "y"]), comparisons: comparisons)
  }

  private mutating func comparison() -> Comparison {
    let op = dice.pick(Comparison.Operator.allCases)
    return switch op {
    case .in: Comparison(op, .list([scalar(), scalar()]))
    case .exists: Comparison(op, .bool(dice.oneIn(2)))
    case .contains, .startsWith: Comparison(op, .string(dice.pick(["k", "kl", "1"])))
    case .equals, .not, .above, .atLeast, .below, .atMost: Comparison(op, scalar())
    }
  }

  private mutating func scalar() -> JSONValue {
    dice.pick([
      .number(1), .number(2), .number(2.5), .number(-1), .string("k"), .string("kl"),
      .string("1"), .bool(true),
    ])
  }

  // MARK: Histories

  mutating func history() -> [Happening] {
    let count = dice.number(1...14)
    let width = dice.pick([4, 8, 16])
    return (0..<count).map { number in
      let jitter = unit > 1 && dice.oneIn(10) ? dice.pick([-1, 1]) : 0
      var happening = Happening(
        "i\(dice.number(0...9))-\(number)",
        at: base + Int64(dice.number(0...width)) * unit + Int64(jitter),
        dice.pick(["a", "a", "b", "b", "c", "z"]))
      happening.source = dice.pick(["s", "t"])
      happening.channel = dice.pick(Self.channels)
      for name in ["x", "y"] where !dice.oneIn(3) {
        happening.attributes.append(NamedValue(name, value()))
      }
      if hasDates { addDates(&happening) }
      return happening
    }
  }

  private mutating func value() -> JSONValue {
    switch dice.number(0...9) {
    case 0: .null
    case 1: .list([scalar(), scalar()])
    case 2: .list([])
    default: scalar()
    }
  }

  private mutating func addDates(_ happening: inout Happening) {
    if dice.oneIn(2) {
      happening.attributes.append(NamedValue("day", .string(dice.pick(Self.dates))))
    }
    if dice.oneIn(4) {
      happening.traits.append(
        NamedValue("day", dice.oneIn(5) ? .null : .string(dice.pick(Self.dates))))
    }
    if dice.oneIn(12) {
      let zone = dice.pick(["Europe/Amsterdam", "Pacific/Kiritimati", "Mars/Olympus"])
      happening.traits.append(NamedValue("timezone", .string(zone)))
    }
    if dice.oneIn(10) { happening.isContact = false }
  }

  // MARK: Arrivals

  /// What arrives when, by the clock, which never goes back.
  mutating func arrivals(_ history: [Happening], grace: Int64) -> [(clock: Int64, Happening)] {
    let sorted = history.sorted(by: Happening.comesBefore)
    switch dice.number(0...2) {
    case 0: return sorted.map { ($0.time, $0) }
    case 1:
      var clock = Int64.min
      return sorted.shuffled(using: &dice).map { happening in
        clock = max(clock, happening.time)
        return (clock, happening)
      }
    default:
      let late = sorted.map { happening in
        let delay = dice.pick([0, 0, grace, grace + 1, unit, 3 * unit, 8 * unit])
        return (clock: happening.time + delay, happening)
      }
      return late.shuffled(using: &dice).sorted { $0.clock < $1.clock }
    }
  }
}
