/// One row of the state: what is known of something, whole, so that reading it twice does no harm.
package struct StateRow: Equatable, Sendable {
  /// Partition of the state topic: 0 is who is who, then one per shard.
  package var partition: Int32
  package var key: [UInt8]
  /// Nil: the row is gone.
  package var value: [UInt8]?
  /// It is known to have the marks of the row that was here before; spares a look at that.
  package var keepsMarks = false

  package init(partition: Int32, key: [UInt8], value: [UInt8]?, keepsMarks: Bool = false) {
    self.partition = partition
    self.key = key
    self.value = value
    self.keepsMarks = keepsMarks
  }
}

/// What a row's key begins with.
package enum RowKind: UInt8, CaseIterable, Sendable {
  /// A name's number, two bytes, most significant first; the value is the name.
  case name = 1
  /// A household of who is who.
  case household = 2
  /// What is remembered of someone forgotten.
  case erasure = 3
  /// A customer's id, eight bytes, most significant first.
  case customer = 4
  /// A rule's name; the value is when it was first loaded.
  case rule = 5
  /// What the runtime keeps: known input partitions and the like.
  case runtime = 6
  /// One row: how many customers there are, and which numbers were allotted.
  case numbers = 7

  /// Read at every start; all others when they are needed.
  package var isCommon: Bool { self != .household && self != .customer }
}

/// Writes compact rows: whole numbers in groups of seven bits, the least significant first.
package struct RowWriter {
  package private(set) var bytes: [UInt8] = []

  package init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  package mutating func byte(_ value: UInt8) { bytes.append(value) }

  package mutating func unsigned(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
  package mutating func count(_ value: Int) { unsigned(UInt64(max(0, value))) }

  /// Small differences of either sign are short.
  package mutating func signed(_ value: Int64) {
    unsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }
  package mutating func moment(_ value: Moment) { signed(value.milliseconds) }
  package mutating func name(_ value: NameID) { unsigned(UInt64(value.rawValue)) }
  package mutating func double(_ value: Double) {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }
  package mutating func fixed(_ value: UInt64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
  package mutating func text(_ value: some Collection<UInt8>) {
    count(value.count)
    bytes.append(contentsOf: value)
  }
  package mutating func text(_ value: [UInt8]) {
    count(value.count)
    bytes.append(contentsOf: value)
  }
  package mutating func text(_ value: ArraySlice<UInt8>) {
    count(value.count)
    bytes.append(contentsOf: value)
  }
  package mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }
}

/// A row that does not read as it was written: damaged, or of another format.
package struct RowDamage: Error, Equatable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// Reads what ``RowWriter`` wrote.
package struct RowReader {
  private let bytes: [UInt8]
  private var position = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isAtEnd: Bool { position == bytes.count }

  package mutating func byte() throws(RowDamage) -> UInt8 {
    guard position < bytes.count else { throw RowDamage("it ends too soon") }
    defer { position += 1 }
    return bytes[position]
  }

  package mutating func unsigned() throws(RowDamage) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 64 else { throw RowDamage("a number is too long") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }
  /// A number of items of at least one byte each, so that a damaged one cannot ask for more than there is.
  package mutating func count() throws(RowDamage) -> Int {
    let value = try unsigned()
    guard value <= UInt64(bytes.count) else { throw RowDamage("a count is beyond the row") }
    return Int(value)
  }
  package mutating func integer() throws(RowDamage) -> Int {
    let value = try unsigned()
    guard value <= UInt64(Int.max) else { throw RowDamage("a number is too large") }
    return Int(value)
  }
  package mutating func signed() throws(RowDamage) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
  package mutating func moment() throws(RowDamage) -> Moment { Moment(try signed()) }
  package mutating func name() throws(RowDamage) -> NameID {
    guard let raw = UInt16(exactly: try unsigned()) else {
      throw RowDamage("a name's number is too large")
    }
    return NameID(raw)
  }
  package mutating func double() throws(RowDamage) -> Double {
    var bits: UInt64 = 0
    for shift in 0..<8 { bits |= UInt64(try byte()) << UInt64(shift * 8) }
    return Double(bitPattern: bits)
  }
  package mutating func fixed() throws(RowDamage) -> UInt64 {
    var value: UInt64 = 0
    for _ in 0..<8 { value = value << 8 | UInt64(try byte()) }
    return value
  }
  package mutating func text() throws(RowDamage) -> [UInt8] {
    let count = try count()
    guard position + count <= bytes.count else { throw RowDamage("a text ends too soon") }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
  /// Passes over a text.
  package mutating func skipText() throws(RowDamage) {
    let count = try count()
    guard position + count <= bytes.count else { throw RowDamage("a text ends too soon") }
    position += count
  }
  package mutating func string() throws(RowDamage) -> String {
    String(decoding: try text(), as: UTF8.self)
  }
}
