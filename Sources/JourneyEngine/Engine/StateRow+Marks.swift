package import JourneyModel

extension StateRow {
  package static let numbersKey = [RowKind.numbers.rawValue]

  /// What the row of a household or of a customer is to be found by where it is not in memory.
  package var marks: [RowMark] {
    guard let value, let kind = key.first.flatMap(RowKind.init(rawValue:)) else { return [] }
    do throws(RowDamage) {
      switch kind {
      case .household: return try WhoIsWho.marks(ofHousehold: value)
      case .customer: return try Customer.marks(of: value)
      case .name, .erasure, .rule, .runtime, .numbers: return []
      }
    } catch { return [.unreadable] }
  }
}

extension WhoIsWho {
  /// Its identifiers, and since when somebody of it is silent.
  fileprivate static func marks(ofHousehold value: [UInt8]) throws(RowDamage) -> [RowMark] {
    var row = RowReader(value)
    guard try row.byte() == rowFormat else { throw RowDamage("it is of another format") }
    _ = try row.integer()
    let base = try row.signed()
    var marks: [RowMark] = []
    if try row.byte() == 1 { marks.append(.moment(.silence, Moment(base &+ (try row.signed())))) }
    for _ in 0..<(try row.count()) {
      _ = try row.unsigned()
      let type = try row.name()
      marks.append(.name(mark(type, try row.text())))
      let flags = Flags(rawValue: try row.byte())
      _ = try row.integer()
      var keys = flags.contains(.hasFirst) ? (flags.contains(.lastIsFirst) ? 1 : 2) : 0
      if !flags.contains(.seenIsLast) { keys += 1 }
      if flags.contains(.isSplit) { keys += 1 }
      if flags.contains(.hasSecondLife) { keys += 1 }
      for _ in 0..<keys { try row.skipKey() }
    }
    return marks
  }
}

/// Tells whether something is as it was. Never 0.
struct RowDigest {
  private(set) var value: UInt64 = 1

  mutating func add(_ number: UInt64) {
    var mixed = (value ^ number) &* 0x9E37_79B9_7F4A_7C15
    mixed ^= mixed >> 32
    value = max(1, mixed &* 0xD6E8_FEB8_6659_FD93)
  }
}

extension RowReader {
  /// Passes over a place in the order of interactions.
  fileprivate mutating func skipKey() throws(RowDamage) {
    _ = try signed()
    _ = try name()
    try skipText()
  }
}

extension Customer {
  /// Its next deadline, its suggestions, and its former ids.
  fileprivate static func marks(of value: [UInt8]) throws(RowDamage) -> [RowMark] {
    var row = RowReader(value)
    let head = try Head(&row)
    var marks: [RowMark] = []
    if head.due < .distantFuture { marks.append(.moment(.deadline, head.due)) }
    for alias in head.face.aliases { marks.append(.name(mark(alias))) }
    for id in head.suggestionIDs { marks.append(.name(mark(id))) }
    return marks
  }

  /// Another for other marks, and for another row.
  func marksDigest(at place: CustomerPlace) -> UInt64 {
    var digest = RowDigest()
    digest.add(place.id.rawValue)
    digest.add(UInt64(place.shard.rawValue))
    digest.add(UInt64(bitPattern: due.milliseconds))
    for suggestion in suggestions { digest.add(suggestion.id.rawValue) }
    face.forEachAlias { digest.add($0) }
    return digest.value
  }

  /// The name by which the row of a suggestion's customer is found.
  static func mark(_ id: SuggestionID) -> UInt64 { mark(2, id.rawValue) }

  /// The name by which the row of a customer who had this id before is found.
  static func mark(_ alias: CustomerID) -> UInt64 { mark(1, alias.rawValue) }

  private static func mark(_ what: UInt8, _ number: UInt64) -> UInt64 {
    var text = [RowKind.customer.rawValue, what]
    withUnsafeBytes(of: number.bigEndian) { text.append(contentsOf: $0) }
    return max(1, stableHash(text))
  }
}
