package import JourneyModel

/// What rows in memory are found by.
package struct MarkIndex {
  private let marks: RowMarks
  private var names: [UInt64: Set<RowPlace>] = [:]
  private var calendars: [RowCalendar: SortedEntries] = [:]

  package init(_ marks: @escaping RowMarks) { self.marks = marks }

  /// A row's value was another; nil: it was not there, or is gone.
  package mutating func change(_ place: RowPlace, from old: [UInt8]?, to new: [UInt8]?) {
    let change = MarkChange(place, from: old, to: new, marks)
    for mark in change.removed {
      switch mark {
      case .name(let name):
        names[name]?.remove(place)
        if names[name]?.isEmpty == true { names[name] = nil }
      case .moment(let calendar, let moment):
        calendars[calendar]?.remove(RowEntry(moment: moment, place: place))
      }
    }
    for mark in change.added {
      switch mark {
      case .name(let name): names[name, default: []].insert(place)
      case .moment(let calendar, let moment):
        let entry = RowEntry(moment: moment, place: place)
        calendars[calendar, default: SortedEntries()].insert(entry)
      }
    }
  }

  /// In their order.
  package func places(named name: UInt64) -> [RowPlace] {
    (names[name] ?? []).sorted(by: RowPlace.precedes)
  }

  package func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) -> [RowEntry] {
    calendars[calendar]?.first(count, after: entry) ?? []
  }
}

/// Entries in their order, in runs of bounded length.
private struct SortedEntries {
  /// None is empty.
  private var runs: [[RowEntry]] = []

  private static let runMax = 512

  mutating func insert(_ entry: RowEntry) {
    guard !runs.isEmpty else { return runs.append([entry]) }
    let index = max(run(of: entry), 0)
    let place = Self.count(of: runs[index]) { RowEntry.precedes($0, entry) }
    runs[index].insert(entry, at: place)
    guard runs[index].count > Self.runMax else { return }
    let half = Array(runs[index][(Self.runMax / 2)...])
    runs[index].removeLast(half.count)
    runs.insert(half, at: index + 1)
  }

  mutating func remove(_ entry: RowEntry) {
    let index = run(of: entry)
    guard index >= 0 else { return }
    let place = Self.count(of: runs[index]) { RowEntry.precedes($0, entry) }
    guard place < runs[index].count, runs[index][place] == entry else { return }
    runs[index].remove(at: place)
    if runs[index].isEmpty { runs.remove(at: index) }
  }

  func first(_ count: Int, after entry: RowEntry?) -> [RowEntry] {
    var found: [RowEntry] = []
    var index = 0
    var place = 0
    if let entry {
      guard !runs.isEmpty else { return [] }
      index = max(run(of: entry), 0)
      place = Self.count(of: runs[index]) { !RowEntry.precedes(entry, $0) }
    }
    while index < runs.count, found.count < count {
      found += runs[index][place...].prefix(count - found.count)
      (index, place) = (index + 1, 0)
    }
    return found
  }

  /// The one that an entry is in if it is there; -1: it comes before all.
  private func run(of entry: RowEntry) -> Int {
    Self.count(of: runs) { !RowEntry.precedes(entry, $0[0]) } - 1
  }

  /// How many of the first ones are so; behind them none is.
  private static func count<Element>(
    of elements: [Element], _ isSo: (Element) -> Bool
  ) -> Int {
    var (low, high) = (0, elements.count)
    while low < high {
      let middle = (low + high) / 2
      if isSo(elements[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
