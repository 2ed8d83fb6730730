internal import JourneyModel

// What is told of customers to those who keep them: their faces, when they have changed.
extension WhoIsWho {
  /// Remembers that what is told of a customer may have changed.
  @inline(__always)
  func markFace(_ component: UInt32) {
    guard !components[component].hasNewFace else { return }
    components[component].hasNewFace = true
    newFaces.append(component)
  }

  /// That of all customers of an identifier may have.
  func markFaces(of index: UInt32) {
    let record = identifiers[index]
    markFace(record.component)
    if record.split != 0, splits[record.split].component != 0 {
      markFace(splits[record.split].component)
    }
  }

  /// Calls with every customer of whom something else is to be told than before.
  func takeNewFaces(_ body: (CustomerRef) -> Void) {
    guard !newFaces.isEmpty else { return }
    let marked = newFaces
    newFaces.removeAll(keepingCapacity: true)
    for component in marked where components[component].hasNewFace {
      components[component].hasNewFace = false
      if !components[component].first.isNone { body(CustomerRef(component)) }
    }
  }

  /// What there is to be told of a customer. Cost: O(its identifiers), and the household's where that has bundles.
  func face(of customer: CustomerRef) -> Face {
    var list: [UInt32] = []
    forEachLife(customer) { index, _ in list.append(index) }
    if list.count > 1 { list.sort { strength($0, $1) < 0 } }
    var builder = Face.Builder(reserving: 32 + list.count * 40)
    for (at, index) in list.enumerated() {
      let type = identifiers[index].type
      let isLastSeen = list.indices.allSatisfy {
        $0 == at || identifiers[list[$0]].type != type || isSeen(list[$0], before: index)
      }
      identifiers[index].isLastSeen = isLastSeen
      builder.add(
        identifier: identifiers[index].number, type, isLastSeen: isLastSeen, value(index))
    }
    if bundles.count > 0 {
      var held: [UInt32] = []
      forEachBundle(identifiers[list[0]].household) { bundle in
        if owners(of: bundle).contains(customer.rawValue) { held.append(bundle) }
      }
      // In an order that does not hang on how the household came together.
      for bundle in held.sorted(by: { bundles[$0].number < bundles[$1].number }) {
        let strongest = strongest(bundle)
        builder.add(
          other: family(of: bundle), identifiers[strongest].type, value(strongest))
      }
    }
    return builder.finish(aliases: aliases(of: customer))
  }

  /// The customers that a bundle's interactions can be of.
  private func owners(of bundle: UInt32) -> [UInt32] {
    (0...UInt32(bundles[bundle].lives)).compactMap { life in
      let stem = Stem.bundle(bundle, life: life)
      let owner = founder(of: stem) == 0 ? 0 : component(of: stem)
      return owner == 0 ? nil : owner
    }
  }
}

// Where the data of each stem is now.
extension WhoIsWho {
  /// Where everything that customers were put together from belongs, as who is who is known now.
  ///
  /// Cost: O(identifiers of these customers), and their households' where there are bundles.
  func routes(to customers: [CustomerRef]) -> Routes {
    var routes = Routes()
    var households: [UInt32] = []
    for customer in customers {
      forEachLife(customer) { index, _ in
        routes.add(identifiers[index].number, route(ofPlain: index))
      }
      let household = identifiers[components[customer.rawValue].head].household
      if bundles.count > 0, !households.contains(household) { households.append(household) }
    }
    for household in households {
      forEachBundle(household) { bundle in
        routes.add(family(of: bundle), route(of: bundle))
      }
    }
    return routes
  }

  private func route(ofPlain index: UInt32) -> [Routes.Part] {
    let (first, split) = (Stem.plain(index, second: false), identifiers[index].split)
    guard split != 0 else {
      return [.init(before: nil, stem: ref(first), owner: CustomerRef(component(of: first)))]
    }
    let second = Stem.plain(index, second: true)
    return [
      .init(
        before: orderKey(splits[split].since), stem: ref(first),
        owner: CustomerRef(component(of: first))),
      .init(before: nil, stem: ref(second), owner: CustomerRef(component(of: second))),
    ]
  }

  /// Each life lasts until its identifier stands for no one; then it is the next one's.
  private func route(of bundle: UInt32) -> [Routes.Part] {
    var parts: [Routes.Part] = []
    var reached = Key.none
    let lives = Int(bundles[bundle].lives)
    for life in 0...lives {
      let stem = Stem.bundle(bundle, life: UInt32(life))
      let member = life < lives ? member(bundle, life) : 0
      guard life == lives || member != 0 else { continue }
      let split = life < lives ? identifiers[member].split : 0
      let owner = CustomerRef(component(of: stem))
      guard split != 0 else {
        parts.append(.init(before: nil, stem: ref(stem), owner: owner))
        return parts
      }
      let since = splits[split].since
      guard reached.isNone || precedes(reached, since) else { continue }
      reached = since
      parts.append(.init(before: orderKey(since), stem: ref(stem), owner: owner))
    }
    return parts
  }
}

/// Where things belong by the strongest identifiers they came with, and by their place in the order.
struct Routes: Sendable {
  struct Part: Sendable {
    /// For what comes before this; nil: for all the rest.
    var before: OrderKey?
    var stem: StemRef
    var owner: CustomerRef
  }

  private var families: [UInt32: [Part]] = [:]

  mutating func add(_ family: UInt32, _ parts: [Part]) { families[family] = parts }

  /// Where an item of a stem belongs; its key is asked for only where it matters. Nil where the stem is no one's.
  func place(_ stem: StemRef, at key: () -> OrderKey) -> (stem: StemRef, owner: CustomerRef)? {
    guard let parts = families[stem.family], let last = parts.last else { return nil }
    if parts.count > 1 {
      let key = key()
      for part in parts {
        if let before = part.before, !(key < before) { continue }
        return (part.stem, part.owner)
      }
    }
    return (last.stem, last.owner)
  }

  /// Where the data of exactly this stem belongs, and of one that is no more its family's.
  func place(exactly stem: StemRef) -> (stem: StemRef, owner: CustomerRef)? {
    guard let parts = families[stem.family] else { return nil }
    return (parts.first { $0.stem == stem } ?? parts.last).map { ($0.stem, $0.owner) }
  }
}
