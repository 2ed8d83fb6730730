import JourneyModel

/// Made-up visits of many customers over some days, late ones among them; the same for the same seed.
struct Traffic {
  private(set) var records: [Made] = []

  /// - Parameter end: the time of the last visit.
  init(customers: Int, visits: Int, partitions: Int32, end: Moment, seed: UInt64) {
    var random = Seeded(seed)
    let begin = end.milliseconds - 5 * 86_400_000
    var times = (0..<visits).map { _ in begin + Int64(random.next() % 432_000_000) }.sorted()
    times.append(end.milliseconds)
    for (number, time) in times.enumerated() {
      let customer = Int(random.next() % UInt64(customers))
      let touchpoint = random.next() % 5 == 0 ? "bought" : "visited"
      var record = visit("C\(customer)", number, at: time, touchpoint: touchpoint)
      record.partition = Int32(customer) % partitions
      records.append(record)
    }
  }

  var lines: [String] { records.map { String(decoding: $0.value, as: UTF8.self) } }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
