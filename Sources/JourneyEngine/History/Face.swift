import JourneyModel

/// Who a customer is, as the sequencer told it last: identifiers, former ids, and what stems stand for.
///
/// One block of bytes, so that a customer costs one allocation for it: entries of a head and a value, the strongest
/// identifier first, then former ids. Cost of every question: a look at each entry.
struct Face: Equatable, Sendable {
  private(set) var bytes: [UInt8] = []

  static let none = Face()

  private static let countsBytes = 4
  private static let headBytes = 9

  private enum Flag {
    /// One of the customer's identifiers; else only what interactions of several identifiers go under.
    static let isIdentifier: UInt8 = 1
    /// Of its type the one that was seen last.
    static let isLastSeen: UInt8 = 2
  }

  private struct Entry {
    var family: UInt32
    var type: UInt16
    var flags: UInt8
    var value: Range<Int>
  }
}

// MARK: Asking

extension Face {
  /// All identifiers, types in their order; what outputs show.
  func identifiers(named types: [String]) -> [IdentifierValues] {
    var shown: [IdentifierValues] = []
    forEach { entry in
      guard entry.flags & Flag.isIdentifier != 0, types.indices.contains(Int(entry.type)) else {
        return true
      }
      let name = types[Int(entry.type)]
      let text = String(decoding: bytes[entry.value], as: UTF8.self)
      if shown.last?.type == name {
        shown[shown.count - 1].values.append(text)
      } else {
        shown.append(IdentifierValues(type: name, values: [text]))
      }
      return true
    }
    return shown
  }

  /// The value of a type that was seen last; nil where there is none.
  func lastSeen(_ type: IdentifierType) -> [UInt8]? {
    let both = Flag.isIdentifier | Flag.isLastSeen
    return first { $0.type == type.rawValue && $0.flags & both == both }.map {
      Array(bytes[$0.value])
    }
  }

  /// The strongest identifier; nil where there is none.
  var strongest: (type: IdentifierType, value: [UInt8])? {
    first { $0.flags & Flag.isIdentifier != 0 }.map {
      (IdentifierType($0.type), Array(bytes[$0.value]))
    }
  }

  func has(_ type: IdentifierType) -> Bool {
    first { $0.type == type.rawValue && $0.flags & Flag.isIdentifier != 0 } != nil
  }

  /// The strongest identifier of the interactions tagged so; nil for a stem of someone else.
  func strongest(of stem: StemRef) -> (type: IdentifierType, value: [UInt8])? {
    let family = stem.family
    return first { $0.family == family }.map { (IdentifierType($0.type), Array(bytes[$0.value])) }
  }

  /// Former ids, ascending.
  var aliases: [CustomerID] {
    var aliases: [CustomerID] = []
    forEachAlias { aliases.append(CustomerID($0)) }
    return aliases
  }

  func forEachAlias(_ body: (UInt64) -> Void) {
    guard !bytes.isEmpty else { return }
    let (entries, count) = (Int(number(0, 2)), Int(number(2, 2)))
    guard count > 0 else { return }
    var at = Face.countsBytes
    for _ in 0..<entries { at = end(at) }
    for place in 0..<count { body(number(at + place * 8, 8)) }
  }

  private func number(_ at: Int, _ count: Int) -> UInt64 {
    var number: UInt64 = 0
    for byte in 0..<count { number |= UInt64(bytes[at + byte]) << UInt64(byte * 8) }
    return number
  }

  private func end(_ at: Int) -> Int { at + Face.headBytes + Int(number(at + 7, 2)) }

  private func first(_ isIt: (Entry) -> Bool) -> Entry? {
    var found: Entry?
    forEach { entry in
      guard isIt(entry) else { return true }
      found = entry
      return false
    }
    return found
  }

  /// Lends the entries, as long as `body` answers true.
  private func forEach(_ body: (Entry) -> Bool) {
    guard !bytes.isEmpty else { return }
    var at = Face.countsBytes
    for _ in 0..<Int(number(0, 2)) {
      let end = end(at)
      let entry = Entry(
        family: UInt32(truncatingIfNeeded: number(at, 4)), type: UInt16(number(at + 4, 2)),
        flags: bytes[at + 6], value: at + Face.headBytes..<end)
      guard body(entry) else { return }
      at = end
    }
  }
}

// MARK: Making

extension Face {
  /// Puts a face together: identifiers, the strongest first, then other families, then former ids.
  struct Builder {
    private var bytes: [UInt8] = []
    private var entries = 0

    init(reserving count: Int) {
      bytes.reserveCapacity(count)
      bytes.append(contentsOf: repeatElement(0, count: Face.countsBytes))
    }

    mutating func add(
      identifier family: UInt32, _ type: UInt16, isLastSeen: Bool,
      _ value: UnsafeBufferPointer<UInt8>
    ) {
      add(family, type, Flag.isIdentifier | (isLastSeen ? Flag.isLastSeen : 0), value)
    }

    mutating func add(other family: UInt32, _ type: UInt16, _ value: UnsafeBufferPointer<UInt8>) {
      add(family, type, 0, value)
    }

    private mutating func add(
      _ family: UInt32, _ type: UInt16, _ flags: UInt8, _ value: UnsafeBufferPointer<UInt8>
    ) {
      guard entries < Int(UInt16.max) else { return }
      entries += 1
      append(UInt64(family), 4)
      append(UInt64(type), 2)
      bytes.append(flags)
      append(UInt64(value.count), 2)
      bytes.append(contentsOf: value)
    }

    consuming func finish(aliases: [CustomerID]) -> Face {
      let count = min(aliases.count, Int(UInt16.max))
      for alias in aliases.prefix(count) { append(alias.rawValue, 8) }
      set(UInt16(entries), at: 0)
      set(UInt16(count), at: 2)
      var face = Face()
      face.bytes = bytes
      return face
    }

    private mutating func append(_ number: UInt64, _ count: Int) {
      for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(byte * 8))) }
    }

    private mutating func set(_ number: UInt16, at: Int) {
      bytes[at] = UInt8(truncatingIfNeeded: number)
      bytes[at + 1] = UInt8(truncatingIfNeeded: number >> 8)
    }
  }
}

// MARK: Rows

extension Face {
  /// Takes a face back from its bytes.
  ///
  /// - Throws: ``RowDamage`` where they do not add up.
  init(decoding bytes: [UInt8]) throws(RowDamage) {
    self.bytes = bytes
    guard !bytes.isEmpty else { return }
    guard bytes.count >= Face.countsBytes else { throw RowDamage("a face that ends early") }
    var at = Face.countsBytes
    for _ in 0..<Int(number(0, 2)) {
      guard at + Face.headBytes <= bytes.count else { throw RowDamage("a face that ends early") }
      at = end(at)
    }
    guard at + Int(number(2, 2)) * 8 == bytes.count else {
      throw RowDamage("a face that does not add up")
    }
  }
}

extension StemRef {
  /// The identifier, or the group of identifiers, whatever it stands for at a time.
  var family: UInt32 {
    let isBundle = rawValue & WhoIsWho.bundleBit != 0
    return isBundle
      ? WhoIsWho.bundleBit | (rawValue & ~WhoIsWho.bundleBit) >> 6 : rawValue >> 1
  }
}
