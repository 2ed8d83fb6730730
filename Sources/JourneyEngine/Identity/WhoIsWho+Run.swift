internal import JourneyModel

// Running through the links of a household in their order.
extension WhoIsWho {
  /// Works a household out anew, without the arriving interaction's weakest links where a customer would be beyond
  /// the bounds; false where nothing is left of the arriving bundle.
  @discardableResult
  func runWithin(bounds strongest: UInt32) -> Bool {
    compute(identifiers[strongest].household)
    if arrival.newBundle != 0 {
      while isNewBundleBeyondBounds() {
        guard shrinkNewBundle() else { return false }
        compute(identifiers[strongest].household)
      }
    } else {
      while dropBeyondBounds(strongest) { compute(identifiers[strongest].household) }
    }
    commit(identifiers[strongest].household)
    return true
  }

  /// Takes one link back that is beyond the bounds; false where none is.
  private func dropBeyondBounds(_ strongest: UInt32) -> Bool {
    guard !arrival.newLinks.isEmpty else { return false }
    if isAbove(run.label[Int(identifiers[strongest].mark)]),
      let weakest = arrival.newLinks.popLast()
    {
      return take(back: weakest)
    }
    for (at, link) in arrival.newLinks.enumerated() where isRefusedBeyondBounds(link) {
      arrival.newLinks.remove(at: at)
      return take(back: link)
    }
    return false
  }

  private func take(back link: UInt32) -> Bool {
    report(.refused, links[link].strong, links[link].weak, "bound")
    free(link: link)
    return true
  }

  private func isAbove(_ label: Int32) -> Bool {
    Int(run.size[Int(label)]) > bounds.identifiers || Int(run.merges[Int(label)]) > bounds.merges
  }

  private func isRefusedBeyondBounds(_ link: UInt32) -> Bool {
    guard let at = run.events.firstIndex(where: { $0.number == link && !$0.isBundle }) else {
      return false
    }
    return run.states[at].isRefused
      && max(refused(with: links[link].strong), refused(with: links[link].weak)) > bounds.refused
  }

  private func isNewBundleBeyondBounds() -> Bool {
    if arrival.identifiers.contains(where: { isAbove(run.label[Int(identifiers[$0].mark)]) }) {
      return true
    }
    let bundle = arrival.newBundle
    guard let at = run.events.firstIndex(where: { $0.number == bundle && $0.isBundle }),
      run.states[at].isRefused
    else { return false }
    return arrival.identifiers.contains { refused(with: $0) > bounds.refused }
  }

  /// Refused links of an identifier, as the run came out.
  private func refused(with index: UInt32) -> Int {
    var count = 0
    for (at, event) in run.events.enumerated() where run.states[at].isRefused {
      if event.isBundle {
        for place in 0..<Int(bundles[event.number].count)
        where member(event.number, place) == index {
          count += 1
        }
      } else if links[event.number].strong == index || links[event.number].weak == index {
        count += 1
      }
    }
    return count
  }

  /// Fills ``run``: the partition, states and ambiguities that the household's links come to.
  func compute(_ household: UInt32) {
    if households[household].oldestRefused < arrival.horizon { prune(household) }
    gatherMembers(household)
    gatherEvents()
    run.states.removeAll(keepingCapacity: true)
    for event in run.events {
      run.states.append(
        event.isBundle
          ? apply(bundle: event.number, event.key)
          : apply(
            links[event.number].strong, links[event.number].weak, event.key))
    }
  }

  func gatherMembers(_ household: UInt32) {
    run.members.removeAll(keepingCapacity: true)
    let head = households[household].head
    var index = head
    repeat {
      identifiers[index].mark = UInt32(run.members.count)
      run.members.append(index)
      index = identifiers[index].nextInHousehold
    } while index != head
    run.reset(run.members.count)
    for (at, index) in run.members.enumerated() {
      let split = identifiers[index].split
      if split != 0, splits[split].settled { run.since[at] = splits[split].since }
      let first = identifiers[index].first
      if !first.isNone, run.since[at].isNone || precedes(first, run.since[at]) {
        run.first[at] = first
      }
    }
  }

