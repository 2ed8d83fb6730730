internal import JourneyModel

/// Records in the order of their moments, those of one moment as they came: a binary heap.
struct RecordQueue {
  private struct Item {
    var record: DemoRecord
    var place: Int
  }
  private var items: [Item] = []
  private var places = 0

  var first: DemoRecord? { items.first?.record }

  mutating func insert(_ record: DemoRecord) {
    items.append(Item(record: record, place: places))
    places += 1
    var child = items.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() -> DemoRecord? {
    guard let first = items.first else { return nil }
    items.swapAt(0, items.count - 1)
    items.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < items.count && precedes(child, least) {
        least = child
      }
      if least == parent { return first.record }
      items.swapAt(parent, least)
      parent = least
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    (items[a].record.at, items[a].place) < (items[b].record.at, items[b].place)
  }
}

/// SplitMix64: small, fast, the same everywhere.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  /// The same numbers for the same seed.
  package init(_ seed: UInt64) { state = seed }

  /// Any 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of [low, high).
  package mutating func between(_ low: Int64, _ high: Int64) -> Int64 {
    low + Int64(next() % UInt64(max(1, high - low)))
  }
  /// Whether something happens that does in this share (0 … 1) of all cases.
  package mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }
}
