import JourneyModel
import Testing

@testable import JourneyEngine

/// Order independence (spec 3.1): the same interactions in any order, with restarts in between, end in the same customers.
@Suite struct OrderTests {
  private static let end = RandomLives.base + TimeSpan.days(40).milliseconds

  private func pictures(
    _ plan: Plan, _ happenings: [Happening], clocks: [Int64]? = nil, restartsBefore: Set<Int> = []
  ) throws -> [CustomerPicture] {
    let driver = Driver(plan)
    for (index, happening) in happenings.enumerated() {
      if restartsBefore.contains(index) { try driver.restart() }
      driver.tell(happening, at: clocks?[index] ?? happening.time)
    }
    driver.pass(to: Self.end)
    return driver.pictures(at: Self.end)
  }

  @Test func `any order of arrival ends in the same customers, restarts in between or not`() throws
  {
    var customers = 0
    var journeys = 0
    for seed in Dice.seeds(usual: 200) {
      var lives = RandomLives(seed: seed)
      let happenings = lives.happenings(2...16, days: 20)
      let sorted = happenings.sorted(by: Happening.comesBefore)
      let expected = try pictures(RandomLives.plan(), sorted)
      customers += expected.count
      journeys += expected.reduce(0) { $0 + $1.journeys.count }
      for round in 0..<4 {
        let shuffled = happenings.shuffled(using: &lives.dice)
        let restarts =
          round % 2 == 0 ? Set([lives.dice.number(1...2), shuffled.count - 1]) : Set<Int>()
        let found = try pictures(RandomLives.plan(), shuffled, restartsBefore: restarts)
        guard found == expected else {
          let least = try restarts.isEmpty ? shrink(shuffled) : shuffled
          report(
            seed, least, restarts,
            restarts.isEmpty ? try pictures(RandomLives.plan(), least) : found,
            try pictures(RandomLives.plan(), least.sorted(by: Happening.comesBefore)))
          return
        }
      }
    }
    #expect(customers > 0 && journeys > 0)
  }

  @Test func `what comes late within keep ends as if it had come in time`() throws {
    let keep = TimeSpan.days(6)
    for seed in Dice.seeds(usual: 200) {
      var lives = RandomLives(seed: seed, isOnePerson: true)
      let sorted = lives.happenings(4...24, days: 25).sorted(by: Happening.comesBefore)
      let plan = RandomLives.plan(keep: keep)
      let expected = try pictures(plan, sorted)
      let late = sorted.map { happening in
        let most = Int(keep.milliseconds / RandomLives.hour)
        return (happening.time + Int64(lives.dice.number(0...most)) * RandomLives.hour, happening)
      }.sorted { $0.0 < $1.0 }
      let restarts: Set<Int> = lives.dice.oneIn(2) ? [late.count / 2] : []
      let found = try pictures(
        plan, late.map(\.1), clocks: late.map(\.0), restartsBefore: restarts)
      guard found == expected else {
        report(seed, late.map(\.1), restarts, found, expected, clocks: late.map(\.0))
        return
      }
    }
  }

  @Test func `two halves that are joined are what one customer with both would be`() throws {
    for seed in Dice.seeds(usual: 200) {
      var lives = RandomLives(seed: seed, isOnePerson: true)
      let whole = lives.happenings(2...16, days: 20)
      // In halves, of which the address is the stronger identifier.
      let halves = whole.map { happening in
        var half = happening
        half.who = lives.dice.oneIn(2) ? "email=e1" : "cookie_id=k1"
        return half
      }
      var link = Happening("link", at: RandomLives.base + Int64(lives.dice.number(0...480)))
      link.time = RandomLives.base + Int64(lives.dice.number(0...480)) * RandomLives.hour
      link.isContact = false
      link.who = "email=e1 cookie_id=k1"
      var linked = link
      linked.who = "customer_id=C1"
      let union = try pictures(
        RandomLives.plan(), (whole + [linked]).sorted(by: Happening.comesBefore))
      let joined = try pictures(
        RandomLives.plan(), (halves + [link]).shuffled(using: &lives.dice))
      guard joined.map(withoutNames) == union.map(withoutNames) else {
        report(seed, halves + [link], [], joined, union)
        return
      }
    }
  }

  /// Leaves out what is not needed for the orders to differ.
  private func shrink(_ arrivals: [Happening]) throws -> [Happening] {
    var least = arrivals
    var index = 0
    while index < least.count {
      var fewer = least
      fewer.remove(at: index)
      let sorted = fewer.sorted(by: Happening.comesBefore)
      if try pictures(RandomLives.plan(), fewer) != pictures(RandomLives.plan(), sorted) {
        least = fewer
        index = 0
      } else {
        index += 1
      }
    }
    return least
  }

  private func withoutNames(_ picture: CustomerPicture) -> CustomerPicture {
    var picture = picture
    picture.customer = CustomerID(0)
    picture.identifiers = []
    return picture
  }

  private func report(
    _ seed: UInt64, _ happenings: [Happening], _ restarts: Set<Int>, _ found: [CustomerPicture],
    _ expected: [CustomerPicture], clocks: [Int64]? = nil
  ) {
    let list = happenings.enumerated().map { index, happening in
      "  \(clocks.map { "at \($0[index]): " } ?? "")\(happening)"
    }.joined(separator: "\n")
    Issue.record(
      """
      seed \(seed), restarts before \(restarts.sorted())
      \(list)
      found, where it is not expected:
      \(found.filter { !expected.contains($0) }.map { "  \($0)" }.joined(separator: "\n"))
      expected, and not found:
      \(expected.filter { !found.contains($0) }.map { "  \($0)" }.joined(separator: "\n"))
      """)
  }
}
