import JourneyModel
import Testing

@testable import JourneyEngine

/// A small, fast generator whose seed is printed where a test fails.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Does with its items what ``Regroup`` asks an engine to do.
struct FollowingEngine {
  struct Item {
    var number: Int
    var stem: StemRef
    var key: OrderKey
  }
  var items: [CustomerRef: [Item]] = [:]

  mutating func follow(_ who: WhoIsWho) {
    let regroup = who.regroup
    guard !regroup.isEmpty else { return }
    var taken: [Item] = []
    for former in regroup.former { taken += items.removeValue(forKey: former.customer) ?? [] }
    for var item in taken where !regroup.isErased(item.stem, at: item.key) {
      item.stem = who.resolve(item.stem, at: item.key)
      items[who.customer(of: item.stem), default: []].append(item)
    }
  }

  mutating func add(_ item: Item, to customer: CustomerRef) {
    items[customer, default: []].append(item)
  }
}

@Suite struct IdentityPropertyTests {
  /// Shared types below the others, as most will have them, and above some of them.
  static let plans: [[IdentityPlan.Kind]] = [
    [
      .init("customer_id", unique: true), .init("email", limit: 2), .init("phone", limit: 2),
      .init("cookie_id", shared: true, limit: 2), .init("device_id", shared: true, limit: 2),
    ],
    [
      .init("customer_id", unique: true), .init("device_id", shared: true, limit: 3),
      .init("contract", unique: true), .init("email", limit: 2),
      .init("cookie_id", shared: true, limit: 3),
    ],
    [
      .init("customer_id", unique: true), .init("email", limit: 5), .init("phone", limit: 5),
      .init("cookie_id", shared: true, limit: 20),
    ],
  ]
  static let seeds: UInt64 = 250
  var visits = Visits(plans[0])

  private func random(_ dice: inout Dice, count: Int, identifiersMax: Int) -> [Interaction] {
    visits.random(&dice, count: count, identifiersMax: identifiersMax)
  }

  private func slow(_ interaction: Interaction, _ number: Int) -> SlowWho.Visit {
    SlowWho.Visit(
      key: OrderKey(of: interaction, names: visits.names),
      identifiers: interaction.identifiers.map {
        SlowWho.Identifier(type: Int($0.type.rawValue), value: interaction.text($0.value))
      }, number: number)
  }

  /// Feeds both and compares after each arrival; false at the first difference.
  private func agrees(
    _ interactions: [Interaction], _ seed: UInt64, bounds: WhoIsWho.Bounds = .init()
  )
    -> Bool
  {
    let who = WhoIsWho(plan: visits.plan, names: visits.names, keep: .days(90), bounds: bounds)
    who.collectsRows = true
    var oracle = SlowWho(plan: visits.plan)
    var engine = FollowingEngine()
    var keys: [Int: (StemRef, OrderKey)] = [:]
    for (number, interaction) in interactions.enumerated() {
      let visit = slow(interaction, number)
      if interaction.erase {
        who.erase(interaction, now: Moment(0))
        oracle.erase(visit)
        engine.follow(who)
      } else {
        guard who.isErased(interaction) == oracle.isErased(visit) else {
          return fail(seed, number, "erased", interactions)
        }
        if oracle.isErased(visit) { continue }
        let before = Set(oracle.customers.keys)
        let placed = who.place(interaction, now: Moment(0))
        oracle.place(visit)
        engine.follow(who)
        engine.add(.init(number: number, stem: placed.stem, key: visit.key), to: placed.customer)
        keys[number] = (placed.stem, visit.key)
        let isNew = !placed.regrouped && !before.contains(who.id(of: placed.customer))
        if !placed.regrouped, placed.isNew != isNew {
          return fail(seed, number, "isNew", interactions)
        }
      }
      if let problem = who.checkInvariants() { return fail(seed, number, problem, interactions) }
      if let problem = compare(who, oracle, engine) {
        return fail(seed, number, problem, interactions)
      }
    }
    return true
  }

