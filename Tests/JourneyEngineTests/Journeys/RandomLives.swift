import JourneyModel

/// Random interactions of a few people over journeys with and without a key, joined and divided by who they are.
struct RandomLives {
  static let hour: Int64 = 3_600_000
  static let base: Int64 = 1_830_297_600_000

  static func plan(keep: TimeSpan = .days(90)) -> Plan {
    var plan = Plan()
    plan.history.keep = keep
    plan.identity = IdentityPlan(
      kinds: [
        .init("customer_id", unique: true), .init("email", limit: 2),
        .init("cookie_id", shared: true, limit: 2),
      ], ignore: [], ignorePattern: "")
    plan.journeys = [home, claim, everything]
    plan.contact.serviceFirst = serviceFirst
    var truth = CataloguePlan.Touchpoint("w")
    truth.isMomentOfTruth = true
    plan.catalogue.touchpoints = [truth]
    return plan
  }

  private static var home: JourneyPlan {
    var journey = JourneyPlan(name: "home", starts: [MatcherPlan(["a"])])
    journey.phases = [
      .init("first"), .init("second", [MatcherPlan(["b"])]), .init("third", [MatcherPlan(["c"])]),
    ]
    journey.won = [MatcherPlan(["w"])]
    journey.lost = [MatcherPlan(["l"])]
    journey.includes = [MatcherPlan(["i"])]
    journey.endsAfter = .days(5)
    return journey
  }

  private static var claim: JourneyPlan {
    var start = MatcherPlan(["o"])
    start.channels = ["web"]
    var journey = JourneyPlan(name: "claim", starts: [start, MatcherPlan(["a"])])
    journey.key = "n"
    journey.phases = [.init("told"), .init("seen", [MatcherPlan(["c", "i"])])]
    journey.won = [MatcherPlan(["z"])]
    journey.endsAfter = .days(7)
    return journey
  }

  private static var everything: JourneyPlan {
    var journey = JourneyPlan(name: "everything", starts: [MatcherPlan(["b"])])
    journey.includesAll = true
    journey.lost = [MatcherPlan(["l"])]
    journey.endsAfter = .days(2)
    return journey
  }

  private static var serviceFirst: ContactPlan.ServiceFirst {
    var service = ContactPlan.ServiceFirst(opens: [
      .seen(MatcherPlan(["o"])), .satisfaction([Comparison(.atMost, .number(-0.5))]),
    ])
    service.closes = [MatcherPlan(["z"])]
    service.key = "n"
    service.givesUpAfter = .days(30)
    return service
  }

  var dice: Dice
  let isOnePerson: Bool

  init(seed: UInt64, isOnePerson: Bool = false) {
    dice = Dice(state: seed)
    self.isOnePerson = isOnePerson
  }

  mutating func happenings(_ count: ClosedRange<Int>, days: Int) -> [Happening] {
    let step = dice.pick([1, 6, 12]) * Int(Self.hour)
    let slots = days * 24 * Int(Self.hour) / step
    return (0..<dice.number(count)).map { number in
      var happening = Happening(
        "i\(dice.number(0...9))-\(number)",
        at: Self.base + Int64(dice.number(0...slots) * step),
        dice.pick(["a", "b", "c", "i", "l", "o", "w", "z", "x"]))
      happening.source = dice.pick(["s", "t"])
      happening.channel = dice.pick(["web", "shop"])
      happening.who = isOnePerson ? "customer_id=C1" : who()
      addDetails(&happening)
      return happening
    }
  }

  private mutating func who() -> String {
    var names: [String] = []
    if dice.oneIn(3) { names.append("customer_id=C\(dice.number(1...3))") }
    if dice.oneIn(3) { names.append("email=e\(dice.number(1...3))") }
    if names.isEmpty || dice.oneIn(2) { names.append("cookie_id=k\(dice.number(1...3))") }
    return names.joined(separator: " ")
  }

  private mutating func addDetails(_ happening: inout Happening) {
    if !dice.oneIn(3) {
      let key: JSONValue = dice.pick([.number(1), .number(2), .string("1"), .null])
      happening.attributes = [NamedValue("n", key)]
    }
    if dice.oneIn(3) { happening.satisfaction = Double(dice.number(-4...4)) / 4 }
    if dice.oneIn(3) {
      let value: JSONValue = dice.pick([.null, .number(1), .string("v"), .list([.bool(true)])])
      happening.traits = [NamedValue(dice.pick(["t", "u"]), value)]
    }
    if dice.oneIn(3) {
      let channel = dice.pick(["email", "app", "*"])
      let purpose = dice.pick(["marketing", "*"])
      happening.consents = ["\(channel) \(purpose) \(dice.pick(["granted", "denied"]))"]
    }
    // When the nameless customer of a cookie was first seen is not known to the day where that left no touch.
    if dice.oneIn(10), !happening.who.hasPrefix("cookie") { happening.isContact = false }
  }
}
