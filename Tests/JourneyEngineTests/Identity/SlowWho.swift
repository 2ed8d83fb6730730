import JourneyModel

@testable import JourneyEngine

/// Who is who, worked out from nothing after every arrival: all interactions in their order, all links from the start.
struct SlowWho {
  struct Identifier: Hashable, Comparable {
    var type: Int
    var value: String
    static func < (a: Identifier, b: Identifier) -> Bool {
      a.type != b.type ? a.type < b.type : a.value < b.value
    }
  }

  struct Visit {
    var key: OrderKey
    var identifiers: [Identifier]
    /// Which arrival it was.
    var number: Int
  }

  /// A customer as an identifier's, or an identifier's that stands for no one.
  struct Holder: Hashable {
    var identifier: Identifier
    var second: Bool
  }

  struct Customer {
    var id: CustomerID
    var identifiers: Set<Identifier>
    var visits: [Int]
  }

  let plan: IdentityPlan
  var visits: [Visit] = []
  var erased: [Identifier: OrderKey] = [:]
  var settled: [Identifier: OrderKey] = [:]

  private(set) var since: [Identifier: OrderKey] = [:]
  private(set) var groups: [Identifier: Int] = [:]
  private(set) var members: [Int: Set<Identifier>] = [:]
  private(set) var merges: [Int: Int] = [:]
  /// By arrival.
  private(set) var owners: [Int: CustomerID] = [:]
  private(set) var customers: [CustomerID: Customer] = [:]

  init(plan: IdentityPlan) { self.plan = plan }

  func isErased(_ visit: Visit) -> Bool {
    visit.identifiers.first.flatMap { erased[$0] }.map { visit.key <= $0 } ?? false
  }

  mutating func place(_ visit: Visit) {
    var visit = visit
    visit.identifiers.removeAll { each in erased[each].map { visit.key <= $0 } ?? false }
    visits.append(visit)
    run()
  }

  mutating func erase(_ visit: Visit) {
    var gone = Set(visit.identifiers)
    var targets: Set<Holder> = []
    for each in visit.identifiers {
      guard let group = groups[each] else { continue }
      if let time = since[each], visit.key >= time {
        targets.insert(Holder(identifier: each, second: true))
      } else {
        gone.formUnion(members[group] ?? [])
      }
    }
    for each in gone {
      erased[each] = max(erased[each] ?? visit.key, visit.key)
      if let time = since[each], time <= visit.key { settled[each] = time }
    }
    visits = visits.compactMap { old in
      guard old.key <= visit.key else { return old }
      let holder = holder(old)
      if gone.contains(holder.identifier) { return nil }
      var kept = old
      kept.identifiers.removeAll(where: gone.contains)
      return kept
    }
    run()
  }

  /// The identifier for which a visit counts.
  private func holder(_ visit: Visit) -> Holder {
    let stands = visit.identifiers.first { each in since[each].map { visit.key < $0 } ?? true }
    if let stands { return Holder(identifier: stands, second: false) }
    return Holder(identifier: visit.identifiers[0], second: true)
  }

  private mutating func run() {
    since = settled
    groups = [:]
    members = [:]
    merges = [:]
    var founded: Set<Int> = []
    visits.sort { a, b in
      a.key != b.key ? a.key < b.key : a.identifiers.lexicographicallyPrecedes(b.identifiers)
    }
    for visit in visits {
      for each in visit.identifiers where groups[each] == nil {
        groups[each] = groups.count
        members[groups.count - 1] = [each]
      }
      link(visit, founded)
      let owner = holder(visit)
      if !owner.second, let group = groups[owner.identifier] { founded.insert(group) }
    }
    collect()
  }

  private mutating func link(_ visit: Visit, _ founded: Set<Int>) {
    var again = true
    while again {
      again = false
      let live = visit.identifiers.filter { each in since[each].map { visit.key < $0 } ?? true }
      guard let strongest = live.first else { return }
      for other in live.dropFirst() {
        guard let a = groups[strongest], let b = groups[other], a != b else { continue }
        let both = (members[a] ?? []).union(members[b] ?? [])
        guard let isUnique = refusal(both) else {
          merges[a] =
            (merges[a] ?? 0) + (merges[b] ?? 0)
            + (founded.contains(a) && founded.contains(b) ? 1 : 0)
          members[a] = both
          members[b] = nil
          for each in both { groups[each] = a }
          continue
        }
        guard isUnique else { continue }
        guard let shared = [other, strongest].first(where: { plan.kinds[$0.type].shared }) else {
          continue
        }
        since[shared] = visit.key
        if shared == strongest {
          again = true
          break
        }
      }
    }
  }

  private func refusal(_ both: Set<Identifier>) -> Bool? {
    for (type, kind) in plan.kinds.enumerated() where kind.unique {
      if both.count(where: { $0.type == type }) > 1 { return true }
    }
    for (type, kind) in plan.kinds.enumerated() {
      if both.count(where: { $0.type == type }) > kind.limit { return false }
    }
    return nil
  }

  private mutating func collect() {
    owners = [:]
    customers = [:]
    var ids: [Holder: CustomerID] = [:]
    for visit in visits {
      let life = holder(visit)
      var place = life
      if !life.second, let group = groups[life.identifier] {
        place.identifier = members[group]?.min() ?? life.identifier
      }
      let id = ids[place] ?? id(of: life)
      if ids[place] == nil {
        ids[place] = id
        let all = life.second ? [life.identifier] : members[groups[life.identifier] ?? -1] ?? []
        customers[id] = Customer(id: id, identifiers: all, visits: [])
      }
      owners[visit.number] = id
      customers[id]?.visits.append(visit.number)
    }
  }

  private func id(of holder: Holder) -> CustomerID {
    var text = Array(plan.kinds[holder.identifier.type].name.utf8) + [0]
    text += Array(holder.identifier.value.utf8)
    if holder.second { text += [0, 1] }
    return CustomerID(stableHash(text))
  }
}
