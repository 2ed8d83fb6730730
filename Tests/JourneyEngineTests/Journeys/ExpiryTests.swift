import JourneyModel
import Testing

@testable import JourneyEngine

/// What has left the history leaves the state, though nobody comes who would make it.
@Suite struct ExpiryTests {
  private static let day = TimeSpan.days(1).milliseconds

  private static func plan() -> Plan {
    var plan = RandomLives.plan(keep: .days(30))
    plan.catalogue.channels = [.init("mail", side: .online)]
    plan.contact.consent = [.init(purpose: "service", rule: .implied)]
    var rule = RulePlan(
      name: "known", steps: [.seen(.init(MatcherPlan(["a"])))], touchpoint: "known",
      channels: ["mail"])
    rule.purpose = "service"
    rule.expires = .days(4)
    plan.rules = [rule]
    return plan
  }

  private func visits(_ driver: Driver) {
    for (number, touchpoint) in ["a", "b", "c"].enumerated() {
      var happening = Happening("\(touchpoint)\(number)", at: Int64(number) * Self.day)
      happening.who = "customer_id=C1"
      happening.touchpoint = touchpoint
      driver.tell(happening, at: happening.time)
    }
  }

  private struct Kept: Equatable {
    var touches: Int
    var counters: Int
    var suggestions: Int
  }

  /// What the row of the customer has.
  private func kept(_ driver: Driver) throws -> Kept {
    driver.commit()
    let row = try #require(driver.rows.first { $0.key.first == RowKind.customer.rawValue })
    let customer = try Customer(decoding: row.value ?? [])
    return Kept(
      touches: customer.touches.count, counters: customer.counters.count,
      suggestions: customer.suggestions.count)
  }

  @Test(arguments: [false, true])
  func `a customer who does nothing more keeps nothing that has left the history`(
    restarts: Bool
  ) throws {
    let driver = Driver(Self.plan())
    visits(driver)
    driver.reach(20 * Self.day)
    #expect(try kept(driver) == Kept(touches: 3, counters: 3, suggestions: 1))
    if restarts { try driver.restart() }
    driver.reach(34 * Self.day)
    #expect(try kept(driver) == Kept(touches: 0, counters: 3, suggestions: 0))
    // There is nothing more to look at.
    #expect(driver.engine.nextDeadline == nil)
  }
}
