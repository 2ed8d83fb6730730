import Foundation
import JourneyModel
import Testing

@testable import JourneyEngine

/// What workers do beside one another equals what one does alone (design, point 3).
@Suite struct ShardTests {
  private static let end = RandomLives.base + TimeSpan.days(60).milliseconds

  /// Rules of all sorts over the interactions of ``RandomLives``, and anonymous people who are soon forgotten.
  private static func plan(shards: Int) -> Plan {
    var plan = RandomLives.plan(keep: .days(30))
    plan.processing.shards = shards
    plan.history.forgetAnonymousAfter = .days(6)
    plan.time.grace = .seconds(2)
    plan.catalogue.channels = [.init("mail", side: .online), .init("call", side: .offline)]
    plan.contact.consent = [.init(purpose: "service", rule: .implied)]
    plan.contact.atOnce = 2
    plan.contact.pressure = [.init(name: "few", max: 3, window: .rolling(.days(7)))]
    var silent = StepPlan.Unseen(MatcherPlan(["w", "z"]))
    silent.span = .hours(30)
    plan.rules = [
      rule("silent", [.seen(.init(MatcherPlan(["a", "o"]))), .unseen(silent)]),
      rule("often", [.seen(.init(MatcherPlan(["b"]))), .seen(.init(MatcherPlan(["c"])))]),
      rule("at_once", [.seen(.init(MatcherPlan(["i", "x"])))]),
    ]
    return plan
  }

  private static func rule(_ name: String, _ steps: [StepPlan]) -> RulePlan {
    var rule = RulePlan(name: name, steps: steps, touchpoint: name, channels: ["mail", "call"])
    rule.purpose = "service"
    rule.expires = .days(4)
    return rule
  }

  /// One life as it comes in: what, when by the clock, and what asks for the time in between.
  private struct Arrival {
    var happening: Happening
    var clock: Int64
  }

  /// All that a run has come to.
  private struct Outcome: Equatable {
    /// By customer, in order.
    var told: [CustomerID: [Effect]] = [:]
    var pictures: [CustomerPicture]
    var counts: [Int]
    var rejected: [String] = []
  }

  private final class Run {
    let engine: Engine
    var told: [Effect] = []
    var rejected: [String] = []
    /// Of whom the topic of pictures has one.
    var shown: Set<CustomerID> = []

    init(
      _ plan: Plan, crew: (any Crew)? = nil, from memory: RowMemory? = nil
    ) throws {
      let collects: Engine.Collects = [.decisions, .changes, .rows, .identities]
      engine =
        if let memory { try Engine(plan, from: memory, collects: collects, crew: crew) } else {
          Engine(plan: plan, names: NameTable(), collects: collects, crew: crew)
        }
    }

    func tell(_ arrival: Arrival, _ plan: Plan) {
      let made = arrival.happening.interaction(plan.identity, engine.names)
      if case .rejected = engine.handle(made, at: Moment(arrival.clock)) {
        rejected.append(arrival.happening.id)
      }
    }

    /// - Parameter recalls: whether everybody is looked at, and so recalled.
    func take(recalls: Bool = true) {
      engine.finishGroup()
      for case .gone(let id) in engine.effects { shown.remove(id) }
      let now = Moment(ShardTests.end)
      shown.formUnion(engine.takeChangedPictures(at: now).map(\.customer))
      let known = recalls ? Set(engine.allPictures(at: now).map(\.customer)) : shown
      if shown != known {
        Issue.record(
          "shown \(shown.subtracting(known)) too many, \(known.subtracting(shown)) too few")
      }
      told += engine.effects
      engine.effects.removeAll()
    }

    func finish(_ plan: Plan) -> Outcome {
      engine.advance(to: Moment(ShardTests.end), inclusive: true)
      take()
      let counts = engine.counts
      return Outcome(
        told: Dictionary(grouping: told, by: \.customer),
        pictures: engine.allPictures(at: Moment(ShardTests.end)),
        counts: [
          engine.customerCount, counts.duplicates, counts.late, counts.merges, counts.divisions,
          counts.made, counts.withdrawn, counts.forgotten, counts.unknownSuggestions,
        ], rejected: rejected)
    }
  }

