internal import JourneyModel

// The records after a run.
extension WhoIsWho {
  func writeComponents() {
    let count = run.members.count
    var old: Set<UInt32> = []
    for index in run.members {
      old.insert(identifiers[index].component)
    }
    for component in old {
      if !components[component].first.isNone { customerCount -= 1 }
      if !run.claimed.contains(component) {
        release(components[component].first)
        components.free(component)
      }
    }
    for at in 0..<count {
      let index = run.members[at]
      let component = run.component[Int(run.label[at])]
      identifiers[index].component = component
      identifiers[index].nextInComponent = run.members[Int(run.next[at])]
      components[component].head = index
    }
    for at in 0..<count where Int(run.label[at]) == at { writeComponent(at) }
  }

  private func writeComponent(_ label: Int) {
    let component = run.component[label]
    components[component].size = UInt16(run.size[label])
    components[component].merges = UInt16(min(run.merges[label], Int32(UInt16.max) - 1))
    components[component].isSecondLife = false
    let first = components[component].first
    guard run.founder[label] >= 0 else {
      release(first)
      components[component].first = .none
      components[component].founder = 0
      components[component].id = 0
      return
    }
    components[component].first = replacing(first, by: run.first[label])
    let founder = run.members[Int(run.founder[label])]
    markFace(component)
    if components[component].founder != founder { setFounder(component, founder) }
    customerCount += 1
  }

  func writeSplits() {
    let count = run.members.count
    var ambiguous: [UInt32] = []
    for (at, index) in run.members.enumerated() {
      var split = identifiers[index].split
      guard !run.since[at].isNone else {
        if split != 0 { removeSplit(index) }
        continue
      }
      if split == 0 {
        split = splits.take()
        identifiers[index].split = split
        ambiguous.append(index)
      }
      splits[split].since = replacing(splits[split].since, by: run.since[at])
      let component = run.component[count + at]
      if component == 0 {
        removeSecondLife(split)
      } else {
        writeSecondLife(component, index, at, split)
      }
    }
    // In an order that does not hang on how the household came together.
    for index in ambiguous.sorted(by: { strength($0, $1) < 0 }) {
      report(.ambiguous, index, index, nil)
    }
  }

  private func writeSecondLife(_ component: UInt32, _ index: UInt32, _ at: Int, _ split: UInt32) {
    splits[split].component = component
    components[component].isSecondLife = true
    components[component].head = index
    components[component].size = 1
    markFace(component)
    let first = components[component].first
    if first.isNone {
      setFounder(component, index)
      customerCount += 1
    }
    components[component].first = replacing(first, by: run.secondFirst[at])
  }

  private func removeSplit(_ index: UInt32) {
    let split = identifiers[index].split
    removeSecondLife(split)
    release(splits[split].since)
    splits.free(split)
    identifiers[index].split = 0
  }

  func removeSecondLife(_ split: UInt32) {
    let component = splits[split].component
    guard component != 0 else { return }
    if !components[component].first.isNone { customerCount -= 1 }
    release(components[component].first)
    components.free(component)
    splits[split].component = 0
  }

  /// States of links, and what is counted of them.
  func writeStates(_ household: UInt32) {
    for index in run.members { identifiers[index].refused = 0 }
    for (at, event) in run.events.enumerated() {
      let state = run.states[at]
      if event.isBundle {
        bundles[event.number].state = state
        if state.isRefused { countRefused(bundle: event.number) }
        continue
      }
      let link = links[event.number]
      let isNew = arrival.newLinks.contains(event.number)
      if isNew || link.state != state { tell(link, state, isNew: isNew) }
      links[event.number].state = state
      if state.isRefused {
        identifiers[link.strong].refused += 1
        identifiers[link.weak].refused += 1
      }
    }
  }

  private func tell(_ link: LinkRecord, _ state: LinkState, isNew: Bool) {
    switch state {
    case .accepted: report(.linked, link.strong, link.weak, nil)
    case .unique: report(.refused, link.strong, link.weak, "unique")
    case .limit: report(.refused, link.strong, link.weak, "limit")
    case .void: break
    }
  }

