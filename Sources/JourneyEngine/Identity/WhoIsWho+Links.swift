internal import JourneyModel

// Links of an interaction, in place where that is enough.
extension WhoIsWho {
  /// Links each weaker identifier to the strongest, the strongest of them first.
  func linkPairs(_ strongest: UInt32) {
    var dropsRest = false
    var lateness: (isLate: Bool, isNewest: Bool)?
    for at in 1..<arrival.identifiers.count {
      let weak = arrival.identifiers[at]
      if isVoidBeyondBounds(strongest, weak) { continue }
      let known = findLink(strongest, weak)
      if known != 0 {
        repeatLink(known)
      } else if dropsRest {
        report(.refused, strongest, weak, "bound")
      } else {
        let known = lateness ?? self.lateness()
        lateness = known
        dropsRest = add(
          strongest, weak, isLate: known.isLate || arrival.mustRun, isNewest: known.isNewest)
      }
    }
  }

  /// Whether the arriving interaction comes before links of its households, also before some near refused ones.
  private func lateness() -> (isLate: Bool, isNewest: Bool) {
    var lateness = (isLate: false, isNewest: true)
    for index in arrival.identifiers {
      let household = households[identifiers[index].household]
      guard household.newest >= arrival.key.time else { continue }
      lateness.isNewest = false
      if household.refused > 0 { lateness.isLate = true }
    }
    return lateness
  }

  func findLink(_ strong: UInt32, _ weak: UInt32) -> UInt32 {
    var link = identifiers[weak].links
    while link != 0, links[link].strong != strong { link = links[link].next }
    return link
  }

  /// Of what has as many refused links as may be, those that come to nothing need not be looked for.
  private func isVoidBeyondBounds(_ strong: UInt32, _ weak: UInt32) -> Bool {
    guard Int(identifiers[weak].refused) >= bounds.refused, isAmbiguous(weak, at: arrival.key)
    else {
      return false
    }
    pruneIfDue(weak)
    return Int(identifiers[weak].refused) >= bounds.refused
  }

  /// A repeated link counts at its earliest interaction.
  private func repeatLink(_ link: UInt32) {
    let key = arrival.key
    let record = links[link]
    if precedes(record.last, key) { links[link].last = replacing(record.last, by: key) }
    guard precedes(key, record.first) else { return }
    links[link].first = replacing(record.first, by: key)
    let index = record.strong
    components[identifiers[index].component].merges = ComponentRecord.unknownMerges
    let household = identifiers[index].household
    households[household].oldestRefused = min(households[household].oldestRefused, key.time)
    if households[household].refused > 0 { arrival.mustRun = true }
  }

  /// Tries a link that was not known; true where it and all weaker ones are beyond the bounds of a customer.
  private func add(_ strong: UInt32, _ weak: UInt32, isLate: Bool, isNewest: Bool) -> Bool {
    let (a, b) = (identifiers[strong].household, identifiers[weak].household)
    if a != b, Int(households[a].size + households[b].size) > bounds.household {
      report(.refused, strong, weak, "bound")
      return false
    }
    if isLate {
      provisional(strong, weak)
      return false
    }
    if isAmbiguous(weak, at: arrival.key) {
      addRefused(strong, weak, .void)
      return false
    }
    let (x, y) = (identifiers[strong].component, identifiers[weak].component)
    if let reason = x == y ? nil : refusal(x, y) {
      if !isNewest || (reason == .unique && isShared(weak)) {
        provisional(strong, weak)
      } else {
        addRefused(strong, weak, reason)
      }
      return false
    }
    return addAccepted(strong, weak, isNewest: isNewest)
  }

  private func addAccepted(_ strong: UInt32, _ weak: UInt32, isNewest: Bool) -> Bool {
    let (x, y) = (identifiers[strong].component, identifiers[weak].component)
    let size = Int(components[x].size) + (x == y ? 0 : Int(components[y].size))
    var merges = x == y ? components[x].merges : joinedMerges(x, y)
    if x != y, !isNewest { merges = ComponentRecord.unknownMerges }
    if size > bounds.identifiers {
      report(.refused, strong, weak, "bound")
      return true
    }
    if size > bounds.merges + 1 {
      if merges == ComponentRecord.unknownMerges {
        provisional(strong, weak)
        return false
      }
      if Int(merges) > bounds.merges {
        report(.refused, strong, weak, "bound")
        return true
      }
    }
    _ = makeLink(strong, weak, .accepted)
    report(.linked, strong, weak, nil)
    if x != y { join(x, y, merges: merges) }
    return false
  }

  private func joinedMerges(_ x: UInt32, _ y: UInt32) -> UInt16 {
    let (a, b) = (components[x], components[y])
    guard a.merges != ComponentRecord.unknownMerges, b.merges != ComponentRecord.unknownMerges
    else {
      return ComponentRecord.unknownMerges
    }
    let both = !a.first.isNone && !b.first.isNone
    return a.merges + b.merges + (both ? 1 : 0)
  }

