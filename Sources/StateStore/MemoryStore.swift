package import JourneyModel

/// A copy in memory, gone with the process.
package final class MemoryStore: StateStore {
  private struct Key: Hashable {
    var partition: Int32
    var bytes: [UInt8]
  }
  private var values: [Key: [UInt8]] = [:]
  package private(set) var positions: [Int32: Offset] = [:]
  package private(set) var byteCount: Int64 = 0

  package init() {}

  package func apply(_ rows: [StateRow]) throws(StoreFailure) {
    for row in rows {
      let key = Key(partition: row.partition, bytes: row.key)
      let before = values.updateValue(row.value ?? [], forKey: key)
      byteCount += Int64((row.value?.count ?? 0) - (before?.count ?? 0))
      if row.value == nil { values[key] = nil }
    }
  }

  package private(set) var settledAt: Moment?

  package func settle(_ positions: [Int32: Offset], at now: Moment) throws(StoreFailure) {
    settledAt = now
    self.positions.merge(positions) { $1 }
  }

  package func removeAll() throws(StoreFailure) {
    values.removeAll()
    positions.removeAll()
    settledAt = nil
    byteCount = 0
  }

  package func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    for (key, value) in values where kind == nil || key.bytes.first == kind?.rawValue {
      try body(StateRow(partition: key.partition, key: key.bytes, value: value))
    }
  }

  package func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    values[Key(partition: partition, bytes: key)]
  }
}
