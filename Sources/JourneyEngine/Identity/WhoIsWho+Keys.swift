internal import JourneyModel

#if canImport(Glibc)
  internal import Glibc
#endif

// Keys, their order and whose their bytes are.
extension WhoIsWho {
  /// An id, a zero, and the hash of an envelope's source.
  static let scratchBytes = Limits.recordIdBytesMax + 1 + 8

  /// Whether a comes before b: by time, source, id. Cost: mostly one comparison.
  @inline(__always)
  func precedes(_ a: Key, _ b: Key) -> Bool {
    a.time != b.time ? a.time < b.time : order(a, b) < 0
  }

  /// Negative, zero or positive, as a comes before, with or after b.
  func order(_ a: Key, _ b: Key) -> Int {
    if a.time != b.time { return a.time < b.time ? -1 : 1 }
    if a.source != b.source {
      return names.precedes(NameID(a.source), NameID(b.source)) ? -1 : 1
    }
    if a.prefix != b.prefix { return a.prefix < b.prefix ? -1 : 1 }
    if a.rest != 0, b.rest != 0 {
      let x = arena.bytes(a.rest, a.restCount)
      let y = arena.bytes(b.rest, b.restCount)
      if let p = x.baseAddress, let q = y.baseAddress {
        let order = memcmp(p, q, min(x.count, y.count))
        if order != 0 { return Int(order) }
      }
    }
    return Int(a.count) - Int(b.count)
  }

  func own(_ key: Key) -> Key {
    var key = key
    if key.rest != 0 { key.rest = arena.copy(key.rest, key.restCount) }
    return key
  }

  func release(_ key: Key) {
    if key.rest != 0 { arena.free(key.rest, key.restCount) }
  }

  /// What stands in the place of `old` once it is `new`; the bytes of `new` are copied.
  func replacing(_ old: Key, by new: Key) -> Key {
    let (had, wants) = (ByteArena.granules(old.restCount), ByteArena.granules(new.restCount))
    var key = new
    if had == wants {
      key.rest = old.rest
      if new.rest != 0 { arena.copy(new.rest, new.restCount, to: old.rest) }
    } else {
      release(old)
      key = own(new)
    }
    return key
  }

  /// The key of an interaction; its rest stands in the scratch block until the next.
  func key(of interaction: borrowing Interaction) -> Key {
    var key = Key(time: interaction.time.milliseconds, source: interaction.source.rawValue)
    let origin = interaction.origin
    interaction.bytes.withUnsafeBufferPointer { bytes in
      let id = UnsafeBufferPointer(rebasing: bytes[interaction.id.range])
      if origin.count == 0 {
        fill(&key, id)
      } else {
        let hash = stableHash(UnsafeBufferPointer(rebasing: bytes[origin.range]))
        fill(&key, Array(id) + WhoIsWho.suffix(hash))
      }
    }
    return key
  }

  func key(of order: OrderKey) -> Key {
    let stop = order.tail.firstIndex(of: 0) ?? order.tail.endIndex
    let source = order.tail[..<stop].withUnsafeBufferPointer { names.lookup($0) } ?? .any
    var key = Key(time: order.time.milliseconds, source: source.rawValue)
    order.tail[min(stop + 1, order.tail.endIndex)...].withUnsafeBufferPointer { fill(&key, $0) }
    return key
  }

  func orderKey(_ key: Key) -> OrderKey {
    var tail: [UInt8] = []
    names.appendText(NameID(key.source), to: &tail)
    tail.append(0)
    appendID(of: key, to: &tail)
    return OrderKey(time: Moment(key.time), tail: tail)
  }

  func appendID(of key: Key, to out: inout [UInt8]) {
    for at in 0..<min(8, Int(key.count)) {
      out.append(UInt8(truncatingIfNeeded: key.prefix >> UInt64(56 - at * 8)))
    }
    if key.rest != 0 { out.append(contentsOf: arena.bytes(key.rest, key.restCount)) }
  }

  /// A zero and the bytes of a hash.
  static func suffix(_ hash: UInt64) -> [UInt8] {
    [0] + (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(56 - $0 * 8)) }
  }

  func fill(_ key: inout Key, _ id: [UInt8]) { id.withUnsafeBufferPointer { fill(&key, $0) } }

  func fill(_ key: inout Key, _ id: UnsafeBufferPointer<UInt8>) { fill(&key, id, at: scratch) }

  /// Fills a key whose rest is to stand in a block.
  func fill(_ key: inout Key, _ id: UnsafeBufferPointer<UInt8>, at block: UInt32) {
    let count = min(id.count, WhoIsWho.scratchBytes)
    key.count = UInt16(max(1, count))
    var prefix: UInt64 = 0
    for at in 0..<min(8, count) { prefix |= UInt64(id[at]) << UInt64(56 - at * 8) }
    key.prefix = prefix
    guard count > 8 else { return }
    key.rest = block
    arena.write(UnsafeBufferPointer(rebasing: id[8..<count]), at: block)
  }
}
