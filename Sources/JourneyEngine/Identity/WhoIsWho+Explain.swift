internal import JourneyModel

// How a customer came together, as far as links tell it.
extension WhoIsWho {
  /// Cost: O(links of the household · log).
  func story(of customer: CustomerRef) -> Explanation.Identity {
    var story = Explanation.Identity()
    var members: [UInt32] = []
    forEachLife(customer) { index, _ in members.append(index) }
    members.sort { strength($0, $1) < 0 }
    var events = events(of: members)
    events.sort { a, b in
      let order = order(a.key, b.key)
      guard order == 0, let x = a.members.last, let y = b.members.last else { return order < 0 }
      return strength(x, y) < 0
    }
    story.identifiers = members.map { told($0, events) }
    var groups = Groups()
    for event in events {
      let parts = event.members.map { named($0) }
      guard let reason = reason(event.state) else {
        story.links.append(
          .init(identifiers: parts, origin: origin(event.key), joined: join(event, &groups)))
        continue
      }
      var others = event.members.map { identifiers[$0].component }.filter {
        $0 != customer.rawValue && !components[$0].first.isNone
      }.map { CustomerID(components[$0].id) }
      others = Set(others).sorted()
      story.refused.append(
        .init(identifiers: parts, reason: reason, origin: origin(event.key), others: others))
    }
    return story
  }

  private struct Event {
    var key: Key
    /// Strongest first.
    var members: [UInt32]
    var state: LinkState
  }

  /// Links and bundles with at least one of the identifiers, each once.
  private func events(of members: [UInt32]) -> [Event] {
    guard let head = members.first else { return [] }
    let own = Set(members)
    let household = identifiers[head].household
    var events: [Event] = []
    var index = households[household].head
    let start = index
    repeat {
      var link = identifiers[index].links
      while link != 0 {
        let record = links[link]
        if own.contains(record.strong) || own.contains(record.weak) {
          events.append(
            Event(key: record.first, members: [record.strong, record.weak], state: record.state))
        }
        link = record.next
      }
      index = identifiers[index].nextInHousehold
    } while index != start
    forEachBundle(household) { bundle in
      let parts = (0..<Int(bundles[bundle].count)).map { member(bundle, $0) }.filter { $0 != 0 }
      if parts.count > 1, parts.contains(where: own.contains) {
        events.append(
          Event(key: bundles[bundle].first, members: parts, state: bundles[bundle].state))
      }
    }
    return events
  }

  private func told(_ index: UInt32, _ events: [Event]) -> Explanation.Identity.Identifier {
    var first = identifiers[index].first
    for event in events where event.members.contains(index) {
      if first.isNone || precedes(event.key, first) { first = event.key }
    }
    let record = identifiers[index]
    return .init(
      identifier: named(index), first: first.isNone ? nil : origin(first),
      last: record.seen.isNone ? nil : Moment(record.seen.time),
      ambiguous: record.split == 0 ? nil : origin(splits[record.split].since))
  }

  /// Which customers had been founded when identifiers came together.
  private struct Groups {
    var root: [UInt32: UInt32] = [:]

    func find(_ index: UInt32) -> UInt32 {
      var index = index
      while let next = root[index], next != index { index = next }
      return index
    }
  }

  /// Joins what an accepted event holds together; the id of a customer that ended thereby.
  private func join(_ event: Event, _ groups: inout Groups) -> CustomerID? {
    var founded: [(key: Key, founder: UInt32)] = []
    let roots = Set(event.members.map { groups.find($0) }).sorted()
    for root in roots {
      var earliest: (key: Key, founder: UInt32)?
      for index in groups.root.keys.filter({ groups.find($0) == root }) + [root] {
        let first = identifiers[index].first
        guard !first.isNone, precedes(first, event.key) else { continue }
        if earliest.map({ precedes(first, $0.key) }) ?? true { earliest = (first, index) }
      }
      if let earliest { founded.append(earliest) }
    }
    guard let head = roots.first else { return nil }
    for root in roots { groups.root[root] = head }
    for index in event.members where groups.root[index] == nil { groups.root[index] = head }
    guard founded.count > 1 else { return nil }
    founded.sort { order($0.key, $1.key) < 0 }
    return CustomerID(id(of: founded[1].founder, second: false))
  }

  private func reason(_ state: LinkState) -> Explanation.Identity.Refused.Reason? {
    switch state {
    case .accepted: nil
    case .unique: .unique
    case .limit: .limit
    case .void: .ambiguous
    }
  }

  private func named(_ index: UInt32) -> NamedText {
    NamedText(plan.kinds[type(index)].name, String(decoding: value(index), as: UTF8.self))
  }

  private func origin(_ key: Key) -> Explanation.Origin {
    var id: [UInt8] = []
    appendID(of: key, to: &id)
    // Behind a zero stands the hash of an envelope's source.
    if let end = id.firstIndex(of: 0) { id.removeSubrange(end...) }
    return Explanation.Origin(
      source: names.text(NameID(key.source)), id: String(decoding: id, as: UTF8.self),
      time: Moment(key.time))
  }
}
