package import JourneyModel

// What is known of a customer.
extension WhoIsWho {
  /// Whose the data of a stem is. Only for stems that ``resolve(_:at:)`` or a placement named.
  package func customer(of stem: StemRef) -> CustomerRef {
    CustomerRef(self.stem(stem).map { component(of: $0) } ?? 0)
  }

  /// The stem that an item with this one belongs to, as who is who is known now.
  package func resolve(_ stem: StemRef, at key: OrderKey) -> StemRef {
    guard canChange(stem), let known = self.stem(stem) else { return stem }
    return ref(self.stem(of: noted(known), at: self.key(of: key)))
  }

  /// Whether ``resolve(_:at:)`` can name another stem.
  package func canChange(_ stem: StemRef) -> Bool {
    guard let known = self.stem(stem) else { return false }
    return switch noted(known) {
    case .plain(let index): isSecondLife(known) || identifiers[index].split != 0
    case .bundle: true
    }
  }

  /// Every customer that is known, in no order that means anything.
  package var living: [CustomerRef] {
    (1..<components.end).filter { !components[$0].first.isNone }.map { CustomerRef($0) }
  }

  package func id(of customer: CustomerRef) -> CustomerID {
    CustomerID(components[customer.rawValue].id)
  }

  /// Former ids, ascending.
  package func aliases(of customer: CustomerRef) -> [CustomerID] {
    var found: [CustomerID] = []
    let own = components[customer.rawValue].id
    forEachLife(customer) { index, _ in
      for second in [false, true]
      where second ? identifiers[index].usedSalted : identifiers[index].usedPlain {
        let id = id(of: index, second: second)
        if id != own, holder(index, second: second) == customer.rawValue {
          found.append(CustomerID(id))
        }
      }
    }
    return found.sorted()
  }

  /// All identifiers, also such that stand for no one any more; types in their order, values as bytes.
  package func identifiers(of customer: CustomerRef) -> [IdentifierValues] {
    var list: [UInt32] = []
    forEachLife(customer) { index, _ in list.append(index) }
    return shown(list)
  }

  /// Whether a customer is known by shared identifiers only.
  package func isAnonymous(_ customer: CustomerRef) -> Bool {
    var anonymous = true
    forEachLife(customer) { index, _ in anonymous = anonymous && isShared(index) }
    return anonymous
  }

  /// The value of a type that was seen last by event time; of two of one moment the later in order, then as bytes.
  package func lastSeen(_ type: IdentifierType, of customer: CustomerRef) -> [UInt8]? {
    var best: UInt32 = 0
    forEachLife(customer) { index, _ in
      guard identifiers[index].type == type.rawValue else { return }
      if best == 0 || isSeen(best, before: index) { best = index }
    }
    return best == 0 ? nil : Array(value(best))
  }

  func isSeen(_ a: UInt32, before b: UInt32) -> Bool {
    let order = order(identifiers[a].seen, identifiers[b].seen)
    return order != 0 ? order < 0 : strength(a, b) < 0
  }

  /// Bytes of memory that what is known takes, without free places.
  var bytesHeld: Int {
    func bytes<T>(_ slab: borrowing Slab<T>) -> Int { slab.count * MemoryLayout<T>.stride }
    // Behind an identifier stand three table entries, too: by value, by number and by the id that it gives.
    return arena.bytesHeld + bytes(identifiers) + identifiers.count * 48 + bytes(splits)
      + bytes(components) + bytes(links) + bytes(bundles) + bytes(households)
      + households.count * 16
  }

  /// Customers in memory, and identifiers of none.
  var componentsHeld: Int { components.count }

  /// Finds a customer by its id or one of its aliases.
  package func lookup(_ id: CustomerID) -> CustomerRef? {
    guard let found = ids.find(id.rawValue) else { return nil }
    let component = holder(found.identifier, second: found.second)
    return component == 0 || components[component].first.isNone ? nil : CustomerRef(component)
  }

  /// Finds the customer that an identifier stands for now, or that of its own.
  package func lookup(_ type: IdentifierType, _ value: [UInt8]) -> CustomerRef? {
    let index = lookup(value, type.rawValue)
    guard index != 0 else { return nil }
    let split = identifiers[index].split
    let component = split == 0 ? identifiers[index].component : splits[split].component
    return component == 0 || components[component].first.isNone ? nil : CustomerRef(component)
  }

  /// Whose an id is that an identifier gave: of the life that it is of, or where that has nothing, of the other.
  func holder(_ index: UInt32, second: Bool) -> UInt32 {
    let record = identifiers[index]
    guard record.split != 0 else { return record.component }
    let split = splits[record.split]
    let hasFirst = !record.first.isNone && precedes(record.first, split.since)
    if second { return split.component != 0 ? split.component : record.component }
    let component = components[record.component]
    let isFounder = !component.first.isNone && component.founder == index
    return hasFirst || isFounder || split.component == 0 ? record.component : split.component
  }

  /// Each identifier of a customer and which of its lives.
  func forEachLife(_ customer: CustomerRef, _ body: (UInt32, Bool) -> Void) {
    let head = components[customer.rawValue].head
    guard !components[customer.rawValue].isSecondLife else { return body(head, true) }
    var index = head
    repeat {
      let next = identifiers[index].nextInComponent
      body(index, false)
      index = next
    } while index != head
  }

  func forEachBundle(_ household: UInt32, _ body: (UInt32) -> Void) {
    forEachMember(of: household) { index in
      var bundle = identifiers[index].bundles
      while bundle != 0 {
        let next = bundles[bundle].next
        body(bundle)
        bundle = next
      }
    }
  }

  func forEachMember(of household: UInt32, _ body: (UInt32) -> Void) {
    let head = households[household].head
    var index = head
    repeat {
      let next = identifiers[index].nextInHousehold
      body(index)
      index = next
    } while index != head
  }

  func shown(_ list: [UInt32]) -> [IdentifierValues] {
    var shown: [IdentifierValues] = []
    for index in list.sorted(by: { strength($0, $1) < 0 }) {
      let name = plan.kinds[type(index)].name
      let text = String(decoding: value(index), as: UTF8.self)
      if shown.last?.type == name {
        shown[shown.count - 1].values.append(text)
      } else {
        shown.append(IdentifierValues(type: name, values: [text]))
      }
    }
    return shown
  }
}
