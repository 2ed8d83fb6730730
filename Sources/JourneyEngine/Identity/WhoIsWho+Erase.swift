package import JourneyModel

// Forgetting: asked for (spec 3.8), or of anonymous customers that have been silent for long.
extension WhoIsWho {
  /// Whether a late interaction is of something erased: its strongest identifier was, later than it happened.
  package func isErased(_ interaction: borrowing Interaction) -> Bool {
    guard interaction.time.milliseconds <= newestErasure, !erasures.isEmpty,
      let strongest = interaction.identifiers.first
    else { return false }
    arrival.key = key(of: interaction)
    return isErased(strongest, in: interaction)
  }

  func isErased(_ each: Interaction.Identifier, in interaction: borrowing Interaction) -> Bool {
    let hash = erasedHash(each.type.rawValue, interaction.bytes[each.value.range])
    guard let erasure = erasures[hash] else { return false }
    return !precedes(erasure.through, arrival.key)
  }

  func erasedHash(_ type: UInt16, _ value: some Collection<UInt8>) -> ErasedHash {
    var text = Array(plan.kinds[Int(type)].name.utf8)
    text.append(0)
    text.append(contentsOf: value)
    let digest = keyedHash(text, key: secret)
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return ErasedHash(high: number(digest[0..<8]), low: number(digest[8..<16]))
  }

  /// What stood for no one when it was erased still does.
  func restoreAmbiguity(_ index: UInt32) {
    guard let erasure = erasures[erasedHash(identifiers[index].type, value(index))],
      erasure.isAmbiguous
    else { return }
    let split = splits.take()
    identifiers[index].split = split
    splits[split].since = own(erasure.through)
    splits[split].settled = true
  }

  /// Forgets all customers that the identifiers name, with all their identifiers, and what is older with them.
  ///
  /// What is newer stays, as new customers. See ``regroup`` for what the engine has to drop.
  @discardableResult
  package func erase(_ interaction: borrowing Interaction, now: Moment) -> Regroup {
    begin(interaction, now: now)
    forgetOldErasures()
    var gone: [UInt32] = []
    for each in interaction.identifiers {
      let index = lookup(each, in: interaction)
      if index == 0 {
        remember(erasedHash(each.type.rawValue, interaction.bytes[each.value.range]), false)
      } else {
        collectGone(index, &gone)
      }
    }
    for index in gone { remember(index) }
    run.forced = owners(of: gone)
    let households = Array(Set(gone.map { identifiers[$0].household }))
      .sorted { self.households[$0].row < self.households[$1].row }
    for household in households { eraseOld(household, Set(gone)) }
    for household in households {
      compute(household)
      commit(household)
    }
    run.forced = []
    settleShards()
    if collectsChanges { tellChanges(cause: interaction) }
    return regroup
  }

  private func collectGone(_ index: UInt32, _ gone: inout [UInt32]) {
    func add(_ index: UInt32) { if !gone.contains(index) { gone.append(index) } }
    add(index)
    if isAmbiguous(index, at: arrival.key) { return }
    forEachLife(CustomerRef(identifiers[index].component)) { member, _ in add(member) }
  }

  private func remember(_ index: UInt32) {
    let split = identifiers[index].split
    let isAmbiguous = split != 0 && !precedes(arrival.key, splits[split].since)
    if isAmbiguous { splits[split].settled = true }
    remember(erasedHash(identifiers[index].type, value(index)), isAmbiguous)
  }

  private func remember(_ hash: ErasedHash, _ isAmbiguous: Bool) {
    newestErasure = max(newestErasure, arrival.key.time)
    oldestErasure = min(oldestErasure, arrival.key.time)
    guard let known = erasures[hash] else {
      erasures[hash] = Erasure(through: own(arrival.key), isAmbiguous: isAmbiguous)
      changedErasures.append(hash)
      return
    }
    let isLater = precedes(known.through, arrival.key)
    erasures[hash] = Erasure(
      through: isLater ? replacing(known.through, by: arrival.key) : known.through,
      isAmbiguous: known.isAmbiguous || isAmbiguous)
    changedErasures.append(hash)
  }

  /// Hashes are kept as long as a history.
  private func forgetOldErasures() {
    guard arrival.horizon > oldestErasure else { return }
    oldestErasure = .max
    for (hash, erasure) in erasures {
      if erasure.through.time < arrival.horizon {
        release(erasure.through)
        erasures[hash] = nil
        changedErasures.append(hash)
      } else {
        oldestErasure = min(oldestErasure, erasure.through.time)
      }
    }
  }

  /// The customers that have data of identifiers which go.
  private func owners(of gone: [UInt32]) -> Set<UInt32> {
    var owners: Set<UInt32> = []
    for index in gone {
      owners.insert(identifiers[index].component)
      let split = identifiers[index].split
      if split != 0, splits[split].component != 0 { owners.insert(splits[split].component) }
    }
    return owners
  }

