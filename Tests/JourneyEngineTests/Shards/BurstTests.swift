import JourneyModel
import Testing

@testable import JourneyEngine

/// Very many deadlines at one moment do not have to be in memory all at once.
@Suite struct BurstTests {
  private static let people = 600
  private static let hour = TimeSpan.hours(1).milliseconds

  private static func plan() -> Plan {
    var plan = RandomLives.plan(keep: .days(30))
    plan.catalogue.channels = [.init("mail", side: .online)]
    plan.contact.consent = [.init(purpose: "service", rule: .implied)]
    plan.history.forgetAnonymousAfter = .days(6)
    var silent = StepPlan.Unseen(MatcherPlan(["z"]))
    silent.span = .hours(30)
    var rule = RulePlan(
      name: "silent", steps: [.seen(.init(MatcherPlan(["a"]))), .unseen(silent)],
      touchpoint: "silent", channels: ["mail"])
    rule.purpose = "service"
    rule.expires = .days(1)
    plan.rules = [rule]
    return plan
  }

  private final class Run {
    let engine: Engine
    let memory = RowMemory()
    private(set) var made: Set<SuggestionID> = []
    private(set) var heldMost = 0

    init(_ crew: (any Crew)?) {
      let plan = BurstTests.plan()
      engine = Engine(plan: plan, names: NameTable(), collects: [.rows], crew: crew)
      engine.recall(from: memory)
      for number in 0..<BurstTests.people {
        var happening = Happening("i\(number)", at: 0)
        happening.who = number % 3 == 0 ? "cookie_id=k\(number)" : "customer_id=C\(number)"
        _ = engine.handle(happening.interaction(plan.identity, engine.names), at: Moment(0))
      }
      commit()
    }

    func commit() {
      engine.finishGroup()
      heldMost = max(heldMost, engine.customersHeld)
      made.formUnion(engine.effects.compactMap(\.made))
      engine.effects.removeAll()
      memory.take(engine.takeChangedRows())
      engine.letGo(to: 0)
    }

    /// Fires what is due before a moment, some at a time; how many at most.
    func advance(to moment: Int64, atMost most: Int) -> Int {
      heldMost = 0
      var firedMost = 0
      while let next = engine.nextDeadline, next < Moment(moment) {
        let bound = next + engine.plan.time.grace + TimeSpan(1)
        firedMost = max(firedMost, engine.advance(to: bound, inclusive: false, atMost: most))
        commit()
      }
      return firedMost
    }
  }

  @Test(arguments: [1, 2])
  func `of very many deadlines of one moment some are fired at a time, and in the end all`(
    workers: Int
  ) {
    let crew = workers > 1 ? ChanceCrew(workers, Dice(state: 7)) : nil
    let run = Run(crew)
    #expect(run.engine.customersHeld <= workers)
    #expect(run.advance(to: 40 * Self.hour, atMost: 50) <= 50 * workers)
    #expect(run.made.count == Self.people)
    #expect(run.heldMost <= 150)
    // The anonymous ones are forgotten so as well.
    _ = run.advance(to: 200 * Self.hour, atMost: 50)
    #expect(run.engine.customerCount == Self.people * 2 / 3 && run.heldMost <= 150)
    #expect(!run.engine.hasLost)
  }
}
