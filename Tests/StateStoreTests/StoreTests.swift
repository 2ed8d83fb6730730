import Foundation
import JourneyModel
import Testing

@testable import StateStore

struct StoreTests {
  private let folder: Folder
  private var path: String { folder.path }

  init() throws { folder = try Folder() }

  private static func row(_ partition: Int32, _ key: String, _ value: String?) -> StateRow {
    StateRow(
      partition: partition, key: [RowKind.customer.rawValue] + Array(key.utf8),
      value: value.map { Array($0.utf8) })
  }

  private static func shown(_ store: some StateStore) throws(StoreFailure) -> [String] {
    try store.rows().map {
      "\($0.partition) \(String(decoding: $0.key.dropFirst(), as: UTF8.self))="
        + String(decoding: $0.value ?? [], as: UTF8.self)
    }.sorted()
  }

  @Test func `both copies keep the last row of each key`() throws {
    let stores: [any StateStore] = [MemoryStore(), try Folder.open(path, owner: "g-state")]
    for store in stores {
      try store.apply([Self.row(1, "a", "1"), Self.row(2, "a", "2"), Self.row(1, "b", "3")])
      try store.apply([Self.row(1, "a", "4"), Self.row(1, "b", nil), Self.row(3, "c", "")])
      #expect(try Self.shown(store) == ["1 a=4", "2 a=2", "3 c="])
      try store.removeAll()
      #expect(try Self.shown(store) == [])
    }
  }

  @Test func `rows and positions that were settled are there again`() throws {
    do {
      let store = try Folder.open(path, owner: "g-state")
      try store.apply([Self.row(1, "a", "1")])
      try store.settle([0: Offset(7), 1: Offset(9)], at: Moment(5_000))
    }
    let again = try Folder.open(path, owner: "g-state")
    #expect(again.positions == [0: Offset(7), 1: Offset(9)])
    #expect(again.settledAt == Moment(5_000))
    #expect(try Self.shown(again) == ["1 a=1"])
  }

  @Test func `the copy of another group's state is refused as damage`() throws {
    do { _ = try Folder.open(path, owner: "g-state") }
    let error = #expect(throws: StoreFailure.self) {
      _ = try Folder.open(path, owner: "h-state")
    }
    #expect(error == .damaged("it belongs to “g-state”"))
  }

  @Test func `a copy with broken files is told as damage and can be deleted and made anew`() throws
  {
    do {
      let store = try Folder.open(path, owner: "g-state")
      try store.apply((0..<1_000).map { Self.row(1, "\($0)", String(repeating: "x", count: 100)) })
      try store.settle([1: Offset(9)], at: Moment(1))
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasPrefix("MANIFEST") || name.hasSuffix(".sst") {
      let file = URL(filePath: path).appending(path: name)
      var bytes = try Data(contentsOf: file)
      for index in bytes.indices where index % 3 == 0 { bytes[index] ^= 0x5A }
      try bytes.write(to: file)
    }
    let error = #expect(throws: StoreFailure.self) {
      _ = try Folder.open(path, owner: "g-state").rows()
    }
    guard case .damaged = error else {
      Issue.record("it is damage, not \(String(describing: error))")
      return
    }
    try DiskStore.delete(path: path)
    #expect(try Folder.open(path, owner: "g-state").rows().isEmpty)
  }

  @Test func `a copy that was made before rows had marks is refused as damage`() throws {
    do {
      let database = try Database(path, cacheBytes: 1 << 20)
      try database.write([(DiskLayout.ownerKey, Array("g-state".utf8))])
      try database.flush()
    }
    let error = #expect(throws: StoreFailure.self) { _ = try Folder.open(path) }
    let words = "it is of layout 1, and this release reads and writes 2"
    #expect(error == .damaged(words))
    let copy = #expect(throws: DiskCopy.Failure.self) {
      _ = try DiskCopy(path: path, owner: "g-state")
    }
    #expect(copy == .damaged(words))
  }

  @Test func `a copy of a later layout is refused as damage`() throws {
    do {
      let database = try Database(path, cacheBytes: 1 << 20)
      try database.write([(DiskLayout.ownerKey, Array("g-state".utf8) + [0, 3])])
      try database.flush()
    }
    let error = #expect(throws: StoreFailure.self) { _ = try Folder.open(path) }
    #expect(error == .damaged("it is of layout 3, and this release reads and writes 2"))
  }

  @Test func `places and entries that do not read as they were written are told as damage`() throws
  {
    do { _ = try Folder.open(path) }
    do {
      let database = try Database(path, cacheBytes: 1 << 20)
      try database.write([
        (DiskLayout.nameKey(7), [0, 5, 1]),
        (DiskLayout.nameKey(8), [0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
        ([DiskLayout.calendars, RowCalendar.silence.rawValue, 1], []),
      ])
      try database.flush()
    }
    let store = try Folder.open(path)
    for name in [7, 8] as [UInt64] {
      let error = #expect(throws: StoreFailure.self) { _ = try store.places(named: name) }
      if case .damaged = error { continue }
      Issue.record("it is damage, not \(String(describing: error))")
    }
    let error = #expect(throws: StoreFailure.self) {
      _ = try store.entries(of: .silence, after: nil, atMost: 1)
    }
    #expect(error == .damaged("an entry of a calendar is too short"))
    #expect(try store.entries(of: .deadline, after: nil, atMost: 1) == [])
  }

  @Test(arguments: UInt64(1)...10)
  func `with bytes that have turned all is as it was, or told as damage`(seed: UInt64) throws {
    var dice = Dice(seed)
    do {
      let store = try Folder.open(path)
      try store.apply((0..<400).map { _ in dice.row() })
      try store.settle([1: Offset(9)], at: Moment(1))
    }
    let rows = try Folder.open(path).rows()
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasSuffix(".sst") {
      let file = URL(filePath: path).appending(path: name)
      var bytes = try Data(contentsOf: file)
      for _ in 0..<dice.number(1..<4) { bytes[dice.number(0..<bytes.count)] ^= 0x10 }
      try bytes.write(to: file)
    }
    do throws(StoreFailure) {
      let store = try Folder.open(path)
      #expect(try Findable(toldBy: store) == Findable(of: rows), "seed \(seed)")
      #expect(try store.rows() == rows, "seed \(seed)")
    } catch {
      guard case .damaged = error else {
        Issue.record("it is damage, not \(error); seed \(seed)")
        return
      }
    }
  }
}
