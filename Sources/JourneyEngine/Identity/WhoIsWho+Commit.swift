internal import JourneyModel

// What a run came to takes the place of what was, and the difference is told.
extension WhoIsWho {
  func commit(_ household: UInt32) {
    findFounders()
    assignComponents()
    let moves = findMoves()
    let affected = captureAffected(moves)
    if let noted = arrival.noted {
      let owner = newOwner(noted, arrival.key)
      arrival.isNew = !moves.contains { $0.new == owner }
    }
    let before = regroup.former.count
    writeComponents()
    writeSplits()
    writeStates(household)
    tell(moves, affected, formerBefore: before)
    for index in run.members { identifiers[index].ran = question }
    divideHousehold(household)
    for index in run.members where identifiers[index].uses == 0 { collect(index) }
  }

  // MARK: founders

  private func findFounders() {
    let count = run.members.count
    run.founder.removeAll(keepingCapacity: true)
    run.secondFirst.removeAll(keepingCapacity: true)
    for at in 0..<count {
      run.first[at] = .none
      run.founder.append(-1)
      run.secondFirst.append(.none)
    }
    for (at, index) in run.members.enumerated() {
      offer(.plain(index), identifiers[index].first, at)
      offer(.plain(index), identifiers[index].last, at)
    }
    for event in run.events where event.isBundle {
      offer(.bundle(event.number), bundles[event.number].first, 0)
      offer(.bundle(event.number), bundles[event.number].last, 0)
    }
  }

  /// Takes an interaction for the first of its customer where it is.
  private func offer(_ noted: Noted, _ key: Key, _ at: Int) {
    guard !key.isNone else { return }
    let (member, second) = newLife(noted, key)
    if second {
      let known = run.secondFirst[member]
      if known.isNone || precedes(key, known) { run.secondFirst[member] = key }
      return
    }
    let label = Int(run.label[member])
    let known = run.first[label]
    if !known.isNone {
      let order = order(key, known)
      guard order <= 0 else { return }
      let (a, b) = (run.members[member], run.members[Int(run.founder[label])])
      if order == 0, a == b || id(of: a, second: false) >= id(of: b, second: false) { return }
    }
    run.first[label] = key
    run.founder[label] = Int32(member)
  }

  /// The member for which an interaction counts, and whether it then stands for no one.
  private func newLife(_ noted: Noted, _ key: Key) -> (member: Int, second: Bool) {
    switch noted {
    case .plain(let index):
      let at = Int(identifiers[index].mark)
      return (at, isAmbiguousInRun(at, key))
    case .bundle(let bundle):
      for place in 0..<Int(bundles[bundle].lives) {
        let index = member(bundle, place)
        if index != 0, !isAmbiguousInRun(Int(identifiers[index].mark), key) {
          return (Int(identifiers[index].mark), false)
        }
      }
      return (Int(identifiers[strongest(bundle)].mark), true)
    }
  }

  private func newOwner(_ noted: Noted, _ key: Key) -> UInt32 {
    let (member, second) = newLife(noted, key)
    return second
      ? run.component[run.members.count + member] : run.component[Int(run.label[member])]
  }

  private func oldOwner(_ noted: Noted, _ key: Key) -> UInt32 {
    component(of: stem(of: noted, at: key))
  }

  // MARK: components

  /// A former customer's handle goes on where its founding identifier does.
  private func assignComponents() {
    let count = run.members.count
    run.component = Array(repeating: 0, count: count * 2)
    run.claimed.removeAll(keepingCapacity: true)
    for label in 0..<count where run.founder[label] >= 0 {
      let founder = run.members[Int(run.founder[label])]
      let old = identifiers[founder].component
      if !components[old].first.isNone, components[old].founder == founder { claim(old, label) }
    }
    for label in 0..<count where run.founder[label] >= 0 && run.component[label] == 0 {
      claim(identifiers[run.members[Int(run.founder[label])]].component, label)
    }
    for wantsFounded in [true, false] {
      for at in 0..<count {
        let label = Int(run.label[at])
        guard run.component[label] == 0, (run.founder[label] >= 0) == wantsFounded else { continue }
        claim(identifiers[run.members[at]].component, label)
      }
    }
    for at in 0..<count {
      let label = Int(run.label[at])
      if run.component[label] == 0 { run.component[label] = components.take() }
      guard !run.secondFirst[at].isNone else { continue }
      let split = identifiers[run.members[at]].split
      let old = split == 0 ? 0 : splits[split].component
      run.component[count + at] = old != 0 ? old : components.take()
    }
  }

  private func claim(_ component: UInt32, _ label: Int) {
    if run.claimed.insert(component).inserted { run.component[label] = component }
  }

  // MARK: moves

