/// Counts of values on a log-linear scale: 64 steps per doubling, so that a percentile is off by less than 1 %.
///
/// Values are whole and not negative, in any unit; those beyond 2^40 count as 2^40. Takes 17 KiB, and about
/// a nanosecond per value.
package struct Histogram: Sendable {
  /// Steps per doubling, as a power of two.
  private static let stepBits = 6
  private static let valueMax: Int64 = 1 << 40
  private static let slots = (40 - stepBits + 2) << stepBits

  private var counts = [UInt64](repeating: 0, count: Histogram.slots)
  package private(set) var count: UInt64 = 0

  package init() {}

  package mutating func record(_ value: Int64) {
    counts[Self.slot(min(max(value, 0), Self.valueMax))] += 1
    count += 1
  }

  package mutating func merge(_ other: Histogram) {
    for slot in counts.indices { counts[slot] += other.counts[slot] }
    count += other.count
  }

  /// Forgets what was counted and keeps its memory.
  package mutating func removeAll() {
    for slot in counts.indices { counts[slot] = 0 }
    count = 0
  }

  /// The value below which a share (0 … 1) of the values lie, off by less than 1 %; nil where there is none.
  package func percentile(_ share: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = max(1, UInt64((Double(count) * min(max(share, 0), 1)).rounded(.up)))
    var seen: UInt64 = 0
    for slot in counts.indices {
      seen += counts[slot]
      if seen >= rank { return Self.middle(slot) }
    }
    return nil
  }

  private static func slot(_ value: Int64) -> Int {
    let linear = 1 << stepBits
    guard value >= linear else { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount - stepBits
    return (exponent << stepBits) + Int(value >> Int64(exponent))
  }

  private static func middle(_ slot: Int) -> Double {
    let linear = 1 << stepBits
    guard slot >= linear else { return Double(slot) }
    let exponent = (slot >> stepBits) - 1
    let low = Int64((slot & (linear - 1)) + linear) << Int64(exponent)
    return Double(low) + Double((Int64(1) << Int64(exponent)) - 1) / 2
  }
}
