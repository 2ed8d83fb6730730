package import JourneyModel

/// A copy in memory, gone with the process.
package final class MemoryStore: StateStore {
  private var values: [RowPlace: [UInt8]] = [:]
  private var index: MarkIndex
  private let marks: RowMarks
  package private(set) var positions: [Int32: Offset] = [:]
  package private(set) var byteCount: Int64 = 0

  /// - Parameter marks: what rows are found by.
  package init(marks: @escaping RowMarks = { _ in [] }) {
    self.marks = marks
    index = MarkIndex(marks)
  }

  package func apply(_ rows: [StateRow]) throws(StoreFailure) {
    for row in rows {
      let place = RowPlace(partition: row.partition, key: row.key)
      let before = values[place]
      values[place] = row.value
      byteCount += Int64((row.value?.count ?? 0) - (before?.count ?? 0))
      index.change(place, from: before, to: row.value)
    }
  }

  package func makeFindable() throws(StoreFailure) {}

  package private(set) var settledAt: Moment?

  package func settle(_ positions: [Int32: Offset], at now: Moment) throws(StoreFailure) {
    settledAt = now
    self.positions.merge(positions) { $1 }
  }

  package func removeAll() throws(StoreFailure) {
    values.removeAll()
    index = MarkIndex(marks)
    positions.removeAll()
    settledAt = nil
    byteCount = 0
  }

  package func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    for (place, value) in values where kind == nil || place.key.first == kind?.rawValue {
      try body(StateRow(partition: place.partition, key: place.key, value: value))
    }
  }

  package func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    values[RowPlace(partition: partition, key: key)]
  }

  package func places(named name: UInt64) throws(StoreFailure) -> [RowPlace] {
    index.places(named: name)
  }

  package func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(StoreFailure) -> [RowEntry] {
    index.entries(of: calendar, after: entry, atMost: count)
  }
}
