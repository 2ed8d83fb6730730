package import JourneyEngine
package import JourneyModel
package import StateStore

/// What an engine recalls from: the rows of a copy. It remembers why something could not be read.
package final class StoredMemory: StateMemory {
  private let rows: any RowSource
  /// The same where rows are added.
  private let store: (any StateStore)?
  package private(set) var failure: StoreFailure?

  /// Of rows that stay as they are.
  package init(_ rows: any RowSource) {
    self.rows = rows
    store = nil
  }

  package init(of store: any StateStore) {
    rows = store
    self.store = store
  }

  package func value(_ place: RowPlace) throws(MemoryFailure) -> [UInt8]? {
    try reading { () throws(StoreFailure) in try rows.value(place.partition, place.key) }
  }

  package func places(named name: UInt64) throws(MemoryFailure) -> [RowPlace] {
    try reading { () throws(StoreFailure) in try rows.places(named: name) }
  }

  package func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(MemoryFailure) -> [RowEntry] {
    try reading { () throws(StoreFailure) in
      try rows.entries(of: calendar, after: entry, atMost: count)
    }
  }

  package func makeFindable() throws(MemoryFailure) {
    try reading { () throws(StoreFailure) in try store?.makeFindable() }
  }

  private func reading<Answer>(
    _ body: () throws(StoreFailure) -> Answer
  ) throws(MemoryFailure) -> Answer {
    do throws(StoreFailure) { return try body() } catch {
      failure = failure ?? error
      throw MemoryFailure()
    }
  }
}
