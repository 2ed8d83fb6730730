internal import JourneyModel

// Running through the links in their order.
extension WhoIsWho {
  /// Works out the partition anew and what it changes.
  func runThrough(losing: Set<CustomerRef> = []) {
    regroup = Regroup()
    let old = customers
    component = Array(identifiers.indices)
    ambiguous = settled
    var founders: [Int: (OrderKey, Life)] = [:]
    var stems: [Life: Set<StemRef>] = [:]
    for record in records {
      link(record)
      let stem = resolve(stem(record.group, life: 0), at: record.key)
      let life = life(of: stem)
      stems[life, default: []].insert(stem)
      if !life.second, founders[life.identifier] == nil {
        founders[life.identifier] = (record.key, life)
      }
      if life.second, founders[-1 - life.identifier] == nil {
        founders[-1 - life.identifier] = (record.key, life)
      }
    }
    var found: [Life: Customer] = [:]
    for (_, founder) in founders {
      let place = holder(founder.1)
      if let known = found[place], known.first < founder.0 { continue }
      found[place] = Customer(
        id: id(of: founder.1), first: founder.0, lives: [], stems: [], aliases: [])
    }
    for index in identifiers.indices {
      found[holder(Life(identifier: index, second: false))]?.lives.insert(
        Life(identifier: index, second: false))
      found[Life(identifier: index, second: true)]?.lives.insert(
        Life(identifier: index, second: true))
    }
    for (life, list) in stems { found[holder(life)]?.stems.formUnion(list) }
    settle(found, old: old, losing: losing)
  }

  private func link(_ record: Record) {
    var live = record.identifiers
    var again = true
    while again {
      again = false
      live.removeAll { ambiguous[$0].map { record.key >= $0 } ?? false }
      guard let strongest = live.first else { return }
      for other in live.dropFirst() where component[strongest] != component[other] {
        guard let unique = refusal(strongest, other) else {
          let (from, to) = (component[other], component[strongest])
          for index in component.indices where component[index] == from { component[index] = to }
          continue
        }
        guard unique, let shared = [other, strongest].first(where: isShared) else { continue }
        ambiguous[shared] = record.key
        if shared == strongest {
          again = true
          break
        }
      }
    }
  }

  /// Nil where two may be linked, else whether it is for a unique type.
  private func refusal(_ a: Int, _ b: Int) -> Bool? {
    var counts: [UInt16: Int] = [:]
    for index in component.indices
    where component[index] == component[a] || component[index] == component[b] {
      counts[identifiers[index].type, default: 0] += 1
    }
    if counts.contains(where: { plan.kinds[Int($0.key)].unique && $0.value > 1 }) { return true }
    return counts.contains { $0.value > plan.kinds[Int($0.key)].limit } ? false : nil
  }

  /// Gives the new customers their handles and tells how the former ones went into them.
  private func settle(
    _ found: [Life: Customer], old: [CustomerRef: Customer], losing: Set<CustomerRef>
  ) {
    customers = [:]
    holders = [:]
    var handles: [CustomerID: CustomerRef] = [:]
    for (ref, customer) in old { handles[customer.id] = ref }
    for (life, customer) in found {
      let ref = handles[customer.id] ?? CustomerRef(nextRef)
      if ref.rawValue == nextRef { nextRef += 1 }
      customers[ref] = customer
      holders[life] = ref
      used.formUnion(customer.lives.filter { id(of: $0) == customer.id })
    }
    for life in used {
      let other = Life(identifier: life.identifier, second: !life.second)
      let holds = [life, other].first { each in
        holders[holder(each)].map {
          customers[$0]?.stems.contains { self.life(of: $0) == each } ?? false
        }
          ?? false
      }
      guard let holds, let ref = holders[holder(holds)] else { continue }
      let alias = id(of: life)
      if customers[ref]?.id != alias, customers[ref]?.aliases.contains(alias) == false {
        customers[ref]?.aliases.append(alias)
      }
    }
    for ref in customers.keys { customers[ref]?.aliases.sort() }
    compare(old, losing: losing)
  }

  /// Fills ``regroup``.
  private func compare(_ old: [CustomerRef: Customer], losing: Set<CustomerRef>) {
    var affected = losing.union(old.keys.filter { customers[$0] == nil })
    var parts: [CustomerRef: Set<CustomerRef>] = [:]
    for at in records.indices {
      let stem = resolve(stem(records[at].group, life: 0), at: records[at].key)
      let owner = customer(of: stem)
      if let former = records[at].owner {
        parts[former, default: []].insert(owner)
        if former != owner || records[at].stem != stem { affected.formUnion([former, owner]) }
      }
      records[at].owner = owner
      records[at].stem = stem
    }
    let former = old.filter { affected.contains($0.key) }
      .sorted { $0.value.first < $1.value.first }
    guard !former.isEmpty else { return }
    var current: Set<CustomerRef> = []
    for (ref, customer) in former {
      regroup.former.append(
        Regroup.Former(customer: ref, id: customer.id, aliases: customer.aliases))
      let into = (parts[ref] ?? []).compactMap { ref in customers[ref].map { (ref, $0) } }
        .sorted { $0.1.first < $1.1.first }
      current.formUnion(into.map(\.0))
      for newer in into.dropFirst() {
        regroup.divided.append(Regroup.Divided(older: into[0].1.id, newer: newer.1.id))
      }
      for (_, customer) in into where customers.values.contains(where: { $0.id == customer.id }) {
        if former.contains(where: { $0.value.id == customer.id }), customer.id != old[ref]?.id,
          into.count == 1
        {
          regroup.merged.append(
            Regroup.Merged(survivor: customer.id, loser: old[ref]?.id ?? customer.id))
        }
      }
    }
    regroup.current = current.sorted { $0.rawValue < $1.rawValue }
  }
}