  private func compare(_ who: WhoIsWho, _ oracle: SlowWho, _ engine: FollowingEngine) -> String? {
    if who.customerCount != oracle.customers.count {
      return "\(who.customerCount) customers, not \(oracle.customers.count)"
    }
    var kept = 0
    for (customer, items) in engine.items {
      for item in items {
        kept += 1
        guard let owner = oracle.owners[item.number] else { return "item \(item.number) is erased" }
        if who.id(of: customer) != owner {
          return "item \(item.number): \(who.id(of: customer)) for \(owner)"
        }
        let stem = who.resolve(item.stem, at: item.key)
        if stem != item.stem { return "item \(item.number) has another stem" }
        if who.customer(of: stem) != customer { return "item \(item.number) is elsewhere" }
      }
    }
    if kept != oracle.owners.count { return "\(kept) items, not \(oracle.owners.count)" }
    for (id, customer) in oracle.customers {
      guard let ref = who.lookup(id) else { return "no \(id)" }
      if who.id(of: ref) != id { return "\(id) is an alias" }
      var found: Set<SlowWho.Identifier> = []
      for each in who.identifiers(of: ref) {
        let type = visits.plan.kinds.firstIndex { $0.name == each.type } ?? -1
        for value in each.values { found.insert(.init(type: type, value: value)) }
      }
      if found != customer.identifiers { return "\(id) has \(found), not \(customer.identifiers)" }
    }
    return nil
  }

  private func fail(_ seed: UInt64, _ number: Int, _ problem: String, _ all: [Interaction]) -> Bool
  {
    let list = all.prefix(number + 1).map { each in
      let ids = each.identifiers.map { "\($0.type.rawValue):\(each.text($0.value))" }
      return
        "\(each.time.milliseconds) \(visits.names.text(each.source)) \(each.text(each.id)) \(ids)\(each.erase ? " erase" : "")"
    }
    Issue.record("seed \(seed), arrival \(number): \(problem)\n\(list.joined(separator: "\n"))")
    return false
  }

  @Test(arguments: plans.indices)
  mutating func `after every arrival it is as if all had been run through in order`(_ plan: Int) {
    visits = Visits(Self.plans[plan])
    for seed in 0..<Self.seeds {
      var dice = Dice(state: seed)
      let count = Int.random(in: 2...14, using: &dice)
      guard agrees(random(&dice, count: count, identifiersMax: plan == 2 ? 4 : 3), seed) else {
        return
      }
    }
  }

  @Test(arguments: plans.indices)
  mutating func `after an erasure it is as if what was older had never been`(_ plan: Int) {
    visits = Visits(Self.plans[plan])
    for seed in 0..<Self.seeds {
      var dice = Dice(state: seed)
      var list: [Interaction] = []
      var now: Int64 = 0
      for visit in random(&dice, count: Int.random(in: 4...14, using: &dice), identifiersMax: 3) {
        now = max(now, visit.time.milliseconds)
        list.append(visit)
        guard Int.random(in: 0..<4, using: &dice) == 0 else { continue }
        var erase = random(&dice, count: 1, identifiersMax: 2)[0]
        erase.time = Moment(now)
        erase.source = visits.names.intern("z") ?? .any
        erase.erase = true
        list.append(erase)
      }
      guard agrees(list, seed) else { return }
    }
  }

  @Test(arguments: plans.indices)
  mutating func `every order of arrival ends in the same customers`(_ plan: Int) {
    visits = Visits(Self.plans[plan])
    for seed in 0..<Self.seeds / 2 {
      var dice = Dice(state: seed)
      var list = random(&dice, count: 10, identifiersMax: 3)
      var pictures: Set<[String]> = []
      for _ in 0..<6 {
        let who = visits.whoIsWho()
        for each in list { _ = who.place(each, now: Moment(0)) }
        let owners = list.map { each in
          who.known(each).map {
            "\(each.text(each.id)) \(who.id(of: $0.customer)) \(who.identifiers(of: $0.customer))"
          }
            ?? "nobody"
        }
        pictures.insert(owners.sorted())
        list.shuffle(using: &dice)
      }
      guard pictures.count == 1 else {
        Issue.record("seed \(seed): \(pictures)")
        return
      }
    }
  }

