package import JourneyModel

internal import Synchronization

/// A copy on disk, in RocksDB without its own log: rows are collected in memory, and written sorted in one
/// batch together with the positions of the state topic, so that rows and positions never disagree.
package final class DiskStore: StateStore {
  /// One at a time: what was let go of is recalled while a batch is taken in.
  private let lock = Mutex(())
  private let path: String
  private let owner: [UInt8]
  private var database: Database
  /// Rows that are not in the database yet, by their key there; nil for one that is gone.
  private var pending: [[UInt8]: [UInt8]?] = [:]
  private var pendingBytes = 0
  package private(set) var positions: [Int32: Offset] = [:]
  package private(set) var settledAt: Moment?

  /// Bytes of rows that wait to be written, at most.
  private static let pendingBytesMax = 64 << 20
  /// Keys of our own come before those of any partition.
  static let ownerKey: [UInt8] = [0]
  static let positionsKey: [UInt8] = [1]
  static let rowMark: UInt8 = 2

  /// Opens the copy in a folder, or makes it.
  ///
  /// - Parameter owner: whose state it is; a copy of another's is damage.
  package init(path: String, owner: String) throws(StoreFailure) {
    self.path = path
    self.owner = Array(owner.utf8)
    database = try Database(path)
    try begin()
  }

  /// Deletes a copy that is of no use.
  package static func delete(path: String) throws(StoreFailure) { try Database.delete(path) }

  package var byteCount: Int64 { database.byteCount + Int64(pendingBytes) }

  package func apply(_ rows: [StateRow]) throws(StoreFailure) {
    try lock.withLock { _ throws(StoreFailure) in try add(rows) }
  }

  private func add(_ rows: [StateRow]) throws(StoreFailure) {
    for row in rows {
      let key = Self.key(row.partition, row.key)
      pendingBytes += key.count + (row.value?.count ?? 0)
      pending.updateValue(row.value, forKey: key)
    }
    // Without positions: what was applied is read again after a crash, and does no harm.
    if pendingBytes >= Self.pendingBytesMax { try write(flushes: false) }
  }

  package func settle(_ positions: [Int32: Offset], at now: Moment) throws(StoreFailure) {
    try lock.withLock { _ throws(StoreFailure) in
      settledAt = now
      self.positions.merge(positions) { $1 }
      try write(flushes: true)
    }
  }

  package func removeAll() throws(StoreFailure) {
    pending.removeAll()
    pendingBytes = 0
    positions = [:]
    settledAt = nil
    database.close()
    try Database.delete(path)
    database = try Database(path)
    try begin()
  }

  package func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    try write(flushes: false)
    try database.forEach(from: [Self.rowMark]) { key, value throws(StoreFailure) in
      guard key.count > 5 else { throw .damaged("a key is too short") }
      // On other partitions than the first lie customers, and marks that nobody asks for.
      if let kind, kind != .customer, key[1..<5].contains(where: { $0 != 0 }) { return false }
      guard kind == nil || key[5] == kind?.rawValue else { return true }
      try body(Self.row(key, value))
      return true
    }
  }

  package func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    let key = Self.key(partition, key)
    return try lock.withLock { _ throws(StoreFailure) in
      if let waiting = pending[key] { return waiting }
      return try database.get(key)
    }
  }

  /// What an entry of at least six bytes says.
  static func row(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> StateRow {
    let partition = key[1..<5].reduce(Int32(0)) { $0 << 8 | Int32($1) }
    return StateRow(partition: partition, key: Array(key[5...]), value: Array(value))
  }

  static func key(_ partition: Int32, _ key: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [rowMark]
    bytes.reserveCapacity(5 + key.count)
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: partition >> shift)) }
    bytes += key
    return bytes
  }

  private func begin() throws(StoreFailure) {
    guard let found = try database.get(Self.ownerKey) else {
      try database.write([(Self.ownerKey, owner)], flushes: true)
      return
    }
    guard found == owner else {
      throw .damaged("it belongs to “\(String(decoding: found, as: UTF8.self))”")
    }
    guard let bytes = try database.get(Self.positionsKey) else { return }
    do throws(RowDamage) {
      var reader = RowReader(bytes)
      settledAt = try reader.moment()
      for _ in 0..<(try reader.count()) {
        let partition = Int32(clamping: try reader.integer())
        positions[partition] = Offset(try reader.signed())
      }
    } catch { throw .damaged(error.message) }
  }

  private func write(flushes: Bool) throws(StoreFailure) {
    var entries: [(key: [UInt8], value: [UInt8]?)] = []
    entries.reserveCapacity(pending.count + 1)
    for (key, value) in pending { entries.append((key, value)) }
    entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
    var writer = RowWriter()
    writer.moment(settledAt ?? .distantPast)
    writer.count(positions.count)
    for (partition, offset) in positions.sorted(by: { $0.key < $1.key }) {
      writer.count(Int(partition))
      writer.signed(offset.rawValue)
    }
    if flushes { entries.insert((Self.positionsKey, writer.bytes), at: 0) }
    guard !entries.isEmpty else { return }
    try database.write(entries, flushes: flushes)
    pending.removeAll(keepingCapacity: true)
    pendingBytes = 0
  }
}

/// The machine's own disk.
package final class MachineDisk: StateDisk {
  package init() {}

  package func open(_ path: String, owner: String) throws(StoreFailure) -> any StateStore {
    try DiskStore(path: path, owner: owner)
  }

  package func delete(_ path: String) throws(StoreFailure) { try DiskStore.delete(path: path) }
}