  /// Lives with late ones, some sent twice, some that ask to be forgotten, and answers to what was suggested; and
  /// what one worker makes of them.
  private func lives(_ dice: inout Dice, _ seed: UInt64) throws -> ([Arrival], Outcome) {
    let plan = Self.plan(shards: 1)
    var lives = RandomLives(seed: seed)
    let run = try Run(plan)
    var arrivals: [Arrival] = []
    var clock = RandomLives.base
    for var happening in lives.happenings(10...60, days: 30).sorted(by: Happening.comesBefore) {
      if dice.oneIn(4) {
        happening.who = happening.who.replacingOccurrences(of: "C1", with: "C\(dice.number(1...9))")
        happening.who = happening.who.replacingOccurrences(of: "k1", with: "k\(dice.number(1...9))")
      }
      if dice.oneIn(25) { happening.erase = true }
      if let made = run.told.compactMap(\.made).last, dice.oneIn(3) {
        happening.outcome = (made, dice.pick([.sent, .clicked, .failed, .dismissed]))
      }
      clock = max(clock, happening.time)
      var more = [Arrival(happening: happening, clock: clock)]
      if dice.oneIn(6), !happening.erase {
        var again = happening
        again.who += " email=e\(dice.number(1...3))"
        again.time += Int64(dice.number(0...2)) * RandomLives.hour
        more.append(Arrival(happening: dice.oneIn(2) ? again : happening, clock: clock))
      }
      if dice.oneIn(5), let earlier = arrivals.randomElement(using: &dice) {
        more.append(Arrival(happening: earlier.happening, clock: clock))
      }
      for arrival in more { run.tell(arrival, plan) }
      run.take()
      arrivals += more
    }
    return (arrivals, run.finish(plan))
  }

  @Test
  func `any number of shards on any number of workers comes to the same, however they take turns`()
    throws
  {
    var (merges, divisions, duplicates, forgotten, waits, made) = (0, 0, 0, 0, 0, 0)
    for seed in Dice.seeds(usual: 150) {
      var dice = Dice(state: seed &* 7919)
      let (arrivals, expected) = try lives(&dice, seed)
      let plan = Self.plan(shards: dice.number(1...16))
      let crew = ChanceCrew(dice.number(1...4), dice)
      let run = try Run(plan, crew: crew)
      for arrival in arrivals {
        run.tell(arrival, plan)
        if dice.oneIn(9) { run.take() }
      }
      let found = run.finish(plan)
      run.engine.checkInvariants { Issue.record("seed \(seed): \($0)") }
      guard found == expected else { return report(seed, arrivals, found, expected) }
      duplicates += expected.counts[1]
      merges += expected.counts[3]
      divisions += expected.counts[4]
      made += expected.counts[5]
      forgotten += expected.counts[7]
      waits += crew.waits
    }
    #expect(merges > 0 && divisions > 0 && duplicates > 0 && forgotten > 0 && waits > 0 && made > 0)
  }

  @Test func `on real threads it is the same`() throws {
    for seed in Dice.seeds(usual: 40) {
      var dice = Dice(state: seed &* 104_729)
      let (arrivals, expected) = try lives(&dice, seed)
      let plan = Self.plan(shards: dice.number(2...16))
      let run = try Run(plan, crew: FreshThreads(dice.number(2...4)))
      for arrival in arrivals { run.tell(arrival, plan) }
      let found = run.finish(plan)
      guard found == expected else { return report(seed, arrivals, found, expected) }
    }
  }

  @Test func `the rows of some workers are the state of others`() throws {
    for seed in Dice.seeds(usual: 60) {
      var dice = Dice(state: seed &* 15_485_863)
      let (arrivals, expected) = try lives(&dice, seed)
      let plan = Self.plan(shards: dice.number(1...16))
      var memory = RowMemory()
      var run = try Run(plan, crew: ChanceCrew(dice.number(1...4), dice))
      var (told, rejected): ([Effect], [String]) = ([], [])
      for arrival in arrivals {
        run.tell(arrival, plan)
        guard dice.oneIn(6) else { continue }
        run.take()
        memory.take(run.engine.takeChangedRows())
        memory = RowMemory(memory.all)
        (told, rejected) = (told + run.told, rejected + run.rejected)
        let shown = run.shown
        run = try Run(
          plan, crew: dice.oneIn(4) ? nil : ChanceCrew(dice.number(1...4), dice),
          from: memory)
        run.shown = shown
        run.engine.checkInvariants { Issue.record("seed \(seed): \($0)") }
      }
      (run.told, run.rejected) = (told + run.told, rejected + run.rejected)
      var found = run.finish(plan)
      found.counts = expected.counts
      guard found == expected else { return report(seed, arrivals, found, expected) }
    }
  }

  @Test func `what a shared identifier stands for may change within a group`() throws {
    let plan = Self.plan(shards: 4)
    var first = Happening("again", at: 10)
    first.who = "cookie_id=k1"
    var (one, other, second) = (first, first, first)
    (one.id, one.time, one.who) = ("one", 11, "customer_id=C1 cookie_id=k1")
    (other.id, other.time, other.who) = ("other", 12, "customer_id=C2 cookie_id=k1")
    second.time = 20
    var outcomes: [Outcome] = []
    for crew in [nil, ChanceCrew(2, Dice(state: 1))] {
      let run = try Run(plan, crew: crew)
      run.tell(Arrival(happening: first, clock: 10), plan)
      run.take()
      for happening in [one, other, second] {
        run.tell(Arrival(happening: happening, clock: happening.time), plan)
      }
      outcomes.append(run.finish(plan))
    }
    #expect(outcomes[0] == outcomes[1])
  }