  /// Takes out of a household what is not newer than the erasure.
  private func eraseOld(_ household: UInt32, _ gone: Set<UInt32>) {
    var members: [UInt32] = []
    let head = households[household].head
    var index = head
    repeat {
      members.append(index)
      index = identifiers[index].nextInHousehold
    } while index != head
    var held: [UInt32] = []
    forEachBundle(household) { held.append($0) }
    for bundle in held { erase(bundle: bundle, gone) }
    for index in members {
      var link = identifiers[index].links
      while link != 0 {
        let next = links[link].next
        if gone.contains(index) || gone.contains(links[link].strong) { erase(link: link) }
        link = next
      }
      if gone.contains(index) { erase(identifier: index) }
    }
  }

  private func erase(identifier index: UInt32) {
    for second in [false, true] {
      regroup.erased.append(
        .init(
          stem: ref(.plain(index, second: second)), through: orderKey(arrival.key)))
    }
    let record = identifiers[index]
    if !record.last.isNone, !precedes(arrival.key, record.last) {
      release(record.first)
      release(record.last)
      identifiers[index].first = .none
      identifiers[index].last = .none
    } else if !record.first.isNone, !precedes(arrival.key, record.first) {
      identifiers[index].first = replacing(record.first, by: record.last)
    }
    if !precedes(arrival.key.short, record.seen) { identifiers[index].seen = .none }
  }

  private func erase(link: UInt32) {
    let record = links[link]
    if !precedes(arrival.key, record.last) {
      free(link: link)
    } else if !precedes(arrival.key, record.first) {
      links[link].first = replacing(record.first, by: record.last)
    }
  }

  /// Of interactions that are another's the erased identifiers are taken out.
  private func erase(bundle: UInt32, _ gone: Set<UInt32>) {
    let count = Int(bundles[bundle].count)
    let list = (0..<count).map { member(bundle, $0) }
    guard list.contains(where: gone.contains) else { return }
    for life in 0...UInt32(bundles[bundle].lives) {
      let stem = Stem.bundle(bundle, life: life)
      if gone.contains(founder(of: stem)) {
        regroup.erased.append(.init(stem: ref(stem), through: orderKey(arrival.key)))
      }
    }
    let record = bundles[bundle]
    guard precedes(arrival.key, record.last) else {
      if gone.contains(founder(of: bundleStem(bundle, at: record.last))) {
        free(bundle: bundle)
      } else {
        takeOut(gone, of: bundle, list)
      }
      return
    }
    if !precedes(arrival.key, record.first) {
      bundles[bundle].first = replacing(record.first, by: record.last)
    }
  }

  private func takeOut(_ gone: Set<UInt32>, of bundle: UInt32, _ list: [UInt32]) {
    let lives = bundles[bundle].lives
    let kept = list.map { gone.contains($0) ? 0 : $0 }
    setMembers(bundle, kept)
    bundles[bundle].lives = lives
    for index in list where gone.contains(index) { identifiers[index].uses -= 1 }
    let owner = bundles[bundle].owner
    guard gone.contains(owner), let next = kept.first(where: { $0 != 0 }) else { return }
    move(bundle: bundle, from: owner, to: next)
  }

  private func move(bundle: UInt32, from owner: UInt32, to next: UInt32) {
    var at = identifiers[owner].bundles
    if at == bundle {
      identifiers[owner].bundles = bundles[bundle].next
    } else {
      while bundles[at].next != bundle { at = bundles[at].next }
      bundles[at].next = bundles[bundle].next
    }
    bundles[bundle].owner = next
    bundles[bundle].next = identifiers[next].bundles
    identifiers[next].bundles = bundle
  }

  /// Forgets a customer without a word: one that was anonymous and silent for long.
  package func forget(_ customer: CustomerRef) {
    regroup = Regroup()
    arrival = Arrival()
    var lives: [(UInt32, Bool)] = []
    forEachLife(customer) { lives.append(($0, $1)) }
    guard let household = lives.first.map({ identifiers[$0.0].household }) else { return }
    var held: [UInt32] = []
    forEachBundle(household) { held.append($0) }
    for bundle in held
    where component(of: bundleStem(bundle, at: bundles[bundle].last)) == customer.rawValue {
      free(bundle: bundle)
    }
    for (index, second) in lives { forget(index, second: second) }
    compute(household)
    commit(household)
    regroup = Regroup()
    pending.removeAll(keepingCapacity: true)
  }

  private func forget(_ index: UInt32, second: Bool) {
    let record = identifiers[index]
    let split = record.split
    let hasSecond = split != 0 && splits[split].component != 0
    let hasFirst =
      split == 0 || (!record.first.isNone && precedes(record.first, splits[split].since))
    switch (second, second ? hasFirst : hasSecond) {
    case (true, true): identifiers[index].last = replacing(record.last, by: record.first)
    case (false, true): identifiers[index].first = replacing(record.first, by: record.last)
    case (_, false):
      release(record.first)
      release(record.last)
      identifiers[index].first = .none
      identifiers[index].last = .none
    }
  }
}
