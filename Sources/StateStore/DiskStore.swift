package import JourneyModel

internal import Synchronization

/// A copy on disk, in RocksDB without its own log: rows are collected in memory, and written sorted together with
/// what they are found by, and then with the positions of the state topic, so that these never disagree.
///
/// One thread may read while another applies, settles or makes findable.
package final class DiskStore: StateStore {
  private let path: String
  private let owner: [UInt8]
  private let marks: RowMarks
  private let cacheBytes: Int
  /// Held while something is written to the database.
  private let turn = Mutex(())
  /// Held for moments only, and while something is read.
  private let state: Mutex<Waiting>
  private var database: Database

  /// Bytes of rows that wait to be written, at most.
  private static let pendingBytesMax = 64 << 20
  /// Rows written at once.
  private static let rowsAtOnce = 10_000
  /// Rows taken in between two reads.
  private static let rowsInAMoment = 250

  /// Opens the copy in a folder, or makes it.
  ///
  /// - Parameters:
  ///   - owner: whose state it is; a copy of another's is damage.
  ///   - marks: what rows are found by; the same for every row as when the copy was made.
  ///   - cacheBytes: what is kept in memory of the copy's files.
  package init(
    path: String, owner: String, marks: @escaping RowMarks, cacheBytes: Int
  ) throws(StoreFailure) {
    self.path = path
    self.owner = Array(owner.utf8)
    self.marks = marks
    self.cacheBytes = cacheBytes
    database = try Database(path, cacheBytes: cacheBytes)
    state = Mutex(Waiting(positions: try Self.begin(database, self.owner)))
  }

  /// Deletes a copy that is of no use.
  package static func delete(path: String) throws(StoreFailure) { try Database.delete(path) }

  package var positions: [Int32: Offset] { state.withLock { $0.positions.offsets } }
  package var settledAt: Moment? { state.withLock { $0.positions.settledAt } }
  package var byteCount: Int64 {
    state.withLock { database.byteCount + Int64($0.arrivedBytes + $0.leavingBytes) }
  }

  package func apply(_ rows: [StateRow]) throws(StoreFailure) {
    var rest = rows[...]
    while !rest.isEmpty {
      let some = rest.prefix(Self.rowsInAMoment).map { row in
        WaitingRow(
          key: DiskLayout.key(row.partition, row.key), value: row.value,
          keepsMarks: row.keepsMarks)
      }
      rest = rest.dropFirst(some.count)
      let isFull = state.withLock { state in
        state.take(some)
        return state.arrivedBytes >= Self.pendingBytesMax
      }
      // Without positions: what was applied is read again after a crash, and does no harm.
      if isFull { try makeFindable() }
    }
  }

  package func makeFindable() throws(StoreFailure) {
    try turn.withLock { _ throws(StoreFailure) in try write(nil) }
  }

  package func settle(_ positions: [Int32: Offset], at now: Moment) throws(StoreFailure) {
    try turn.withLock { _ throws(StoreFailure) in
      let reached = state.withLock { state in
        state.positions.settledAt = now
        state.positions.offsets.merge(positions) { $1 }
        return state.positions
      }
      try write(reached)
      try database.flush()
    }
  }

  package func removeAll() throws(StoreFailure) {
    try turn.withLock { _ throws(StoreFailure) in
      try state.withLock { state throws(StoreFailure) in
        state = Waiting()
        database.close()
        try Database.delete(path)
        database = try Database(path, cacheBytes: cacheBytes)
        state.positions = try Self.begin(database, owner)
      }
    }
  }

  package func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    try makeFindable()
    try database.forEachRow(kind, body)
  }

  package func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    let key = DiskLayout.key(partition, key)
    return try state.withLock { state throws(StoreFailure) in
      if let waiting = state.value(key) { return waiting }
      return try database.get(key)
    }
  }

  package func places(named name: UInt64) throws(StoreFailure) -> [RowPlace] {
    try state.withLock { _ throws(StoreFailure) in try database.places(named: name) }
  }

  package func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(StoreFailure) -> [RowEntry] {
    guard count > 0 else { return [] }
    return try state.withLock { state throws(StoreFailure) in
      let start = state.fronts.start(of: calendar, after: entry)
      let found = try database.entries(of: calendar, from: start, atMost: count)
      if state.isStill { state.fronts.looked(from: start, on: calendar, found.first) }
      return found
    }
  }

  private static func begin(
    _ database: borrowing Database, _ owner: [UInt8]
  ) throws(StoreFailure) -> DiskPositions {
    guard let found = try database.get(DiskLayout.ownerKey) else {
      try database.write([(DiskLayout.ownerKey, DiskLayout.owner(owner))])
      try database.flush()
      return DiskPositions()
    }
    let name = try DiskLayout.name(in: found)
    guard name == owner else {
      throw .damaged("it belongs to “\(String(decoding: name, as: UTF8.self))”")
    }
    return try DiskPositions(database)
  }

  /// Writes all rows that wait, in parts, and then positions, so that they are never ahead of the rows.
  private func write(_ positions: DiskPositions?) throws(StoreFailure) {
    let leaving = state.withLock { $0.leave() }
    var rest = leaving.values.sorted { $0.key.lexicographicallyPrecedes($1.key) }[...]
    while !rest.isEmpty {
      let some = rest.prefix(Self.rowsAtOnce)
      rest = rest.dropFirst(some.count)
      let batch = try MarkedBatch(some, over: database, marks)
      state.withLock { $0.fronts.add(batch.firsts) }
      try database.write(batch.entries)
    }
    if let positions { try database.write([(DiskLayout.positionsKey, positions.bytes)]) }
    // They are let go of when nobody has to wait for it.
    _ = state.withLock { $0.hasLeft() }
  }
}