  /// Records a link that came to nothing, or drops it where one of the two has as many as may be.
  private func addRefused(_ strong: UInt32, _ weak: UInt32, _ state: LinkState) {
    pruneIfDue(strong)
    pruneIfDue(weak)
    guard Int(identifiers[strong].refused) < bounds.refused,
      Int(identifiers[weak].refused) < bounds.refused
    else {
      if state != .void { report(.refused, strong, weak, "bound") }
      return
    }
    if state == .void, let split = splitSettled(weak), split { return }
    _ = makeLink(strong, weak, state)
    if state != .void { report(.refused, strong, weak, state == .unique ? "unique" : "limit") }
  }

  private func splitSettled(_ index: UInt32) -> Bool? {
    let split = identifiers[index].split
    return split == 0 ? nil : splits[split].settled
  }

  /// Records a link whose state a run decides.
  private func provisional(_ strong: UInt32, _ weak: UInt32) {
    arrival.newLinks.append(makeLink(strong, weak, .accepted))
    arrival.mustRun = true
  }

  func makeLink(_ strong: UInt32, _ weak: UInt32, _ state: LinkState) -> UInt32 {
    let link = links.take()
    let (first, last) = (own(arrival.key), own(arrival.key))
    links[link].strong = strong
    links[link].weak = weak
    links[link].state = state
    links[link].first = first
    links[link].last = last
    attach(link)
    joinHouseholds(identifiers[strong].household, identifiers[weak].household)
    let household = identifiers[strong].household
    households[household].newest = max(households[household].newest, first.time)
    if state.isRefused {
      countRefused(strong, weak)
      households[household].oldestRefused = min(households[household].oldestRefused, first.time)
    }
    return link
  }

  func attach(_ link: UInt32) {
    let weak = links[link].weak
    links[link].next = identifiers[weak].links
    identifiers[weak].links = link
    identifiers[weak].uses += 1
    identifiers[links[link].strong].uses += 1
  }

  func countRefused(_ strong: UInt32, _ weak: UInt32) {
    identifiers[strong].refused += 1
    identifiers[weak].refused += 1
    households[identifiers[strong].household].refused += 1
  }

  /// Why two may not be one customer; nil where they may. Cost: O(identifiers of both).
  private func refusal(_ x: UInt32, _ y: UInt32) -> LinkState? {
    for type in counts.indices { counts[type] = 0 }
    forEachLife(CustomerRef(x)) { index, _ in counts[type(index)] += 1 }
    forEachLife(CustomerRef(y)) { index, _ in counts[type(index)] += 1 }
    return refusalOfCounts()
  }

  func refusalOfCounts() -> LinkState? {
    for type in counts.indices where isUnique[type] && counts[type] > 1 { return .unique }
    for type in counts.indices where counts[type] > limits[type] { return .limit }
    return nil
  }

  /// Makes one customer of two. Cost: O(identifiers of the smaller).
  private func join(_ x: UInt32, _ y: UInt32, merges: UInt16) {
    let (a, b) = (components[x], components[y])
    let keepsX: Bool
    switch (a.first.isNone, b.first.isNone) {
    case (false, false):
      capture(x)
      capture(y)
      let order = order(a.first, b.first)
      keepsX = order != 0 ? order < 0 : a.id <= b.id
      customerCount -= 1
      regroup.merged.append(
        Regroup.Merged(
          survivor: CustomerID(keepsX ? a.id : b.id), loser: CustomerID(keepsX ? b.id : a.id)))
    case (false, true): keepsX = true
    case (true, false): keepsX = false
    case (true, true): keepsX = a.size >= b.size
    }
    let (into, from) = keepsX ? (x, y) : (y, x)
    relabel(from, into)
    splice(components[into].head, components[from].head)
    markFace(into)
    components[into].size = a.size + b.size
    components[into].merges = merges
    release(components[from].first)
    components.free(from)
  }

  private func relabel(_ from: UInt32, _ into: UInt32) {
    forEachLife(CustomerRef(from)) { index, _ in identifiers[index].component = into }
  }

  /// Makes one ring of two.
  private func splice(_ a: UInt32, _ b: UInt32) {
    let next = identifiers[a].nextInComponent
    identifiers[a].nextInComponent = identifiers[b].nextInComponent
    identifiers[b].nextInComponent = next
  }

  /// Makes one household of two. Cost: O(identifiers of the smaller).
  func joinHouseholds(_ a: UInt32, _ b: UInt32) {
    guard a != b else { return markDirty(a) }
    let (into, from) = households[a].size >= households[b].size ? (a, b) : (b, a)
    let (head, other) = (households[into].head, households[from].head)
    var index = other
    repeat {
      identifiers[index].household = into
      index = identifiers[index].nextInHousehold
    } while index != other
    let next = identifiers[head].nextInHousehold
    identifiers[head].nextInHousehold = identifiers[other].nextInHousehold
    identifiers[other].nextInHousehold = next
    let gone = households[from]
    if gone.shard != households[into].shard { hasJoinedShards = true }
    households[into].size += gone.size
    households[into].refused += gone.refused
    households[into].newest = max(households[into].newest, gone.newest)
    households[into].oldestRefused = min(households[into].oldestRefused, gone.oldestRefused)
    markDirty(into)
    retire(from)
  }
}
