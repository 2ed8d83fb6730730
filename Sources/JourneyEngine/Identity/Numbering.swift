/// The numbers that rows call records by, whether these are in memory or not.
///
/// A number that is given back is used again by the same process; what was given back before its end is not.
struct Numbering: ~Copyable {
  /// Above all numbers that were ever allotted.
  private(set) var next: UInt32 = 1
  private var freed: [UInt32] = []
  private var table = SlotTable()
  /// Numbers above do not fit into stems.
  let bound: UInt32

  init(below bound: UInt32) { self.bound = bound }

  /// Whether there is a number left.
  var hasMore: Bool { !freed.isEmpty || next < bound }

  /// The place of a record by its number; 0 where it is not in memory. Cost: O(1).
  @inline(__always)
  func find(_ number: UInt32) -> UInt32 { table.find(Numbering.hash(number)) { _ in true } }

  /// Allots a number to a record.
  mutating func take(for slot: UInt32) -> UInt32 {
    let number = freed.popLast() ?? next
    enter(number, slot)
    return number
  }

  /// Takes in a record that has its number from before.
  mutating func enter(_ number: UInt32, _ slot: UInt32) {
    next = max(next, number + 1)
    table.insert(Numbering.hash(number), slot)
  }

  /// Its record is not in memory any more, and may come back.
  mutating func leave(_ number: UInt32, _ slot: UInt32) {
    table.remove(Numbering.hash(number), slot)
  }

  /// Nothing is called so any more.
  mutating func free(_ number: UInt32, _ slot: UInt32) {
    leave(number, slot)
    if freed.count < Numbering.freedMax { freed.append(number) }
  }

  /// No number below is to be allotted, whatever was seen.
  mutating func skip(to next: UInt32) { self.next = max(self.next, next) }

  private static let freedMax = 1 << 20

  /// Each number has its own.
  @inline(__always)
  private static func hash(_ number: UInt32) -> UInt32 { number &* 0x9E37_79B1 }
}
