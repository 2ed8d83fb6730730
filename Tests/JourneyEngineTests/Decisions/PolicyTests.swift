import JourneyModel
import Testing

@testable import JourneyEngine

/// What the policy promises, checked over everything that is made (spec 3.6, 3.7).
@Suite struct PolicyTests {
  /// One run of a random policy: two customers who may turn out to be one.
  private final class World {
    var random: RandomPolicy
    let driver: Driver
    var ledgers: [Ledger]
    var areJoined = false
    private(set) var faults: [String] = []
    private(set) var log: [String] = []
    private(set) var made = 0
    private(set) var withdrawn = 0
    private static let people = ["email=e1", "cookie_id=k1"]

    init(seed: UInt64) {
      random = RandomPolicy(seed: seed)
      driver = Driver(random.plan)
      ledgers = [Ledger(random.plan), Ledger(random.plan)]
    }

    func run() throws {
      let clocks = random.clocks(random.dice.number(4...40))
      let joins = random.dice.oneIn(2) ? random.dice.number(0...(clocks.count - 1)) : -1
      for (number, clock) in clocks.enumerated() {
        driver.reach(clock)
        check(driver.take())
        if random.dice.oneIn(15) { try driver.restart() }
        if number == joins { join(at: clock) } else { tell(number, at: clock) }
        check(driver.take())
        checkOpen(at: clock)
      }
      driver.pass(to: (clocks.last ?? 0) + 5 * RandomPolicy.day)
      check(driver.take())
    }

    private func tell(_ number: Int, at clock: Int64) {
      let person = random.dice.number(0...1)
      let ledger = areJoined ? 0 : person
      let happening: Happening
      if random.dice.oneIn(2),
        let entry = ledgers[ledger].entries.randomElement(using: &random.dice)
      {
        happening = random.outcome(number, of: entry, at: clock, who: Self.people[person])
      } else {
        happening = random.happening(number, at: clock, who: Self.people[person])
      }
      log.append("at \(clock): \(happening)")
      note(happening, in: ledger)
      driver.tell(happening, at: clock)
    }

    private func note(_ happening: Happening, in ledger: Int) {
      let isReceipt = happening.outcome?.outcome.isReceipt ?? false
      if !isReceipt { ledgers[ledger].told.append(happening) }
      if let (id, outcome) = happening.outcome {
        ledgers[ledger].note(outcome, of: id, at: happening.time)
      }
    }

    private func join(at clock: Int64) {
      var link = Happening("link", at: clock - Int64(random.dice.number(0...86_400)) * 1000, "b")
      link.who = Self.people.joined(separator: " ")
      log.append("at \(clock): \(link)")
      ledgers[0].join(ledgers[1])
      areJoined = true
      note(link, in: 0)
      driver.tell(link, at: clock)
    }

    /// Goes through what was done, in order.
    private func check(_ effects: [Effect]) {
      for effect in effects {
        switch effect {
        case .made(let suggestion): check(suggestion)
        case .withdrawn(let suggestion): check(suggestion)
        case .decided, .identity, .gone: break
        }
      }
    }

    private func check(_ suggestion: SuggestionMade) {
      made += 1
      log.append(
        "  \(suggestion.time.milliseconds) made \(suggestion.rule) \(suggestion.channel) \(suggestion.id)"
      )
      let isFirst = suggestion.customer.identifiers.contains { $0.type == "email" }
      let ledger = areJoined || isFirst ? 0 : 1
      let entry = Ledger.Entry(
        id: suggestion.id, rule: suggestion.rule, channel: suggestion.channel,
        purpose: suggestion.purpose, made: suggestion.time.milliseconds,
        expires: suggestion.expires.milliseconds)
      ledgers[ledger].entries.append(entry)
      if let fault = ledgers[ledger].fault(of: entry) {
        faults.append("\(suggestion.id) made against \(fault)")
      }
    }

    private func check(_ suggestion: SuggestionWithdrawn) {
      withdrawn += 1
      log.append(
        "  \(suggestion.time.milliseconds) withdrawn \(suggestion.id) \(suggestion.reason)")
      for ledger in ledgers.indices {
        guard let index = ledgers[ledger].entries.firstIndex(where: { $0.id == suggestion.id })
        else { continue }
        let entry = ledgers[ledger].entries[index]
        if !ledgers[ledger].isOpen(entry, at: suggestion.time.milliseconds) {
          faults.append("\(suggestion.id) withdrawn when it was not open")
        }
        ledgers[ledger].entries[index].isWithdrawn = true
      }
    }

    /// No open suggestion ever stands where a gate would refuse it.
    private func checkOpen(at clock: Int64) {
      for ledger in areJoined ? [ledgers[0]] : ledgers {
        let now = max(clock, ledger.told.map(\.time).max() ?? clock)
        for entry in ledger.entries where entry.made <= now && ledger.isOpen(entry, at: now) {
          if !ledger.mayContact(entry.channel, entry.purpose) {
            faults.append("\(entry.id) is open without consent")
          }
          if ledger.isPaused(entry.rule, entry.channel, entry.purpose, at: now) {
            faults.append("\(entry.id) is open in a pause")
          }
        }
      }
    }
  }

  @Test func `nothing is made against consent, pause, cap, at_once, again_after or quiet hours`()
    throws
  {
    var made = 0
    var withdrawn = 0
    for seed in Dice.seeds(usual: 300) {
      let world = World(seed: seed)
      try world.run()
      made += world.made
      withdrawn += world.withdrawn
      guard world.faults.isEmpty else {
        Issue.record(
          """
          seed \(seed)
          \(world.faults.joined(separator: "\n"))
          \(world.driver.plan.contact)
          \(world.driver.plan.rules.map { "\($0)" }.joined(separator: "\n"))
          \(world.log.joined(separator: "\n"))
          """)
        return
      }
    }
    #expect(made > 0 && withdrawn > 0)
  }

  @Test func `the same input gives the same decisions`() throws {
    for seed in Dice.seeds(usual: 50) {
      let (once, again) = (World(seed: seed), World(seed: seed))
      try once.run()
      try again.run()
      #expect(once.log == again.log, "seed \(seed)")
    }
  }
}
