import JourneyModel

/// Random interactions of few people with many devices, late and erasing ones among them, with values of all kinds.
struct RandomPeople {
  static func plan() -> Plan {
    var plan = RandomLives.plan(keep: .days(30))
    plan.identity = IdentityPlan(
      kinds: [
        .init("customer_id", unique: true), .init("email", limit: 2),
        .init("cookie_id", shared: true, limit: 4), .init("device_id", shared: true, limit: 4),
      ], ignore: [], ignorePattern: "")
    plan.history.touchpointsMax = 10
    return plan
  }

  private var dice: Dice
  private var lives: RandomLives

  init(seed: UInt64) {
    dice = Dice(state: seed)
    lives = RandomLives(seed: seed)
  }

  /// Each with the moment of its arrival, in order of that.
  mutating func happenings(_ count: ClosedRange<Int>) -> [(Happening, Int64)] {
    var list = lives.happenings(count, days: 60).map { happening in
      let late = dice.oneIn(3) ? Int64(dice.number(0...240)) * RandomLives.hour : 0
      return (happening, happening.time + late)
    }
    for index in list.indices {
      list[index].0.who = who()
      list[index].0.erase = dice.oneIn(9)
      if list[index].0.erase { list[index].0.isContact = false }
      if dice.oneIn(3) { list[index].0.id = "a long é \"more\" \(index)\u{1}" }
      if dice.oneIn(2) {
        list[index].0.attributes.append(NamedValue("odd", value()))
        list[index].0.traits.append(NamedValue("odd \(dice.number(0...2))", value()))
      }
    }
    return list.sorted { $0.1 < $1.1 }
  }

  private mutating func who() -> String {
    var names: [String] = []
    if dice.oneIn(4) { names.append("customer_id=C\(dice.number(1...3))") }
    if dice.oneIn(4) { names.append("email=é\"\(dice.number(1...3))") }
    if dice.oneIn(2) { names.append("cookie_id=k\(dice.number(1...3))") }
    if dice.oneIn(2) || names.isEmpty { names.append("device_id=d\(dice.number(1...3))") }
    return names.joined(separator: " ")
  }

  private mutating func value() -> JSONValue {
    dice.pick([
      .null, .bool(false), .number(-0.0), .number(1.25e-7), .digits("12345678901234567890"),
      .string("\u{8}\"\\\u{0}é"), .list([.number(1), .string("\u{1F}"), .null]),
      .object([.init("a b", .list([])), .init("", .bool(true))]),
    ])
  }
}
