import Foundation
import JourneyModel
import StateStore
import Synchronization
import Testing

struct ConcurrencyTests {
  private static let count = 40
  private static let generations = 400

  private static func key(_ number: Int) -> [UInt8] { [RowKind.customer.rawValue, UInt8(number)] }

  /// Every row of a generation has another deadline and another name than before, and one name for good.
  private static func rows(_ generation: Int) -> [StateRow] {
    (0..<count).map { number in
      let value = Marked.value(
        names: [number % 4, 4 + generation % 8], deadline: Int8(generation * 37 % 100))
      return StateRow(
        partition: 1, key: key(number),
        value: value + [0xFF, UInt8(generation >> 8), UInt8(generation & 0xFF)])
    }
  }

  private static func generation(_ value: [UInt8]) -> Int {
    Int(value[value.count - 2]) << 8 | Int(value[value.count - 1])
  }

  /// Handed to another thread, as the store's own words allow.
  private struct Writing: @unchecked Sendable {
    let store: DiskStore
    let write: (DiskStore, Progress) throws(StoreFailure) -> Void
  }

  /// What both threads know.
  private final class Progress: Sendable {
    let applied = Atomic(0)
    let hasEnded = Atomic(false)
    let failure = Mutex<StoreFailure?>(nil)
  }

  @Test
  func `one who reads while another writes never sees a row torn, twice or older than before`()
    throws
  {
    let folder = try Folder()
    let store = try Folder.open(folder.path)
    try store.apply(Self.rows(0))
    try store.makeFindable()
    var seen = [Int](repeating: 0, count: Self.count)
    var rounds = 0
    try Self.run(store, Self.write) { progress in
      try Self.read(store, progress, &seen)
      rounds += 1
    }
    #expect(rounds > 0)
    #expect(try Findable(toldBy: store) == Findable(of: Self.rows(Self.generations)))
  }

  @Test func `a row that goes to and fro on a calendar is always on it`() throws {
    let folder = try Folder()
    let store = try Folder.open(folder.path)
    let places = (0..<2).map { RowPlace(partition: 1, key: Self.key($0)) }
    try store.apply([Marked.row(places[0], Marked.value(deadline: 50))])
    try store.apply([Marked.row(places[1], Marked.value(deadline: 10))])
    try store.makeFindable()
    let write = { (store: DiskStore, _: Progress) throws(StoreFailure) in
      for generation in 0..<20_000 {
        let value = Marked.value(deadline: generation % 2 == 0 ? 90 : 10)
        try store.apply([Marked.row(places[1], value)])
        try store.makeFindable()
      }
    }
    try Self.run(store, write) { _ in
      let entries = try store.entries(of: .deadline, after: nil, atMost: 10)
      #expect(Set(entries.map(\.place)) == Set(places) && entries.count == 2)
    }
  }

  /// Writes on a thread of its own, and reads again and again meanwhile.
  private static func run(
    _ store: DiskStore,
    _ write: @escaping (DiskStore, Progress) throws(StoreFailure) -> Void,
    _ read: (Progress) throws -> Void
  ) throws {
    let progress = Progress()
    let writing = Writing(store: store, write: write)
    let writer = Thread {
      defer { progress.hasEnded.store(true, ordering: .releasing) }
      do throws(StoreFailure) { try writing.write(writing.store, progress) } catch {
        progress.failure.withLock { $0 = error }
      }
    }
    writer.start()
    while !progress.hasEnded.load(ordering: .acquiring) { try read(progress) }
    #expect(progress.failure.withLock { $0 } == nil)
  }

  private static func write(_ store: DiskStore, _ progress: Progress) throws(StoreFailure) {
    for generation in 1...generations {
      try store.apply(rows(generation))
      progress.applied.store(generation, ordering: .releasing)
      if generation % 3 == 0 { try store.makeFindable() }
      if generation % 50 == 0 { try store.settle([1: Offset(Int64(generation))], at: Moment(1)) }
    }
    try store.makeFindable()
  }

  private static func read(
    _ store: DiskStore, _ progress: Progress, _ seen: inout [Int]
  ) throws {
    for number in 0..<count {
      let applied = progress.applied.load(ordering: .acquiring)
      let value = try #require(try store.value(1, key(number)))
      let found = generation(value)
      #expect(found >= seen[number] && found >= applied, "row \(number)")
      #expect(rows(found)[number].value == value)
      seen[number] = found
    }
    let all = (0..<count).map { RowPlace(partition: 1, key: key($0)) }
    for name in 0..<4 {
      let places = try store.places(named: Marked.name(name))
      #expect(Set(places) == Set(all.enumerated().filter { $0.offset % 4 == name }.map(\.element)))
    }
    let entries = try store.entries(of: .deadline, after: nil, atMost: 1_000)
    #expect(entries.map(\.place).sorted(by: RowPlace.precedes) == all)
    #expect(Set(entries.map(\.moment)).count == 1)
    _ = (store.positions, store.settledAt, store.byteCount)
  }
}
