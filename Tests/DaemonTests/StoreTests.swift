import Foundation
import JourneyModel
import StateStore
import Testing

struct StoreTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
  private var path: String { folder.appending(path: "rows").path }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

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
    defer { try? FileManager.default.removeItem(at: folder) }
    let stores: [any StateStore] = [MemoryStore(), try DiskStore(path: path, owner: "g-state")]
    for store in stores {
      try store.apply([Self.row(1, "a", "1"), Self.row(2, "a", "2"), Self.row(1, "b", "3")])
      try store.apply([Self.row(1, "a", "4"), Self.row(1, "b", nil), Self.row(3, "c", "")])
      #expect(try Self.shown(store) == ["1 a=4", "2 a=2", "3 c="])
      try store.removeAll()
      #expect(try Self.shown(store) == [])
    }
  }

  @Test func `rows and positions that were settled are there again`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      let store = try DiskStore(path: path, owner: "g-state")
      try store.apply([Self.row(1, "a", "1")])
      try store.settle([0: Offset(7), 1: Offset(9)], at: Moment(5_000))
    }
    let again = try DiskStore(path: path, owner: "g-state")
    #expect(again.positions == [0: Offset(7), 1: Offset(9)])
    #expect(again.settledAt == Moment(5_000))
    #expect(try Self.shown(again) == ["1 a=1"])
  }

  @Test func `the copy of another group's state is refused as damage`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    do { _ = try DiskStore(path: path, owner: "g-state") }
    let error = #expect(throws: StoreFailure.self) {
      _ = try DiskStore(path: path, owner: "h-state")
    }
    #expect(error == .damaged("it belongs to “g-state”"))
  }

  @Test func `a copy with broken files is told as damage and can be deleted and made anew`() throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      let store = try DiskStore(path: path, owner: "g-state")
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
      _ = try DiskStore(path: path, owner: "g-state").rows()
    }
    guard case .damaged = error else {
      Issue.record("it is damage, not \(String(describing: error))")
      return
    }
    try DiskStore.delete(path: path)
    #expect(try DiskStore(path: path, owner: "g-state").rows().isEmpty)
  }
}