  func gatherEvents() {
    for index in run.members {
      var link = identifiers[index].links
      while link != 0 {
        run.events.append(.init(key: links[link].first, number: link, isBundle: false))
        link = links[link].next
      }
      var bundle = identifiers[index].bundles
      while bundle != 0 {
        run.events.append(.init(key: bundles[bundle].first, number: bundle, isBundle: true))
        bundle = bundles[bundle].next
      }
    }
    run.events.sort { a, b in
      let order = order(a.key, b.key)
      return order != 0 ? order < 0 : strength(a, b) < 0
    }
  }

  /// Events of one key: by their identifiers, the strongest first.
  private func strength(_ a: HouseholdRun.Event, _ b: HouseholdRun.Event) -> Int {
    let first = strength(participant(a, 0), participant(b, 0))
    if first != 0 { return first }
    let second = strength(participant(a, 1), participant(b, 1))
    guard second == 0, a.isBundle, b.isBundle else { return second }
    return Int(bundles[a.number].number) - Int(bundles[b.number].number)
  }

  private func participant(_ event: HouseholdRun.Event, _ at: Int) -> UInt32 {
    if event.isBundle { return member(event.number, at) }
    return at == 0 ? links[event.number].strong : links[event.number].weak
  }

  func isAmbiguousInRun(_ at: Int, _ key: Key) -> Bool {
    !run.since[at].isNone && !precedes(key, run.since[at])
  }

  private func apply(_ strong: UInt32, _ weak: UInt32, _ key: Key) -> LinkState {
    let (a, b) = (Int(identifiers[strong].mark), Int(identifiers[weak].mark))
    guard !isAmbiguousInRun(a, key), !isAmbiguousInRun(b, key) else { return .void }
    return tie(a, b, key)
  }

  /// Joins two members where nothing is against it; else a shared one may come to stand for no one.
  private func tie(_ a: Int, _ b: Int, _ key: Key) -> LinkState {
    let (x, y) = (Int(run.label[a]), Int(run.label[b]))
    guard x != y else { return .accepted }
    for type in counts.indices { counts[type] = 0 }
    count(a)
    count(b)
    guard let reason = refusalOfCounts() else {
      merge(a, b, key)
      return .accepted
    }
    guard reason == .unique else { return reason }
    // The weaker of two shared ones.
    if isShared(run.members[b]) {
      run.since[b] = key
    } else if isShared(run.members[a]) {
      run.since[a] = key
    }
    return reason
  }

  private func count(_ start: Int) {
    var at = start
    repeat {
      counts[type(run.members[at])] += 1
      at = Int(run.next[at])
    } while at != start
  }

  private func merge(_ a: Int, _ b: Int, _ key: Key) {
    var (into, from, start) = (Int(run.label[a]), Int(run.label[b]), b)
    if run.size[into] < run.size[from] { (into, from, start) = (from, into, a) }
    var at = start
    repeat {
      run.label[at] = Int32(into)
      at = Int(run.next[at])
    } while at != start
    run.next.swapAt(a, b)
    let (x, y) = (run.first[into], run.first[from])
    let both = !x.isNone && !y.isNone && precedes(x, key) && precedes(y, key)
    run.size[into] += run.size[from]
    run.merges[into] += run.merges[from] + (both ? 1 : 0)
    if x.isNone || (!y.isNone && precedes(y, x)) { run.first[into] = y }
  }

  /// Links all that stand for someone to the strongest of them.
  private func apply(bundle: UInt32, _ key: Key) -> LinkState {
    var worst = LinkState.accepted
    var start = 0
    let count = Int(bundles[bundle].count)
    scan: while start < count {
      let strongest = member(bundle, start)
      guard strongest != 0, !isAmbiguousInRun(Int(identifiers[strongest].mark), key) else {
        start += 1
        continue
      }
      let a = Int(identifiers[strongest].mark)
      for at in (start + 1)..<max(count, start + 1) {
        let weak = member(bundle, at)
        guard weak != 0, !isAmbiguousInRun(Int(identifiers[weak].mark), key) else { continue }
        let state = tie(a, Int(identifiers[weak].mark), key)
        if state.isRefused { worst = state }
        if isAmbiguousInRun(a, key) { continue scan }
      }
      let x = Int(run.label[a])
      if run.first[x].isNone || precedes(key, run.first[x]) { run.first[x] = key }
      break
    }
    return worst
  }
}