  @Test(arguments: plans.indices)
  mutating func `an erasure told late takes what was older and leaves the rest`(_ plan: Int) {
    visits = Visits(Self.plans[plan])
    for seed in 0..<Self.seeds {
      var dice = Dice(state: seed)
      let who = visits.whoIsWho()
      var engine = FollowingEngine()
      var alive: [Int: OrderKey] = [:]
      for number in 0..<Int.random(in: 4...20, using: &dice) {
        var visit = random(&dice, count: 10, identifiersMax: 3)[0]
        visit.erase = Int.random(in: 0..<5, using: &dice) == 0
        let key = OrderKey(of: visit, names: visits.names)
        if visit.erase {
          let before = engine.items.values.flatMap { $0 }
          who.erase(visit, now: Moment(0))
          engine.follow(who)
          let after = Set(engine.items.values.flatMap { $0.map(\.number) })
          for item in before where !after.contains(item.number) {
            if item.key > key { Issue.record("seed \(seed): \(number) took what was newer") }
            alive[item.number] = nil
          }
          if let found = who.known(visit), who.lookup(who.id(of: found.customer)) == found.customer,
            engine.items[found.customer, default: []].allSatisfy({ $0.key <= key })
          {
            Issue.record("seed \(seed): \(number) left somebody with nothing newer")
          }
        } else if !who.isErased(visit) {
          let placed = who.place(visit, now: Moment(0))
          engine.follow(who)
          engine.add(.init(number: number, stem: placed.stem, key: key), to: placed.customer)
          alive[number] = key
        }
        let misplaced = engine.items.contains { customer, items in
          items.contains { who.customer(of: who.resolve($0.stem, at: $0.key)) != customer }
        }
        let held = engine.items.filter { !$0.value.isEmpty }.count
        if let problem = who.checkInvariants() ?? (misplaced ? "misplaced" : nil)
          ?? (held != who.customerCount ? "\(held) hold, \(who.customerCount) counted" : nil)
        {
          Issue.record("seed \(seed), arrival \(number): \(problem)")
          return
        }
      }
      #expect(
        Set(engine.items.values.flatMap { $0.map(\.number) }) == Set(alive.keys), "seed \(seed)")
    }
  }

  @Test(arguments: [false, true])
  mutating func `nothing grows beyond its bounds`(_ isInOrder: Bool) {
    var bounds = WhoIsWho.Bounds()
    (bounds.identifiers, bounds.merges, bounds.household, bounds.refused) = (4, 2, 7, 2)
    for seed in 0..<Self.seeds {
      var dice = Dice(state: seed)
      let who = WhoIsWho(plan: visits.plan, names: visits.names, keep: .days(90), bounds: bounds)
      var engine = FollowingEngine()
      var list = random(&dice, count: 30, identifiersMax: 4)
      if isInOrder { list.sort { $0.time < $1.time } }
      for (number, visit) in list.enumerated() {
        var visit = visit
        if isInOrder { visit.time = Moment(Int64(number)) }
        let placed = who.place(visit, now: Moment(0))
        engine.follow(who)
        let key = OrderKey(of: visit, names: visits.names)
        engine.add(.init(number: number, stem: placed.stem, key: key), to: placed.customer)
        var problem = who.checkInvariants() ?? who.beyondBounds(isInOrder: isInOrder)
        if engine.items.filter({ !$0.value.isEmpty }).count != who.customerCount {
          problem = "customers"
        }
        if let problem {
          Issue.record("seed \(seed), arrival \(number): \(problem)")
          return
        }
      }
    }
  }
}

extension WhoIsWho {
  /// What is beyond the bounds, if anything; customers can be where late interactions reorder older links.
  fileprivate func beyondBounds(isInOrder: Bool) -> String? {
    for index in 1..<identifiers.end where identifiers[index].valueCount > 0 {
      let record = identifiers[index]
      if households[record.household].size > bounds.household { return "household" }
      guard isInOrder else { continue }
      if components[record.component].size > bounds.identifiers { return "identifiers" }
      let merges = components[record.component].merges
      if merges != ComponentRecord.unknownMerges, merges > bounds.merges { return "merges" }
      if record.refused > bounds.refused { return "refused" }
    }
    return nil
  }
}
