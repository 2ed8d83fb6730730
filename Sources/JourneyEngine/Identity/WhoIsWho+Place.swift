internal import JourneyModel

#if canImport(Glibc)
  internal import Glibc
#endif

/// What an interaction is noted under: its only or unshared strongest identifier, or all of them.
enum Noted: Equatable {
  case plain(UInt32)
  case bundle(UInt32)
}

// The way of an arriving interaction.
extension WhoIsWho {
  func begin(_ interaction: borrowing Interaction, now: Moment) {
    if !regroup.isEmpty || !regroup.erased.isEmpty { regroup = Regroup() }
    if !moves.isEmpty { moves.removeAll(keepingCapacity: true) }
    arrival.now = now
    arrival.horizon = (now - keep).milliseconds
    arrival.key = key(of: interaction)
    arrival.key.time = max(arrival.key.time, arrival.horizon)
    arrival.identifiers.removeAll(keepingCapacity: true)
    arrival.newLinks.removeAll(keepingCapacity: true)
    arrival.newBundle = 0
    arrival.noted = nil
    if !run.forced.isEmpty { run.forced = [] }
    arrival.dropped.removeAll(keepingCapacity: true)
    arrival.oldFirst = .none
    arrival.oldLast = .none
    arrival.mustRun = false
    arrival.isNew = false
  }

  /// Looks up or makes the identifiers that count: those not erased later than this happened.
  func gather(_ interaction: borrowing Interaction) {
    let asksErasures = arrival.key.time <= newestErasure && !erasures.isEmpty
    for at in interaction.identifiers.indices {
      let each = interaction.identifiers[at]
      if asksErasures, isErased(each, in: interaction) { continue }
      arrival.identifiers.append(findOrMake(each, in: interaction))
    }
    if arrival.identifiers.isEmpty, let strongest = interaction.identifiers.first {
      arrival.identifiers.append(findOrMake(strongest, in: interaction))
    }
    let short = arrival.key.short
    for index in arrival.identifiers {
      let seen = identifiers[index].seen
      if seen.isNone || precedes(seen, short) {
        identifiers[index].seen = short
        if !identifiers[index].isLastSeen || identifiers[index].split != 0 { markFaces(of: index) }
      }
      markDirty(identifiers[index].household)
    }
  }

  /// Leaves out what stands for no one for good, and says under what the interaction is noted.
  func choose() -> Noted {
    if arrival.identifiers.count > 1 {
      dropSettled()
      if arrival.identifiers.count > 1, isShared(arrival.identifiers[0]) {
        return chooseBundle()
      }
    }
    return .plain(arrival.identifiers[0])
  }

  private func dropSettled() {
    var kept = 0
    for at in 0..<arrival.identifiers.count {
      let index = arrival.identifiers[at]
      if isSettled(index) {
        arrival.dropped.append(index)
      } else {
        arrival.identifiers.swapAt(kept, at)
        kept += 1
      }
    }
    if kept > 0 { arrival.identifiers.removeSubrange(kept...) } else { keepStrongest() }
  }

  func keepStrongest() {
    arrival.dropped.append(contentsOf: arrival.identifiers.dropFirst())
    arrival.identifiers.removeSubrange(1...)
  }

  private func isSettled(_ index: UInt32) -> Bool {
    let split = identifiers[index].split
    return split != 0 && splits[split].settled && !precedes(arrival.key, splits[split].since)
  }

  /// Widens what the interaction is noted under to it.
  func note(_ noted: Noted) -> Noted {
    let key = arrival.key
    arrival.noted = noted
    switch noted {
    case .plain(let index):
      if identifiers[index].split != 0 { markFaces(of: index) }
      let (first, last) = (identifiers[index].first, identifiers[index].last)
      (arrival.oldFirst, arrival.oldLast) = (first.short, last.short)
      if first.isNone || precedes(key, first) {
        identifiers[index].first = replacing(first, by: key)
      }
      if last.isNone || precedes(last, key) {
        identifiers[index].last = replacing(last, by: key)
      }
    case .bundle(let index):
      let (first, last) = (bundles[index].first, bundles[index].last)
      (arrival.oldFirst, arrival.oldLast) = (first.short, last.short)
      if first.isNone || precedes(key, first) {
        bundles[index].first = replacing(first, by: key)
        arrival.mustRun = true
      }
      if last.isNone || precedes(last, key) { bundles[index].last = replacing(last, by: key) }
    }
    return noted
  }

