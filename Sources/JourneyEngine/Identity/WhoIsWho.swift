package import JourneyModel

/// Who is who: identifiers, what links them, and the customers that come of it (spec 3.3).
///
/// Links count in the order of their interactions, not of arrival. Pure and synchronous; one owner.
package final class WhoIsWho {
  let plan: IdentityPlan
  let names: NameTable
  let keep: TimeSpan
  /// Whether ``changes`` is filled.
  package var collectsChanges = false
  package internal(set) var changes: [IdentityChange] = []
  package internal(set) var regroup = Regroup()

  struct Identifier: Hashable, Comparable {
    var type: UInt16
    var value: [UInt8]
    static func < (a: Identifier, b: Identifier) -> Bool {
      a.type != b.type ? a.type < b.type : a.value.lexicographicallyPrecedes(b.value)
    }
  }
  struct Record {
    var key: OrderKey
    var identifiers: [Int]
    var group: Int
    /// Whose it was when the links were last run through.
    var owner: CustomerRef?
    var stem: StemRef?
  }
  struct Life: Hashable {
    var identifier: Int
    var second: Bool
  }
  struct Customer {
    var id: CustomerID
    var first: OrderKey
    var lives: Set<Life>
    var stems: Set<StemRef>
    var aliases: [CustomerID]
  }

  var identifiers: [Identifier] = []
  var indices: [Identifier: Int] = [:]
  /// Strongest identifiers of interactions; those before the first unshared one, and it.
  var groups: [[Int]] = []
  var groupIndices: [[Int]: Int] = [:]
  var records: [Record] = []
  var ambiguous: [Int: OrderKey] = [:]
  var settled: [Int: OrderKey] = [:]
  var erasures: [Identifier: OrderKey] = [:]
  var seen: [Int: OrderKey] = [:]
  var used: Set<Life> = []
  var component: [Int] = []
  var customers: [CustomerRef: Customer] = [:]
  var holders: [Life: CustomerRef] = [:]
  var nextRef: UInt32 = 0

  package init(plan: IdentityPlan, names: NameTable, keep: TimeSpan) {
    self.plan = plan
    self.names = names
    self.keep = keep
  }

  package var customerCount: Int { customers.count }

  /// Finds or founds the customer of an interaction and applies its links.
  package func place(_ interaction: borrowing Interaction, now: Moment) -> Placement {
    var key = OrderKey(of: interaction, names: names)
    key.time = max(key.time, now - keep)
    var list: [Int] = []
    for each in values(of: interaction) {
      if let through = erasures[each], key <= through { continue }
      list.append(index(each))
    }
    if list.isEmpty { list = values(of: interaction).prefix(1).map(index) }
    for each in list { seen[each] = max(seen[each] ?? key, key) }
    let group = group(of: list)
    let record = Record(key: key, identifiers: list, group: group)
    let at = records.firstIndex { precedes(record, $0) } ?? records.count
    records.insert(record, at: at)
    let before = Set(customers.keys)
    runThrough()
    let stem = resolve(stem(group, life: 0), at: key)
    let customer = customer(of: stem)
    return Placement(
      customer: customer, stem: stem, time: key.time, isNew: !before.contains(customer),
      regrouped: !regroup.isEmpty)
  }

  /// The customer that the identifiers of a receipt name, without linking or founding anything.
  package func find(_ interaction: borrowing Interaction) -> Placement? {
    let key = OrderKey(of: interaction, names: names)
    for each in values(of: interaction) {
      guard let index = indices[each] else { continue }
      let second = ambiguous[index].map { key >= $0 } ?? false
      let life = Life(identifier: index, second: second)
      let holder = second ? life : Life(identifier: component[index], second: false)
      guard let customer = holders[holder] else { continue }
      return Placement(
        customer: customer, stem: StemRef(UInt32(index * 2 + (second ? 1 : 0))), time: key.time,
        isNew: false, regrouped: false)
    }
    return nil
  }

  /// Whether a late interaction is of something erased: its strongest identifier was, later than it happened.
  package func isErased(_ interaction: borrowing Interaction) -> Bool {
    guard let strongest = values(of: interaction).first, let through = erasures[strongest] else {
      return false
    }
    return OrderKey(of: interaction, names: names) <= through
  }

  /// Forgets all customers that the identifiers name, and what is older with them.
  package func erase(_ interaction: borrowing Interaction, now: Moment) -> Regroup {
    let key = OrderKey(of: interaction, names: names)
    let named = values(of: interaction)
    var targets: Set<Life> = []
    var gone = Set(named.compactMap { indices[$0] })
    for index in gone {
      let second = ambiguous[index].map { key >= $0 } ?? false
      targets.insert(Life(identifier: second ? index : component[index], second: second))
    }
    for target in targets {
      guard !target.second else { continue }
      gone.formUnion(component.indices.filter { component[$0] == target.identifier })
    }
    for index in gone {
      erasures[identifiers[index]] = max(erasures[identifiers[index]] ?? key, key)
      if let since = ambiguous[index], since <= key { settled[index] = since }
      if let last = seen[index], last <= key { seen[index] = nil }
    }
    for value in named { erasures[value] = max(erasures[value] ?? key, key) }
    var kept: [Record] = []
    var losing: Set<CustomerRef> = []
    for record in records {
      guard record.key <= key else {
        kept.append(record)
        continue
      }
      let life = life(of: resolve(stem(record.group, life: 0), at: record.key))
      if gone.contains(life.identifier) {
        if let owner = record.owner { losing.insert(owner) }
        continue
      }
      var record = record
      record.identifiers.removeAll { gone.contains($0) }
      kept.append(record)
    }
    records = kept
    let erased = gone.flatMap {
      [Life(identifier: $0, second: false), Life(identifier: $0, second: true)]
    }
    used.subtract(erased)
    runThrough(losing: losing)
    for group in groups.indices {
      for life in 0...groups[group].count {
        let stem = stem(group, life: life)
        guard gone.contains(self.life(of: stem).identifier) else { continue }
        regroup.erased.append(Regroup.Erased(stem: stem, through: key))
      }
    }
    return regroup
  }

  /// Forgets a customer without a word: one that was anonymous and silent for long.
  package func forget(_ customer: CustomerRef) {
    guard let lives = customers[customer]?.lives else { return }
    let gone = Set(lives.map(\.identifier))
    records.removeAll { lives.contains(life(of: resolve(stem($0.group, life: 0), at: $0.key))) }
    for index in gone where lives.contains(Life(identifier: index, second: false)) {
      seen[index] = nil
    }
    used.subtract(lives)
    runThrough()
  }

  /// Takes what ``changes`` holds.
  package func drainChanges() -> [IdentityChange] {
    defer { changes = [] }
    return changes
  }
}
