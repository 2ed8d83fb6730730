import JourneyModel
import Testing

@testable import JourneyEngine

/// What is exported and imported elsewhere goes on as if it had never moved.
@Suite struct CarriedTests {
  /// An undisturbed engine, and one that is carried now and then.
  private final class Pair {
    let still: Driver
    let moving: Driver
    /// Which of the words that lines can have were seen.
    private(set) var words: Set<String> = []
    private var dice: Dice

    init(_ plan: Plan, seed: UInt64) {
      still = Driver(plan)
      moving = Driver(plan)
      dice = Dice(state: seed &+ 77)
    }

    func reach(_ moment: Int64) {
      still.reach(moment)
      moving.reach(moment)
    }

    func tell(_ happening: Happening, at moment: Int64) throws {
      #expect(still.tell(happening, at: moment) == moving.tell(happening, at: moment))
      if dice.oneIn(4) { try carry(at: moment) }
    }

    private func carry(at moment: Int64) throws {
      let shards = dice.number(1...40)
      try moving.restart { rows in
        let once = try Carried(rows, moving.plan, shards: shards, now: Moment(moment))
        var plan = moving.plan
        plan.processing.shards = shards
        let again = try Carried(once.rows, plan, shards: 7, now: Moment(moment))
        #expect(again.lines.sorted() == once.lines.sorted())
        for word in CarriedTests.words.subtracting(words)
        where once.lines.contains(where: { $0.contains(word) }) {
          words.insert(word)
        }
        #expect(
          once.rows.allSatisfy {
            $0.key.first == RowKind.customer.rawValue
              ? (1...Int32(shards)).contains($0.partition) : $0.partition == 0
          })
        return once.rows
      }
    }

    /// Of several customers that one interaction erases each is told by itself, in any order.
    private static func byCustomer(_ effects: [Effect]) -> [Effect] {
      effects.enumerated().sorted { a, b in
        (a.element.customer, a.offset) < (b.element.customer, b.offset)
      }.map(\.element)
    }

    /// What was made, withdrawn and decided by both; nil where it is the same.
    func difference(at moment: Int64) -> String? {
      let (a, b) = (Self.byCustomer(still.take()), Self.byCustomer(moving.take()))
      if a != b {
        let at = zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? min(a.count, b.count)
        return "effect \(at): \(a.dropFirst(at).first.map { "\($0)" } ?? "none")\n"
          + "carried: \(b.dropFirst(at).first.map { "\($0)" } ?? "none")"
      }
      let (x, y) = (
        still.engine.allPictures(at: Moment(moment)), moving.engine.allPictures(at: Moment(moment))
      )
      guard x != y else { return nil }
      let at = zip(x, y).enumerated().first { $1.0 != $1.1 }?.offset ?? min(x.count, y.count)
      return "picture \(at): \(x.dropFirst(at).first.map { "\($0)" } ?? "none")\n"
        + "carried: \(y.dropFirst(at).first.map { "\($0)" } ?? "none")"
    }
  }

  /// What makes lines hard; all of it must have been carried.
  private static let words: Set = [
    #""together":"#, #""links":"#, #""refused":"unique""#, #""refused":"limit""#,
    #""refused":"ambiguous""#, #""ambiguous":{"#, #""alone":{"#, #""settled":true"#,
    #""by":"alone "#, #""by":{"of":"#, #"_as_sent":"#, #""erased":"#,
    #""ambiguous":true"#, #""journeys_past":"#, #""issues":"#, #""key":"#, #""counters":"#,
    #""satisfaction":"#, #""consents":"#, #""merges":"#, #""seen":{"#, #"_bytes":"#,
  ]

  @Test func `people who are joined, divided and erased are the same after being carried`() throws {
    var words: Set<String> = []
    for seed in Dice.seeds(usual: 60) {
      var people = RandomPeople(seed: seed)
      let pair = Pair(RandomPeople.plan(), seed: seed)
      for (happening, arrival) in people.happenings(12...40) {
        pair.reach(arrival)
        try pair.tell(happening, at: arrival)
        if let problem = pair.difference(at: arrival) {
          Issue.record("seed \(seed), at \(happening)\n\(problem)")
          return
        }
      }
      words.formUnion(pair.words)
    }
    if Dice.seeds(usual: 60).count > 1 { #expect(Self.words.subtracting(words) == []) }
  }

  @Test func `a policy decides the same after being carried`() throws {
    var made = 0
    for seed in Dice.seeds(usual: 60) {
      var random = RandomPolicy(seed: seed)
      let pair = Pair(random.plan, seed: seed)
      var entries: [Ledger.Entry] = []
      for (number, clock) in random.clocks(random.dice.number(4...30)).enumerated() {
        pair.reach(clock)
        let who = random.dice.pick(["email=e1", "cookie_id=k1", "email=e1 cookie_id=k1"])
        if random.dice.oneIn(2), let entry = entries.randomElement(using: &random.dice) {
          try pair.tell(random.outcome(number, of: entry, at: clock, who: who), at: clock)
        } else {
          try pair.tell(random.happening(number, at: clock, who: who), at: clock)
        }
        entries += Self.made(pair.still.engine.effects)
        if let problem = pair.difference(at: clock) {
          Issue.record("seed \(seed), number \(number)\n\(problem)")
          return
        }
      }
      made += entries.count
    }
    #expect(made > 0)
  }

  private static func made(_ effects: [Effect]) -> [Ledger.Entry] {
    effects.compactMap { effect in
      guard case .made(let made) = effect else { return nil }
      return Ledger.Entry(
        id: made.id, rule: made.rule, channel: made.channel, purpose: made.purpose,
        made: made.time.milliseconds, expires: made.expires.milliseconds)
    }
  }
}