  /// Applies the links, in place where that is enough; says under what it is noted then.
  func link(_ noted: Noted) -> Noted {
    switch noted {
    case .plain(let strongest):
      if arrival.identifiers.count > 1 { linkPairs(strongest) }
      if arrival.mustRun { runWithin(bounds: strongest) }
      return noted
    case .bundle(let index):
      guard arrival.mustRun else { return noted }
      let owner = bundles[index].owner
      if runWithin(bounds: owner) { return noted }
      // One identifier is left of it.
      free(bundle: index)
      keepStrongest()
      let plain = note(.plain(owner))
      compute(identifiers[owner].household)
      commit(identifiers[owner].household)
      return plain
    }
  }

  /// Says whose it is, founding a customer where there is none.
  func settle(_ noted: Noted) -> Placement {
    let stem = stem(of: noted, at: arrival.key)
    var component = component(of: stem)
    if component == 0 { component = makeSecondLife(of: stem) }
    let founded = !isKnownAndLater(noted) && found(component, by: founder(of: stem))
    if !regroup.isEmpty { addCurrent(component) }
    return Placement(
      customer: CustomerRef(component), stem: ref(stem), time: Moment(arrival.key.time),
      isNew: founded || arrival.isNew, regrouped: !regroup.isEmpty)
  }

  /// Spares a look at the customer: what it is noted under has an older interaction.
  @inline(__always)
  private func isKnownAndLater(_ noted: Noted) -> Bool {
    guard case .plain(let index) = noted, identifiers[index].split == 0 else { return false }
    return !arrival.oldFirst.isNone && arrival.oldFirst.time < arrival.key.time
  }

  func addCurrent(_ component: UInt32) {
    let ref = CustomerRef(component)
    if !regroup.current.contains(ref) { regroup.current.append(ref) }
  }

  /// Takes the arriving interaction for a customer's first where it is; true where the customer had none.
  private func found(_ component: UInt32, by founder: UInt32) -> Bool {
    let first = components[component].first
    if first.isNone {
      components[component].first = own(arrival.key)
      setFounder(component, founder)
      customerCount += 1
      return true
    }
    let order = order(arrival.key, first)
    guard order <= 0, order < 0 || founder != components[component].founder else { return false }
    let second = components[component].isSecondLife
    let id = id(of: founder, second: second)
    guard order < 0 || id < components[component].id else { return false }
    if id != components[component].id {
      capture(component)
      addCurrent(component)
    }
    components[component].first = replacing(first, by: arrival.key)
    setFounder(component, founder)
    return false
  }

  func setFounder(_ component: UInt32, _ founder: UInt32) {
    if components[component].founder == 0 {
      components[component].shard = households[identifiers[founder].household].shard
    }
    let second = components[component].isSecondLife
    let id = id(of: founder, second: second)
    components[component].founder = founder
    components[component].id = id
    markFace(component)
    markDirty(identifiers[founder].household)
    if second {
      if !identifiers[founder].usedSalted {
        identifiers[founder].usedSalted = true
        ids.insert(id, founder, second: true)
      }
    } else if !identifiers[founder].usedPlain {
      identifiers[founder].usedPlain = true
      ids.insert(id, founder, second: false)
    }
  }

  private func makeSecondLife(of stem: Stem) -> UInt32 {
    let index = founder(of: stem)
    let component = components.take()
    components[component].isSecondLife = true
    components[component].head = index
    components[component].size = 1
    splits[identifiers[index].split].component = component
    return component
  }

  /// Remembers a customer as it was, once per arrival.
  func capture(_ component: UInt32) {
    let ref = CustomerRef(component)
    guard !components[component].first.isNone,
      !regroup.former.contains(where: { $0.customer == ref })
    else { return }
    regroup.former.append(
      Regroup.Former(
        customer: ref, id: CustomerID(components[component].id),
        shard: ShardID(components[component].shard), aliases: aliases(of: ref)))
  }

  @inline(__always)
  func markDirty(_ household: UInt32) {
    guard collectsRows, !households[household].isDirty else { return }
    households[household].isDirty = true
    households[household].isUsed = true
    dirty.append(household)
  }
}
