import JourneyModel
import StateStore
import Testing

/// A machine's disk: what was made to last survives a crash, and a part of what came after it may.
final class ModelDisk: StateDisk {
  struct Key: Hashable {
    var partition: Int32
    var bytes: [UInt8]

    var place: RowPlace { RowPlace(partition: partition, key: bytes) }

    func comes(before other: Key) -> Bool {
      partition != other.partition
        ? partition < other.partition : bytes.lexicographicallyPrecedes(other.bytes)
    }
  }
  struct Content {
    var rows: [Key: [UInt8]] = [:]
    var positions: [Int32: Offset] = [:]
    var settledAt: Moment?

    mutating func apply(_ changed: [StateRow]) {
      for row in changed { rows[Key(partition: row.partition, bytes: row.key)] = row.value }
    }
  }

  var lasting = Content()
  var isDamaged = false
  /// Writing fails, for want of room.
  var isFull = false
  /// The program that uses it.
  var program: Program?
  private(set) weak var store: ModelStore?
  /// What it has written since.
  var unsettled: [[StateRow]] = []

  func open(
    _ path: String, owner: String, marks: @escaping RowMarks, cacheBytes: Int
  ) throws(StoreFailure) -> any StateStore {
    if isDamaged { throw .damaged("bytes have turned") }
    guard let program else { throw .unwritable("there is no program") }
    let store = ModelStore(self, program, marks)
    self.store = store
    return store
  }

  func delete(_ path: String) throws(StoreFailure) {
    isDamaged = false
    lasting = Content()
  }

  /// The program has ended: of what was not made to last some may have come to the disk all the same.
  func crash(_ dice: inout Dice) {
    program = nil
    let kept = dice.number(0...unsettled.count)
    for rows in unsettled[..<kept] { lasting.apply(rows) }
    unsettled = []
  }
}

/// Rows are found by what was last made findable, and by nothing that came later.
final class ModelStore: StateStore {
  private let disk: ModelDisk
  private let program: Program
  private let marks: RowMarks
  private(set) var content: ModelDisk.Content
  private var index: MarkIndex
  /// What is not in the index yet: the values that it knows of.
  private var unfindable: [ModelDisk.Key: [UInt8]?] = [:]

  init(_ disk: ModelDisk, _ program: Program, _ marks: @escaping RowMarks) {
    self.disk = disk
    self.program = program
    self.marks = marks
    content = disk.lasting
    index = MarkIndex(marks)
    disk.unsettled = []
    for (key, value) in content.rows { index.change(key.place, from: nil, to: value) }
  }

  var positions: [Int32: Offset] { content.positions }
  var settledAt: Moment? { content.settledAt }
  var byteCount: Int64 { Int64(content.rows.count) }

  func apply(_ rows: [StateRow]) throws(StoreFailure) {
    program.pass(.copying, .before)
    guard !program.isDead, !rows.isEmpty else { return }
    if disk.isFull { throw .unwritable("no space left") }
    for row in rows {
      let key = ModelDisk.Key(partition: row.partition, bytes: row.key)
      check(row, over: content.rows[key])
      if unfindable[key] == nil { unfindable.updateValue(content.rows[key], forKey: key) }
    }
    content.apply(rows)
    disk.unsettled.append(rows)
    program.pass(.copying, .after)
  }

  /// What is said of a row's marks has to be so.
  private func check(_ row: StateRow, over value: [UInt8]?) {
    guard row.keepsMarks else { return }
    let before = StateRow(partition: row.partition, key: row.key, value: value)
    if Set(marks(row)) != Set(marks(before)) {
      Issue.record("a row does not keep its marks: \(marks(before)), \(marks(row))")
    }
  }

  func makeFindable() throws(StoreFailure) {
    program.pass(.copying, .before)
    guard !program.isDead else { return }
    if disk.isFull { throw .unwritable("no space left") }
    indexAll()
    program.pass(.copying, .after)
  }

  private func indexAll() {
    for (key, old) in unfindable {
      index.change(key.place, from: old, to: content.rows[key])
    }
    unfindable = [:]
  }

  func settle(_ positions: [Int32: Offset], at now: Moment) throws(StoreFailure) {
    program.pass(.settling, .before)
    guard !program.isDead else { return }
    if disk.isFull { throw .unwritable("no space left") }
    content.positions.merge(positions) { $1 }
    content.settledAt = now
    indexAll()
    disk.lasting = content
    disk.unsettled = []
    program.pass(.settling, .after)
  }

  func removeAll() throws(StoreFailure) {
    guard !program.isDead else { return }
    content = ModelDisk.Content()
    index = MarkIndex(marks)
    unfindable = [:]
    disk.lasting = content
    disk.unsettled = []
  }

  func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    // In the order of a real one, and the same in every run.
    let rows = content.rows.filter { kind == nil || $0.key.bytes.first == kind?.rawValue }
    for (key, value) in rows.sorted(by: { $0.key.comes(before: $1.key) }) {
      try body(StateRow(partition: key.partition, key: key.bytes, value: value))
    }
  }

  func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    content.rows[ModelDisk.Key(partition: partition, bytes: key)]
  }

  func places(named name: UInt64) throws(StoreFailure) -> [RowPlace] { index.places(named: name) }

  func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(StoreFailure) -> [RowEntry] {
    index.entries(of: calendar, after: entry, atMost: count)
  }
}