/// A row that is not in the database yet.
struct WaitingRow {
  /// In the database.
  var key: [UInt8]
  /// Nil: it is gone.
  var value: [UInt8]?
  /// It has the marks of the row in the database.
  var keepsMarks: Bool
}

/// Rows that are not in the database yet, by their key there.
private struct Waiting {
  private var arrived: [[UInt8]: WaitingRow] = [:]
  /// Being written.
  private var leaving: [[UInt8]: WaitingRow] = [:]
  private(set) var arrivedBytes = 0
  private(set) var leavingBytes = 0
  var positions = DiskPositions()
  var fronts = CalendarFronts()

  /// Nothing is being written.
  var isStill: Bool { leaving.isEmpty }

  init(positions: DiskPositions = DiskPositions()) { self.positions = positions }

  mutating func take(_ rows: [WaitingRow]) {
    for row in rows {
      arrivedBytes += row.key.count + (row.value?.count ?? 0)
      Self.add(row, to: &arrived)
    }
  }

  private static func add(_ row: WaitingRow, to rows: inout [[UInt8]: WaitingRow]) {
    var row = row
    if let before = rows[row.key], !before.keepsMarks { row.keepsMarks = false }
    rows[row.key] = row
  }

  func value(_ key: [UInt8]) -> [UInt8]?? { (arrived[key] ?? leaving[key]).map(\.value) }

  /// Begins to write what has arrived, and what could not be written before.
  mutating func leave() -> [[UInt8]: WaitingRow] {
    if leaving.isEmpty {
      swap(&leaving, &arrived)
    } else {
      for row in arrived.values { Self.add(row, to: &leaving) }
      arrived = [:]
    }
    leavingBytes += arrivedBytes
    arrivedBytes = 0
    return leaving
  }

  /// Returns what was written.
  mutating func hasLeft() -> [[UInt8]: WaitingRow] {
    defer {
      leaving = [:]
      leavingBytes = 0
    }
    return leaving
  }
}

/// The machine's own disk.
package final class MachineDisk: StateDisk {
  package init() {}

  package func open(
    _ path: String, owner: String, marks: @escaping RowMarks, cacheBytes: Int
  ) throws(StoreFailure) -> any StateStore {
    try DiskStore(path: path, owner: owner, marks: marks, cacheBytes: cacheBytes)
  }

  package func delete(_ path: String) throws(StoreFailure) { try DiskStore.delete(path: path) }
}