  @Test func `who is let go of between commits is the same when recalled`() throws {
    var away = 0
    for seed in Dice.seeds(usual: 80) {
      var dice = Dice(state: seed &* 32_452_843)
      let (arrivals, expected) = try lives(&dice, seed)
      let plan = Self.plan(shards: dice.number(1...16))
      let memory = RowMemory()
      let run = try Run(
        plan, crew: dice.oneIn(3) ? nil : ChanceCrew(dice.number(1...4), dice))
      run.engine.recall(from: memory)
      var underWay: [StateRow]?
      for arrival in arrivals {
        run.tell(arrival, plan)
        guard dice.oneIn(2) else { continue }
        guard let rows = underWay else {
          run.take(recalls: dice.oneIn(4))
          underWay = run.engine.takeChangedRows()
          continue
        }
        // What has come since is still to be worked on.
        memory.take(rows)
        underWay = nil
        run.engine.letGo(to: dice.pick([0, 0, 8_000]))
        if run.engine.customersHeld < run.engine.customerCount { away += 1 }
      }
      let found = run.finish(plan)
      #expect(!run.engine.hasLost, "seed \(seed)")
      guard found == expected else { return report(seed, arrivals, found, expected) }
    }
    #expect(away > 0)
  }

  @Test func `a group that is never empty keeps nobody in memory`() throws {
    let plan = Self.plan(shards: 4)
    let run = try Run(plan, crew: ChanceCrew(2, Dice(state: 1)))
    let memory = RowMemory()
    run.engine.recall(from: memory)
    for number in 0..<100 {
      var happening = Happening("i\(number)", at: Int64(number))
      happening.who = "customer_id=C\(number)"
      run.tell(Arrival(happening: happening, clock: happening.time), plan)
      guard number % 10 == 9 else { continue }
      let rows = run.engine.takeChangedRows()
      happening.id = "more\(number)"
      run.tell(Arrival(happening: happening, clock: happening.time), plan)
      memory.take(rows)
      run.engine.letGo(to: 0)
      #expect(run.engine.customersHeld <= 14)
    }
  }

  @Test func `who was erased is not recalled from rows that are still on their way`() throws {
    let plan = Self.plan(shards: 2)
    let run = try Run(plan)
    let memory = RowMemory()
    run.engine.recall(from: memory)
    run.tell(Arrival(happening: Happening("1", at: 0), clock: 0), plan)
    memory.take(run.engine.takeChangedRows())
    run.engine.letGo(to: 0)
    var gone = Happening("2", at: 10)
    gone.erase = true
    run.tell(Arrival(happening: gone, clock: 10), plan)
    // What follows comes before these rows are where others are recalled from.
    let rows = run.engine.takeChangedRows()
    run.tell(Arrival(happening: Happening("3", at: 20), clock: 20), plan)
    #expect(run.engine.customerCount == 1 && !run.engine.hasLost)
    memory.take(rows)
    run.take(recalls: false)
    let pictures = run.engine.allPictures(at: Moment(30))
    #expect(pictures.map(\.touchpoints) == [1])
  }

  @Test func `who cannot be recalled is told to be lost`() throws {
    let plan = Self.plan(shards: 2)
    let run = try Run(plan)
    let memory = RowMemory()
    run.engine.recall(from: memory)
    run.tell(Arrival(happening: Happening("1", at: 0), clock: 0), plan)
    memory.take(run.engine.takeChangedRows().filter { $0.partition == 0 })
    run.engine.letGo(to: 0)
    #expect(run.engine.customersHeld <= 1 && !run.engine.hasLost)
    run.tell(Arrival(happening: Happening("2", at: 1), clock: 1), plan)
    #expect(run.engine.hasLost)
  }

  private func report(
    _ seed: UInt64, _ arrivals: [Arrival], _ found: Outcome, _ expected: Outcome
  ) {
    let list = arrivals.map { "  at \($0.clock): \($0.happening)" }.joined(separator: "\n")
    let ids = Set(found.told.keys).union(expected.told.keys).sorted()
    let told = ids.filter { found.told[$0] != expected.told[$0] }.map { id in
      let (x, y) = (found.told[id] ?? [], expected.told[id] ?? [])
      let at = zip(x, y).enumerated().first { $1.0 != $1.1 }?.offset ?? min(x.count, y.count)
      return
        "  \(id) at \(at): \(at < x.count ? "\(x[at])" : "nothing")\n    expected \(at < y.count ? "\(y[at])" : "nothing")"
    }.joined(separator: "\n")
    let pictures = found.pictures.filter { !expected.pictures.contains($0) }
    let missing = expected.pictures.filter { !found.pictures.contains($0) }
    Issue.record(
      """
      seed \(seed)
      \(list)
      counts \(found.counts), expected \(expected.counts)
      rejected \(found.rejected), expected \(expected.rejected)
      \(told)
      pictures \(pictures)
      expected \(missing)
      """)
  }
}