  private func countRefused(bundle: UInt32) {
    for at in 0..<Int(bundles[bundle].count) {
      let member = member(bundle, at)
      if member != 0 { identifiers[member].refused += 1 }
    }
  }

  /// Divides a household that links hold together no longer. Cost: O(identifiers and links).
  func divideHousehold(_ household: UInt32) {
    var root = Array(0..<run.members.count)
    func find(_ at: Int) -> Int {
      var at = at
      while root[at] != at {
        root[at] = root[root[at]]
        at = root[at]
      }
      return at
    }
    func place(_ index: UInt32) -> Int { Int(identifiers[index].mark) }
    for event in run.events {
      if event.isBundle {
        let owner = find(place(strongest(event.number)))
        for at in 0..<Int(bundles[event.number].count) {
          let member = member(event.number, at)
          if member != 0 { root[find(place(member))] = find(owner) }
        }
      } else {
        root[find(place(links[event.number].strong))] = find(place(links[event.number].weak))
      }
    }
    var homes: [Int: (household: UInt32, last: UInt32)] = [:]
    for (at, index) in run.members.enumerated() {
      let root = find(at)
      let home =
        homes[root]?.household
        ?? (homes.isEmpty ? household : makeHousehold(on: households[household].shard))
      settle(index, in: home, behind: homes[root]?.last)
      markDirty(home)
      homes[root] = (home, index)
    }
    for (at, event) in run.events.enumerated() {
      let index = event.isBundle ? bundles[event.number].owner : links[event.number].strong
      note(event.key.time, isRefused: run.states[at].isRefused, in: identifiers[index].household)
    }
  }

  /// Has an identifier be of a household, behind the last of it; nil: it is the first.
  func settle(_ index: UInt32, in household: UInt32, behind last: UInt32?) {
    identifiers[index].household = household
    guard let last else {
      identifiers[index].nextInHousehold = index
      households[household].head = index
      households[household].size = 1
      households[household].refused = 0
      households[household].newest = .min
      households[household].oldestRefused = .max
      return
    }
    identifiers[index].nextInHousehold = identifiers[last].nextInHousehold
    identifiers[last].nextInHousehold = index
    households[household].size += 1
  }

  func note(_ time: Int64, isRefused: Bool, in household: UInt32) {
    households[household].newest = max(households[household].newest, time)
    guard isRefused else { return }
    households[household].refused += 1
    households[household].oldestRefused = min(households[household].oldestRefused, time)
  }

  // MARK: what is older than the history

  /// Forgets refused links that no late interaction can come before any more; whom they left standing for no one
  /// does so for good.
  func prune(_ household: UInt32) {
    let head = households[household].head
    var index = head
    var oldest = Int64.max
    var left: UInt32 = 0
    repeat {
      let split = identifiers[index].split
      if split != 0, splits[split].since.time < arrival.horizon { splits[split].settled = true }
      var link = identifiers[index].links
      while link != 0 {
        let record = links[link]
        if record.state.isRefused {
          if record.first.time < arrival.horizon {
            identifiers[record.strong].refused -= 1
            identifiers[record.weak].refused -= 1
            free(link: link)
          } else {
            left += 1
            oldest = min(oldest, record.first.time)
          }
        }
        link = record.next
      }
      index = identifiers[index].nextInHousehold
    } while index != head
    forEachBundle(household) { bundle in
      guard bundles[bundle].state.isRefused else { return }
      left += 1
      if bundles[bundle].first.time >= arrival.horizon {
        oldest = min(oldest, bundles[bundle].first.time)
      }
    }
    households[household].refused = left
    households[household].oldestRefused = oldest
  }

  func pruneIfDue(_ index: UInt32) {
    let household = identifiers[index].household
    if households[household].oldestRefused < arrival.horizon { prune(household) }
  }
}
