import JourneyModel
import Testing

@testable import JourneyEngine

/// Restarts between any two interactions of people who share devices: what is made, and what is known, is the same.
@Suite struct RestartPropertyTests {
  private static let minute: Int64 = 60_000

  private static func plan() -> Plan {
    var plan = Plan()
    plan.history.keep = .days(1_000)
    plan.contact.consent = [.init(purpose: "marketing", rule: .implied)]
    plan.contact.atOnce = 1_000
    var web = CataloguePlan.Channel("web", side: .online)
    web.isOutbound = true
    plan.catalogue.channels = [web]
    var seen = StepPlan.Seen(MatcherPlan(["a"]))
    (seen.times, seen.within) = (3, .days(2))
    var often = RulePlan(name: "often", steps: [.seen(seen)], touchpoint: "s", channels: ["web"])
    often.againAfter = .days(2)
    var unseen = StepPlan.Unseen(MatcherPlan(["a"]))
    unseen.span = .hours(6)
    var quiet = RulePlan(
      name: "quiet", steps: [.seen(.init(MatcherPlan(["a"]))), .unseen(unseen)], touchpoint: "s",
      channels: ["web"])
    quiet.againAfter = .days(1)
    plan.rules = [often, quiet]
    return plan
  }

  /// Each person by number, by address or by device alone; every second device is another's too.
  private static func happening(_ number: Int, _ dice: inout Dice) -> Happening {
    let person = dice.number(1...3)
    var happening = Happening("e\(number)", at: Int64(number) * 40 * minute)
    if dice.oneIn(10) { happening.time -= Int64(dice.number(1...300)) * minute + 1 }
    let device = dice.oneIn(4) ? dice.number(1...3) : person
    var who: [String] = []
    if dice.oneIn(2) { who.append("device_id=d\(device)") }
    if who.isEmpty || dice.oneIn(3) { who.append("customer_id=P\(person)") }
    if dice.oneIn(6) { who.append("email=p\(person)@x.nl") }
    happening.who = who.joined(separator: " ")
    return happening
  }

  /// What differs first, with a commit before some and a restart before others of the happenings.
  private static func difference(_ happenings: [(Happening, Pause)]) throws -> (
    Int, String
  )? {
    let (steady, restarted) = (Driver(plan()), Driver(plan()))
    for (index, (happening, pause)) in happenings.enumerated() {
      switch pause {
      case .none: break
      case .commit: restarted.commit()
      case .restart: try restarted.restart()
      }
      steady.tell(happening, at: happening.time)
      restarted.tell(happening, at: happening.time)
      let (expected, found) = (steady.take(), restarted.take())
      if found != expected { return (index, "found \(found), expected \(expected)") }
      let moment = Moment(steady.clock)
      let known = steady.engine.allPictures(at: moment)
      let kept = restarted.engine.allPictures(at: moment)
      let count = known.reduce(0) { $0 + $1.touchpoints }
      if count != index + 1 { return (index, "\(count) of \(index + 1) are known: \(known)") }
      if kept != known {
        return (
          index,
          "found \(kept.filter { !known.contains($0) }), expected \(known.filter { !kept.contains($0) })"
        )
      }
    }
    return nil
  }

  private enum Pause { case none, commit, restart }

  /// Leaves out what the difference does not need.
  private static func shrunk(_ happenings: [(Happening, Pause)]) throws -> [(Happening, Pause)] {
    var least = happenings
    var index = 0
    while index < least.count {
      var fewer = least
      fewer.remove(at: index)
      if try difference(fewer) != nil {
        least = fewer
      } else {
        index += 1
      }
    }
    return least
  }

  @Test func `an engine of its rows goes on as the one that never stopped`() throws {
    for seed in Dice.seeds(usual: 20) {
      var dice = Dice(state: seed)
      let told = (0..<120).map { number in
        let pause: Pause = dice.pick([.none, .none, .commit, .restart])
        return (Self.happening(number, &dice), pause)
      }
      guard let (index, _) = try Self.difference(told) else { continue }
      let least = try Self.shrunk(Array(told[...index]))
      let list = least.map { "  \($0.1) \($0.0)" }.joined(separator: "\n")
      let words = try Self.difference(least)?.1 ?? ""
      Issue.record("seed \(seed)\n\(list)\n\(words)")
      return
    }
  }

  @Test func `what a device was answered for before it stood for no one stays where it was`() throws
  {
    let told: [(Int64, String)] = [
      (19_200_000, "device_id=d3"), (43_200_000, "device_id=d3 customer_id=P3"),
      (96_000_000, "device_id=d3"), (98_400_000, "device_id=d3 customer_id=P1"),
      (105_600_000, "device_id=d3 email=p3@x.nl"), (112_800_000, "device_id=d3"),
      (134_400_000, "customer_id=P3 email=p3@x.nl"), (131_579_999, "customer_id=P1"),
    ]
    let driver = Driver(Self.plan())
    for (number, each) in told.enumerated() {
      var happening = Happening("e\(number)", at: each.0)
      happening.who = each.1
      driver.tell(happening, at: each.0)
    }
    let known = driver.engine.allPictures(at: Moment(driver.clock))
    #expect(
      known.map { $0.latest.map(\.id) } == [["e7", "e3"], ["e6", "e4", "e2", "e1", "e0"], ["e5"]])
  }
}