  private func findMoves() -> [HouseholdRun.Move] {
    var moves: [HouseholdRun.Move] = []
    for (at, index) in run.members.enumerated() {
      let isArriving = arrival.isNoted(plain: index)
      let first = isArriving ? arrival.oldFirst : identifiers[index].first
      let last = isArriving ? arrival.oldLast : identifiers[index].last
      guard !first.isNone else { continue }
      addMove(.plain(index), first, &moves)
      addMove(.plain(index), last, &moves)
      addBetween(at, first, last, &moves)
    }
    for event in run.events where event.isBundle {
      let isArriving = arrival.isNoted(bundle: event.number)
      let first = isArriving ? arrival.oldFirst : bundles[event.number].first
      let last = isArriving ? arrival.oldLast : bundles[event.number].last
      guard !first.isNone else { continue }
      addMove(.bundle(event.number), first, &moves)
      addMove(.bundle(event.number), last, &moves)
    }
    return moves
  }

  private func addMove(_ noted: Noted, _ key: Key, _ moves: inout [HouseholdRun.Move]) {
    let (old, new) = (oldOwner(noted, key), newOwner(noted, key))
    add(old, new, &moves)
    // The tag changes even where the customer does not.
    if case .bundle(let bundle) = noted, old == new,
      bundleStem(bundle, at: key) != newStem(bundle, key)
    {
      run.forced.insert(old)
    }
  }

  private func newStem(_ bundle: UInt32, _ key: Key) -> Stem {
    var life = Int(bundles[bundle].lives)
    for place in 0..<life {
      let index = member(bundle, place)
      if index != 0, !isAmbiguousInRun(Int(identifiers[index].mark), key) {
        life = place
        break
      }
    }
    return .bundle(bundle, life: UInt32(life))
  }

  private func add(_ old: UInt32, _ new: UInt32, _ moves: inout [HouseholdRun.Move]) {
    guard old != 0, new != 0 else { return }
    if !moves.contains(where: { $0.old == old && $0.new == new }) {
      moves.append(HouseholdRun.Move(old: old, new: new))
    }
  }

  /// Where the time moved from which on it stands for no one, what lies between may go with it.
  private func addBetween(
    _ at: Int, _ first: Key, _ last: Key, _ moves: inout [HouseholdRun.Move]
  ) {
    let index = run.members[at]
    let split = identifiers[index].split
    let (old, new) = (split == 0 ? Key.none : splits[split].since, run.since[at])
    if old.isNone && new.isNone || (!old.isNone && !new.isNone && order(old, new) == 0) { return }
    let (label, count) = (Int(run.label[at]), run.members.count)
    if !new.isNone, old.isNone || precedes(new, old), !precedes(last, new) {
      if old.isNone || precedes(first, old) {
        add(identifiers[index].component, run.component[count + at], &moves)
      }
    } else if !old.isNone, !precedes(last, old), new.isNone || precedes(first, new) {
      add(splits[split].component, run.component[label], &moves)
    }
  }

  /// Remembers all former customers whose data moves or whose id changes, as they were.
  private func captureAffected(_ moves: [HouseholdRun.Move]) -> Set<UInt32> {
    var affected = run.forced
    for move in moves where move.old != move.new { affected.formUnion([move.old, move.new]) }
    let count = run.members.count
    for at in 0..<count {
      let index = run.members[at]
      let old = identifiers[index].component
      if !run.claimed.contains(old) { affected.insert(old) }
      let label = Int(run.label[at])
      let new = run.component[label]
      if run.founder[label] >= 0, !components[new].first.isNone,
        components[new].founder != run.members[Int(run.founder[label])]
      {
        affected.insert(new)
      }
      if run.founder[label] < 0 { affected.insert(new) }
      let split = identifiers[index].split
      guard split != 0, splits[split].component != 0 else { continue }
      if run.component[count + at] == 0 { affected.insert(splits[split].component) }
    }
    for component in affected.sorted(by: { components[$0].id < components[$1].id }) {
      capture(component)
    }
    return affected
  }

  private func tell(
    _ moves: [HouseholdRun.Move], _ affected: Set<UInt32>, formerBefore: Int
  ) {
    guard !regroup.former.isEmpty else { return }
    let formerIDs = Set(regroup.former.map(\.id))
    for move in moves where affected.contains(move.old) || affected.contains(move.new) {
      addCurrent(move.new)
    }
    for former in regroup.former {
      let into = moves.filter { $0.old == former.customer.rawValue }.map(\.new)
        .sorted { precedes(components[$0].first, components[$1].first) }
      guard let oldest = into.first else { continue }
      let id = CustomerID(components[oldest].id)
      let goesOn = into.contains { components[$0].id == former.id.rawValue }
      if into.count == 1, !goesOn, formerIDs.contains(id) {
        addMerged(survivor: id, loser: former.id)
      }
      for newer in into.dropFirst() where !formerIDs.contains(CustomerID(components[newer].id)) {
        regroup.divided.append(.init(older: id, newer: CustomerID(components[newer].id)))
      }
    }
  }

  private func addMerged(survivor: CustomerID, loser: CustomerID) {
    let merged = Regroup.Merged(survivor: survivor, loser: loser)
    if !regroup.merged.contains(merged) { regroup.merged.append(merged) }
  }
}
