/// The number of an interned name.
package struct NameID: Hashable, Comparable, Sendable {
  package var rawValue: UInt16

  @inlinable package init(_ rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable package static func < (a: NameID, b: NameID) -> Bool { a.rawValue < b.rawValue }
  @inlinable package static func == (a: NameID, b: NameID) -> Bool { a.rawValue == b.rawValue }

  /// `*`: every channel, or every purpose.
  package static let any = NameID(0)
}

/// An append-only dictionary from names (touchpoints, channels, sources, attributes, purposes …) to small numbers.
///
/// Numbers never change, so that rows stay readable whatever the configuration becomes. Holds
/// ``Limits/namesMax`` names. Not for sharing between threads.
package final class NameTable {
  /// All in one value, so that a look-up takes hold of the table once.
  private var table = Table()

  package init() { _ = intern("*") }

  package var count: Int { table.ends.count }
  /// Whether a new name can be taken.
  package var hasRoom: Bool { count < Limits.namesMax }

  /// The number of a name, given one where it is new. Nil where the table is full. Cost: about 10 ns.
  package func intern(_ name: UnsafeBufferPointer<UInt8>) -> NameID? { table.intern(name) }

  package func intern(_ name: String) -> NameID? {
    var name = name
    return name.withUTF8 { intern($0) }
  }

  /// The number of a name that is already known.
  package func lookup(_ name: UnsafeBufferPointer<UInt8>) -> NameID? { table.lookup(name) }

  package func lookup(_ name: String) -> NameID? {
    var name = name
    return name.withUTF8 { lookup($0) }
  }

  package func text(_ id: NameID) -> String {
    String(decoding: table.bytes[table.range(of: Int(id.rawValue))], as: UTF8.self)
  }

  package func appendText(_ id: NameID, to out: inout [UInt8]) {
    out.append(contentsOf: table.bytes[table.range(of: Int(id.rawValue))])
  }

  /// Whether the bytes of a come before those of b.
  package func precedes(_ a: NameID, _ b: NameID) -> Bool {
    table.bytes[table.range(of: Int(a.rawValue))]
      .lexicographicallyPrecedes(table.bytes[table.range(of: Int(b.rawValue))])
  }

  private struct Table: ~Copyable {
    var bytes: [UInt8] = []
    var ends: [UInt32] = []
    /// Open addressing: number + 1, or 0 where empty.
    var slots: [UInt32] = Array(repeating: 0, count: 1024)

    func lookup(_ name: UnsafeBufferPointer<UInt8>) -> NameID? {
      let found = slots[find(name)]
      return found == 0 ? nil : NameID(UInt16(found - 1))
    }

    mutating func intern(_ name: UnsafeBufferPointer<UInt8>) -> NameID? {
      let slot = find(name)
      if slots[slot] != 0 { return NameID(UInt16(slots[slot] - 1)) }
      guard ends.count < Limits.namesMax else { return nil }
      bytes.append(contentsOf: name)
      ends.append(UInt32(bytes.count))
      slots[slot] = UInt32(ends.count)
      let id = NameID(UInt16(ends.count - 1))
      if ends.count * 2 > slots.count { grow() }
      return id
    }

    func range(of index: Int) -> Range<Int> {
      (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    private func find(_ name: UnsafeBufferPointer<UInt8>) -> Int {
      let mask = slots.count - 1
      var slot = Int(truncatingIfNeeded: stableHash(name)) & mask
      while slots[slot] != 0, !isSame(Int(slots[slot] - 1), name) { slot = (slot + 1) & mask }
      return slot
    }

    private func isSame(_ index: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
      let range = range(of: index)
      guard range.count == name.count else { return false }
      for i in 0..<name.count where bytes[range.lowerBound + i] != name[i] { return false }
      return true
    }

    private mutating func grow() {
      slots = Array(repeating: 0, count: slots.count * 2)
      for index in ends.indices {
        let range = range(of: index)
        let slot = bytes.withUnsafeBufferPointer { find(UnsafeBufferPointer(rebasing: $0[range])) }
        slots[slot] = UInt32(index + 1)
      }
    }
  }
}
