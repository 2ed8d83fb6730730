import JourneyModel

/// Random contact policies and what customers under them do, on the days around changes of the clocks.
struct RandomPolicy {
  static let minute: Int64 = 60_000
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 86_400_000
  static let zones = [
    "Europe/Amsterdam", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York",
    "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "America/Santiago",
    "Mars/Olympus",
  ]
  /// A week before clocks change: in Europe forward and back, on Lord Howe back, in Santiago forward.
  private static let starts: [Int64] = [
    1_837_555_200_000, 1_855_699_200_000, 1_838_160_000_000, 1_851_033_600_000,
  ]

  var dice: Dice
  let start: Int64
  private(set) var plan = Plan()

  init(seed: UInt64) {
    dice = Dice(state: seed)
    start = dice.pick(Self.starts)
    makePlan()
  }

  private mutating func makePlan() {
    plan.time.grace = TimeSpan(dice.pick([0, 2000]))
    plan.identity = IdentityPlan(
      kinds: [.init("email", limit: 5), .init("cookie_id", shared: true, limit: 5)], ignore: [],
      ignorePattern: "")
    var mail = CataloguePlan.Channel("mail", side: .online)
    mail.expectsReceipts = true
    var call = CataloguePlan.Channel("call", side: .offline)
    call.reserveFor = .days(3)
    plan.catalogue.channels = [mail, call, .init("push", side: .online)]
    plan.contact.timezone = dice.pick(Array(Self.zones.dropLast()))
    plan.contact.consent = [
      .init(purpose: "marketing", rule: .required), .init(purpose: "service", rule: .implied),
    ]
    plan.contact.atOnce = dice.number(1...3)
    plan.contact.reserveFor = TimeSpan(Int64(dice.pick([2, 24])) * Self.hour)
    plan.contact.pressure = caps()
    plan.contact.quietHours = quietHours()
    plan.contact.pauses = pauses()
    plan.rules = (1...dice.number(2...4)).map { rule($0) }
  }

  private mutating func caps() -> [ContactPlan.Cap] {
    (0..<dice.number(0...3)).map { number in
      let window: ContactPlan.CapWindow = dice.pick([
        .rolling(TimeSpan(Int64(dice.number(1...72)) * Self.hour)), .calendarDay, .calendarWeek,
        .calendarMonth,
      ])
      var cap = ContactPlan.Cap(name: "cap\(number)", max: dice.number(1...3), window: window)
      if dice.oneIn(3) { cap.channels = dice.some(["mail", "push", "call"]) }
      if dice.oneIn(3) { cap.purposes = dice.some(["marketing", "news"]) }
      if dice.oneIn(4) { cap.condition = [.trait("wish", [Comparison(.equals, .string("less"))])] }
      return cap
    }
  }

  private mutating func quietHours() -> [ContactPlan.QuietHours] {
    (0..<dice.number(0...2)).map { _ in
      let from = dice.pick([0, 2 * 60, 150, 21 * 60, 23 * 60 + 45, 60 * dice.number(0...23)])
      var until = dice.pick([24 * 60, 3 * 60, 8 * 60, 15, 60 * dice.number(1...24)])
      if until == from { until += 15 }
      var window = ContactPlan.QuietHours(from: from, until: min(until, 24 * 60))
      if dice.oneIn(2) { window.channels = dice.some(["mail", "push", "call"]) }
      if dice.oneIn(2) { window.days = Set(dice.some(Array(0...6))) }
      if dice.oneIn(3) { window.spread = TimeSpan(Int64(dice.number(1...60)) * Self.minute) }
      return window
    }
  }

  private mutating func pauses() -> [ContactPlan.Pause] {
    (0..<dice.number(0...2)).map { _ in
      var pause = ContactPlan.Pause(
        outcomes: dice.some([.dismissed, .opened, .sent]),
        pause: TimeSpan(Int64(dice.number(1...60)) * Self.hour))
      pause.times = dice.number(1...2)
      if dice.oneIn(2) { pause.within = TimeSpan(Int64(dice.number(1...48)) * Self.hour) }
      pause.scope = dice.pick([.suggestion, .channel, .all])
      return pause
    }
  }

  private mutating func rule(_ number: Int) -> RulePlan {
    var steps: [StepPlan] = [.seen(.init(MatcherPlan([dice.pick(["a", "b"])])))]
    if dice.oneIn(3) {
      var unseen = StepPlan.Unseen(MatcherPlan(["c"]))
      unseen.span = TimeSpan(Int64(dice.number(1...180)) * Self.minute)
      steps.append(.unseen(unseen))
    }
    var rule = RulePlan(
      name: "rule\(number)", steps: steps, touchpoint: "answer",
      channels: dice.some(["mail", "push", "call"]).shuffled(using: &dice))
    rule.purpose = dice.pick(["marketing", "marketing", "news", "service"])
    rule.value = Double(dice.number(1...4))
    rule.expires = TimeSpan(Int64(dice.pick([6, 30, 80])) * Self.hour)
    rule.againAfter = TimeSpan(Int64(dice.pick([0, 1, 20, 50])) * Self.hour)
    if dice.oneIn(4) {
      rule.exceptions = [.seen(MatcherPlan(["c"]), within: .hours(5), count: .atLeastOnce)]
    }
    return rule
  }

  // MARK: What is done

  /// Moments at which something arrives, ascending, to the second.
  mutating func clocks(_ count: Int) -> [Int64] {
    (0..<count).map { _ in start + Int64(dice.number(0...(14 * 86_400))) * 1000 }.sorted()
  }

  /// Something a customer does, told at `clock`, perhaps late.
  mutating func happening(_ number: Int, at clock: Int64, who: String) -> Happening {
    let late = dice.oneIn(3) ? Int64(dice.number(0...(40 * 3600))) * 1000 : 0
    var happening = Happening("i\(number)", at: clock - late, dice.pick(["a", "a", "b", "b", "c"]))
    happening.who = who
    if dice.oneIn(2) {
      let channel = dice.pick(["mail", "push", "call", "*", "*"])
      let purpose = dice.pick(["marketing", "news", "service", "*", "*"])
      let answer = dice.pick(["granted", "granted", "granted", "denied"])
      happening.consents = ["\(channel) \(purpose) \(answer)"]
    }
    if dice.oneIn(6) {
      happening.traits.append(NamedValue("timezone", .string(dice.pick(Self.zones))))
    }
    if dice.oneIn(6) {
      happening.traits.append(NamedValue("wish", .string(dice.pick(["less", "more"]))))
    }
    return happening
  }

  /// What became of a suggestion, told at `clock`: at any time since it was made.
  mutating func outcome(
    _ number: Int, of entry: Ledger.Entry, at clock: Int64, who: String
  ) -> Happening {
    let seconds = Int(max(0, clock - entry.made) / 1000)
    let time = dice.oneIn(3) ? clock : clock - Int64(dice.number(0...seconds)) * 1000
    var happening = Happening("o\(number)", at: time, "c")
    happening.who = who
    happening.outcome = (
      entry.id, dice.pick([.sent, .sent, .failed, .failed, .opened, .accepted, .dismissed])
    )
    return happening
  }
}
