package import JourneyModel

// What is known of a customer.
extension WhoIsWho {
  package func customer(of stem: StemRef) -> CustomerRef {
    holders[holder(life(of: stem))] ?? CustomerRef(.max)
  }

  /// The stem that an item with this one belongs to, as who is who is known now.
  package func resolve(_ stem: StemRef, at key: OrderKey) -> StemRef {
    guard stem.rawValue & 0x8000_0000 != 0 else {
      let index = Int(stem.rawValue / 2)
      let second = ambiguous[index].map { key >= $0 } ?? false
      return StemRef(UInt32(index * 2 + (second ? 1 : 0)))
    }
    let group = Int((stem.rawValue & 0x7FFF_FFFF) >> 6)
    for (life, member) in groups[group].enumerated() {
      guard let since = ambiguous[member], key >= since else { return self.stem(group, life: life) }
    }
    return self.stem(group, life: groups[group].count)
  }

  package func id(of customer: CustomerRef) -> CustomerID {
    customers[customer]?.id ?? CustomerID(0)
  }
  package func aliases(of customer: CustomerRef) -> [CustomerID] {
    customers[customer]?.aliases ?? []
  }

  /// All identifiers, also such that stand for no one any more; types in their order, values as bytes.
  package func identifiers(of customer: CustomerRef) -> [IdentifierValues] {
    shown((customers[customer]?.lives ?? []).map(\.identifier))
  }

  package func stems(of customer: CustomerRef) -> [StemRef] {
    (customers[customer]?.stems ?? []).sorted { $0.rawValue < $1.rawValue }
  }

  /// Whether a customer is known by shared identifiers only.
  package func isAnonymous(_ customer: CustomerRef) -> Bool {
    (customers[customer]?.lives ?? []).allSatisfy {
      plan.kinds[Int(identifiers[$0.identifier].type)].shared
    }
  }

  /// The value of a type that was seen last by event time; of two of one moment the later in order, then as bytes.
  package func lastSeen(_ type: IdentifierType, of customer: CustomerRef) -> [UInt8]? {
    (customers[customer]?.lives ?? []).map(\.identifier)
      .filter { identifiers[$0].type == type.rawValue && seen[$0] != nil }
      .max { a, b in
        let (x, y) = (seen[a], seen[b])
        if let x, let y, x != y { return x < y }
        return identifiers[a] < identifiers[b]
      }.map { identifiers[$0].value }
  }

  /// The strongest identifier of the interactions tagged so, as they were sent.
  package func strongestIdentifier(of stem: StemRef) -> (type: IdentifierType, value: [UInt8]) {
    let index =
      stem.rawValue & 0x8000_0000 == 0
      ? Int(stem.rawValue / 2) : groups[Int((stem.rawValue & 0x7FFF_FFFF) >> 6)][0]
    return (IdentifierType(identifiers[index].type), identifiers[index].value)
  }

  /// Finds a customer by its id or one of its aliases.
  package func lookup(_ id: CustomerID) -> CustomerRef? {
    customers.first { $0.value.id == id }?.key
      ?? customers.first { $0.value.aliases.contains(id) }?.key
  }

  /// Finds the customer that an identifier stands for now.
  package func lookup(_ type: IdentifierType, _ value: [UInt8]) -> CustomerRef? {
    guard let index = indices[Identifier(type: type.rawValue, value: value)] else { return nil }
    return holders[holder(Life(identifier: index, second: ambiguous[index] != nil))]
  }
}

// Handles.
extension WhoIsWho {
  func values(of interaction: borrowing Interaction) -> [Identifier] {
    var list: [Identifier] = []
    for each in interaction.identifiers {
      list.append(
        Identifier(type: each.type.rawValue, value: Array(interaction.bytes[each.value.range])))
    }
    return list
  }

  func index(_ identifier: Identifier) -> Int {
    if let found = indices[identifier] { return found }
    identifiers.append(identifier)
    indices[identifier] = identifiers.count - 1
    component.append(identifiers.count - 1)
    return identifiers.count - 1
  }

  func isShared(_ index: Int) -> Bool { plan.kinds[Int(identifiers[index].type)].shared }

  func group(of list: [Int]) -> Int {
    let stop = list.firstIndex { !isShared($0) } ?? list.count - 1
    let members = Array(list[...stop])
    if let found = groupIndices[members] { return found }
    groups.append(members)
    groupIndices[members] = groups.count - 1
    return groups.count - 1
  }

  func stem(_ group: Int, life: Int) -> StemRef {
    if groups[group].count == 1 { return StemRef(UInt32(groups[group][0] * 2 + life)) }
    return StemRef(0x8000_0000 | UInt32(group) << 6 | UInt32(life))
  }

  func life(of stem: StemRef) -> Life {
    guard stem.rawValue & 0x8000_0000 != 0 else {
      return Life(identifier: Int(stem.rawValue / 2), second: stem.rawValue & 1 == 1)
    }
    let members = groups[Int((stem.rawValue & 0x7FFF_FFFF) >> 6)]
    let life = Int(stem.rawValue & 63)
    return life < members.count
      ? Life(identifier: members[life], second: false) : Life(identifier: members[0], second: true)
  }

  func holder(_ life: Life) -> Life {
    life.second ? life : Life(identifier: component[life.identifier], second: false)
  }

  func shown(_ list: [Int]) -> [IdentifierValues] {
    let byType = Dictionary(grouping: Set(list)) { identifiers[$0].type }
    return byType.keys.sorted().map { type in
      IdentifierValues(
        type: plan.kinds[Int(type)].name,
        values: (byType[type] ?? []).sorted { identifiers[$0] < identifiers[$1] }
          .map { String(decoding: identifiers[$0].value, as: UTF8.self) })
    }
  }

  func precedes(_ a: Record, _ b: Record) -> Bool {
    if a.key != b.key { return a.key < b.key }
    return a.identifiers.lexicographicallyPrecedes(b.identifiers) {
      identifiers[$0] < identifiers[$1]
    }
  }

  func id(of life: Life) -> CustomerID {
    let identifier = identifiers[life.identifier]
    var text = Array(plan.kinds[Int(identifier.type)].name.utf8)
    text.append(0)
    text.append(contentsOf: identifier.value)
    if life.second { text.append(contentsOf: [0, 1]) }
    return CustomerID(stableHash(text))
  }
}
