import JourneyModel
import KafkaClient

/// One partition as the broker keeps it: records and the markers that end transactions, each with an offset.
final class PartitionLog {
  enum Fate { case open, committed, aborted }

  /// What a producer has written in one transaction to this partition; ended by a marker.
  final class Part {
    let producer: Int64
    let first: Offset
    var fate = Fate.open
    init(_ producer: Int64, first: Offset) {
      self.producer = producer
      self.first = first
    }
  }

  struct Entry {
    var offset: Offset
    /// Nil for what was written without a transaction.
    var part: Part?
    var isMarker = false
    var key: [UInt8]?
    var value: [UInt8]?
    var timestamp: Moment

    var isVisible: Bool { !isMarker && (part.map { $0.fate == .committed } ?? true) }
  }

  let place: TopicPartition
  private(set) var entries: [Entry] = []
  /// The true end: the offset of what is written next.
  private(set) var end = Offset(0)
  private(set) var beginning = Offset(0)
  private var open: [Int64: Part] = [:]
  /// Called when something was written.
  var onChange: [() -> Void] = []

  init(_ place: TopicPartition) { self.place = place }

  /// What readers of committed records see the end at: before the first open transaction.
  var stableEnd: Offset { open.values.map(\.first).min() ?? end }

  func append(_ key: [UInt8]?, _ value: [UInt8]?, of producer: Int64?, at now: Moment) {
    var part: Part?
    if let producer {
      part = open[producer] ?? Part(producer, first: end)
      open[producer] = part
    }
    entries.append(
      Entry(offset: end, part: part, key: key, value: value, timestamp: now))
    end = end.next
    told()
  }

  /// Writes the marker that ends a producer's transaction here.
  func finish(_ producer: Int64, commits: Bool, at now: Moment) {
    let part = open.removeValue(forKey: producer)
    part?.fate = commits ? .committed : .aborted
    entries.append(Entry(offset: end, part: part, isMarker: true, timestamp: now))
    end = end.next
    told()
  }

  /// Leaves only the last committed record of each key, and all from the first open transaction on.
  func compact(below bound: Offset) {
    let bound = min(bound, stableEnd)
    var last: [[UInt8]: Offset] = [:]
    for entry in entries where entry.isVisible && entry.offset < bound {
      if let key = entry.key { last[key] = entry.offset }
    }
    entries.removeAll { entry in
      guard entry.offset < bound, !entry.isMarker else { return false }
      guard entry.isVisible, let key = entry.key else { return true }
      return last[key] != entry.offset
    }
  }

  /// The place of the first entry at or behind an offset.
  func index(of offset: Offset) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// All that a reader of committed records sees, in order.
  var visible: [Entry] { entries.filter { $0.offset < stableEnd && $0.isVisible } }

  private func told() {
    let listeners = onChange
    onChange = []
    for listener in listeners { listener() }
  }
}
