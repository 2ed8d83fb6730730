internal import JourneyModel

// Households and bundles: made, left and cleaned up.
extension WhoIsWho {
  func makeHousehold(on shard: UInt16) -> UInt32 {
    let household = households.take()
    households[household].shard = shard
    enter(household, row: nextRow)
    return household
  }

  /// Has a household be found by the number of its row.
  func enter(_ household: UInt32, row: UInt64) {
    households[household].row = row
    nextRow = max(nextRow, row + 1)
    householdRows.insert(WhoIsWho.hash(ofRow: row), household)
  }

  /// The household of a row; 0 where it is not in memory.
  func household(ofRow row: UInt64) -> UInt32 {
    householdRows.find(WhoIsWho.hash(ofRow: row)) { households[$0].row == row }
  }

  private static func hash(ofRow row: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: row ^ row >> 32) &* 0x9E37_79B1
  }

  /// Gives up a household that has become empty; its row is still to be deleted.
  func retire(_ household: UInt32) {
    households[household].head = 0
    households[household].size = 0
    if collectsRows { markDirty(household) } else { leave(household) }
  }

  /// Frees the record of a household that nothing in memory is of.
  func leave(_ household: UInt32) {
    householdRows.remove(WhoIsWho.hash(ofRow: households[household].row), household)
    households.free(household)
  }

  /// The bundle of the arriving identifiers, made where it is new and within the bounds.
  func chooseBundle() -> Noted {
    let strongest = arrival.identifiers[0]
    if let known = findBundle(strongest) { return .bundle(known) }
    var count = 0
    var bundle = identifiers[strongest].bundles
    while bundle != 0 {
      count += 1
      bundle = bundles[bundle].next
    }
    if count >= bounds.refused || !bundleNumbers.hasMore {
      for weak in arrival.identifiers.dropFirst() { report(.refused, strongest, weak, "bound") }
      keepStrongest()
      return .plain(strongest)
    }
    dropBeyondHousehold(strongest)
    return arrival.identifiers.count == 1 ? .plain(strongest) : .bundle(makeBundle())
  }

  func findBundle(_ strongest: UInt32) -> UInt32? {
    var bundle = identifiers[strongest].bundles
    while bundle != 0 {
      if isArrival(bundle) { return bundle }
      bundle = bundles[bundle].next
    }
    return nil
  }

  private func isArrival(_ bundle: UInt32) -> Bool {
    guard Int(bundles[bundle].count) == arrival.identifiers.count else { return false }
    for at in arrival.identifiers.indices where member(bundle, at) != arrival.identifiers[at] {
      return false
    }
    return true
  }

  private func dropBeyondHousehold(_ strongest: UInt32) {
    var joined = [identifiers[strongest].household]
    var size = Int(households[joined[0]].size)
    var kept = [strongest]
    for weak in arrival.identifiers.dropFirst() {
      let household = identifiers[weak].household
      let more = joined.contains(household) ? 0 : Int(households[household].size)
      if size + more > bounds.household {
        report(.refused, strongest, weak, "bound")
        continue
      }
      if more > 0 { joined.append(household) }
      size += more
      kept.append(weak)
    }
    arrival.dropped.append(contentsOf: arrival.identifiers.filter { !kept.contains($0) })
    if kept.count < arrival.identifiers.count { arrival.identifiers = kept }
  }

  private func makeBundle() -> UInt32 {
    let bundle = bundles.take()
    bundles[bundle].number = bundleNumbers.take(for: bundle)
    setMembers(bundle, arrival.identifiers)
    let strongest = arrival.identifiers[0]
    bundles[bundle].owner = strongest
    bundles[bundle].next = identifiers[strongest].bundles
    identifiers[strongest].bundles = bundle
    for index in arrival.identifiers {
      identifiers[index].uses += 1
      joinHouseholds(identifiers[strongest].household, identifiers[index].household)
    }
    let household = identifiers[strongest].household
    households[household].newest = max(households[household].newest, arrival.key.time)
    arrival.newBundle = bundle
    return bundle
  }

  func setMembers(_ bundle: UInt32, _ list: [UInt32]) {
    if bundles[bundle].count > 0 {
      arena.free(bundles[bundle].members, Int(bundles[bundle].count) * 4)
    }
    let block = list.withUnsafeBytes { arena.store($0.bindMemory(to: UInt8.self)) }
    bundles[bundle].members = block
    bundles[bundle].count = UInt16(list.count)
    let unshared = list.firstIndex { $0 != 0 && !isShared($0) } ?? list.count - 1
    bundles[bundle].lives = UInt16(unshared + 1)
  }

  /// Takes the weakest identifier out of the arriving bundle; false where only one would be left.
  func shrinkNewBundle() -> Bool {
    let bundle = arrival.newBundle
    guard arrival.identifiers.count > 2 else { return false }
    let weak = arrival.identifiers.removeLast()
    arrival.dropped.append(weak)
    identifiers[weak].uses -= 1
    setMembers(bundle, arrival.identifiers)
    report(.refused, arrival.identifiers[0], weak, "bound")
    return true
  }

  func free(bundle: UInt32) {
    let owner = bundles[bundle].owner
    var at = identifiers[owner].bundles
    if at == bundle {
      identifiers[owner].bundles = bundles[bundle].next
    } else {
      while bundles[at].next != bundle { at = bundles[at].next }
      bundles[at].next = bundles[bundle].next
    }
    for at in 0..<Int(bundles[bundle].count) {
      let member = member(bundle, at)
      if member != 0 { identifiers[member].uses -= 1 }
    }
    bundleNumbers.free(bundles[bundle].number, bundle)
    release(bundle: bundle)
  }

  /// Gives the record of a bundle back, and what belongs to it.
  func release(bundle: UInt32) {
    arena.free(bundles[bundle].members, Int(bundles[bundle].count) * 4)
    release(bundles[bundle].first)
    release(bundles[bundle].last)
    bundles.free(bundle)
  }

  func free(link: UInt32) {
    let record = links[link]
    var at = identifiers[record.weak].links
    if at == link {
      identifiers[record.weak].links = record.next
    } else {
      while links[at].next != link { at = links[at].next }
      links[at].next = record.next
    }
    identifiers[record.weak].uses -= 1
    identifiers[record.strong].uses -= 1
    release(record.first)
    release(record.last)
    links.free(link)
  }

  /// Frees those of the arriving identifiers of which nothing was kept.
  func collectLeftOvers() {
    for index in arrival.identifiers where identifiers[index].uses == 0 { collect(index) }
    for index in arrival.dropped where identifiers[index].uses == 0 { collect(index) }
  }

  /// Frees an identifier that carries nothing: no link, no interaction.
  func collect(_ index: UInt32) {
    let record = identifiers[index]
    guard record.uses == 0, record.valueCount > 0, record.first.isNone, record.last.isNone,
      households[record.household].size == 1
    else { return }
    free(index)
  }
}
