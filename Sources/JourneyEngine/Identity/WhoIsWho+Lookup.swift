internal import JourneyModel

#if canImport(Glibc)
  internal import Glibc
#endif

// From bytes to records and back.
extension WhoIsWho {
  @inline(__always)
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ type: UInt16) -> UInt32 {
    let hash = stableHash(bytes) &+ UInt64(type) &* 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
  }

  /// 0: none. One that is not in memory is recalled with its household.
  func lookup(_ bytes: UnsafeBufferPointer<UInt8>, _ type: UInt16, _ hash: UInt32) -> UInt32 {
    let found = held(bytes, type, hash)
    return found != 0 || memory == nil ? found : recall(bytes, type, hash)
  }

  /// 0: none in memory.
  @inline(__always)
  func held(_ bytes: UnsafeBufferPointer<UInt8>, _ type: UInt16, _ hash: UInt32) -> UInt32 {
    table.find(hash) { index in
      let record = identifiers[index]
      guard record.type == type, Int(record.valueCount) == bytes.count else { return false }
      guard let a = arena.bytes(record.value, bytes.count).baseAddress, let b = bytes.baseAddress
      else { return true }
      return memcmp(a, b, bytes.count) == 0
    }
  }

  func lookup(_ each: Interaction.Identifier, in interaction: borrowing Interaction) -> UInt32 {
    let type = each.type.rawValue
    return interaction.bytes.withUnsafeBufferPointer { all in
      let bytes = UnsafeBufferPointer(rebasing: all[each.value.range])
      return lookup(bytes, type, WhoIsWho.hash(bytes, type))
    }
  }

  func lookup(_ value: [UInt8], _ type: UInt16) -> UInt32 {
    value.withUnsafeBufferPointer { lookup($0, type, WhoIsWho.hash($0, type)) }
  }

  func findOrMake(_ each: Interaction.Identifier, in interaction: borrowing Interaction) -> UInt32 {
    let type = each.type.rawValue
    return interaction.bytes.withUnsafeBufferPointer { all in
      let bytes = UnsafeBufferPointer(rebasing: all[each.value.range])
      let hash = WhoIsWho.hash(bytes, type)
      let found = lookup(bytes, type, hash)
      return found != 0 ? found : make(bytes, type, hash)
    }
  }

  /// A new identifier in a household of its own, nobody's yet.
  func make(_ bytes: UnsafeBufferPointer<UInt8>, _ type: UInt16, _ hash: UInt32) -> UInt32 {
    let index = identifiers.take()
    let component = components.take()
    let household = makeHousehold(on: UInt16(truncatingIfNeeded: hash % UInt32(shards)))
    identifiers[index].number = identifierNumbers.take(for: index)
    identifiers[index].hash = hash
    identifiers[index].type = type
    identifiers[index].valueCount = UInt16(bytes.count)
    let block = arena.store(bytes)
    identifiers[index].value = block
    identifiers[index].household = household
    identifiers[index].nextInHousehold = index
    identifiers[index].component = component
    identifiers[index].nextInComponent = index
    components[component].head = index
    components[component].size = 1
    households[household].head = index
    households[household].size = 1
    table.insert(hash, index)
    if isShared[Int(type)], !erasures.isEmpty { restoreAmbiguity(index) }
    return index
  }

  /// Frees an identifier of which nothing is known; it is alone in its household and its customer.
  func free(_ index: UInt32) {
    let record = identifiers[index]
    identifierNumbers.free(record.number, index)
    release(identifier: index)
    components.free(record.component)
    retire(record.household)
  }

  /// Gives the record of an identifier back, and what belongs to it alone.
  func release(identifier index: UInt32) {
    let record = identifiers[index]
    table.remove(record.hash, index)
    if record.usedPlain { ids.remove(id(of: index, second: false), index, second: false) }
    if record.usedSalted { ids.remove(id(of: index, second: true), index, second: true) }
    if record.split != 0 {
      release(splits[record.split].since)
      splits.free(record.split)
    }
    release(record.first)
    release(record.last)
    arena.free(record.value, Int(record.valueCount))
    identifiers.free(index)
  }

  func value(_ index: UInt32) -> UnsafeBufferPointer<UInt8> {
    arena.bytes(identifiers[index].value, Int(identifiers[index].valueCount))
  }

  func type(_ index: UInt32) -> Int { Int(identifiers[index].type) }

  func isShared(_ index: UInt32) -> Bool { isShared[type(index)] }

  /// Negative where a is stronger: by type, then as bytes.
  func strength(_ a: UInt32, _ b: UInt32) -> Int {
    if a == b { return 0 }
    if identifiers[a].type != identifiers[b].type {
      return Int(identifiers[a].type) - Int(identifiers[b].type)
    }
    let (x, y) = (value(a), value(b))
    if let p = x.baseAddress, let q = y.baseAddress {
      let order = memcmp(p, q, min(x.count, y.count))
      if order != 0 { return Int(order) }
    }
    return x.count - y.count
  }

  /// The id of a customer that an identifier founds: a stable hash of its type's name and its value; salted where
  /// it stands for no one, since the plain one may be taken.
  func id(of index: UInt32, second: Bool) -> UInt64 {
    Self.id(plan.kinds[type(index)].name, value(index), second: second)
  }

  static func id(_ type: String, _ value: some Collection<UInt8>, second: Bool) -> UInt64 {
    var text = Array(type.utf8)
    text.append(0)
    text.append(contentsOf: value)
    if second { text.append(contentsOf: [0, 1]) }
    return stableHash(text)
  }

  /// Whether it stands for no one at that point of the order.
  @inline(__always)
  func isAmbiguous(_ index: UInt32, at key: Key) -> Bool {
    let split = identifiers[index].split
    return split != 0 && !precedes(key, splits[split].since)
  }
}
