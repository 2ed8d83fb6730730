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
        names: [number % 4, 4 + generation % 8], deadline: Int8(generation % 100))
      return StateRow(
        partition: 1, key: key(number),
        value: value + [0xFF, UInt8(generation >> 8), UInt8(generation & 0xFF)])
    }
  }

  private static func generation(_ value: [UInt8]) -> Int {
    Int(value[value.count - 2]) << 8 | Int(value[value.count - 1])
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
    let progress = Progress()
    let shared = Unchecked(store)
    let writer = Thread {
      defer { progress.hasEnded.store(true, ordering: .releasing) }
      do throws(StoreFailure) { try Self.write(shared.value, progress) } catch {
        progress.failure.withLock { $0 = error }
      }
    }
    writer.start()
    var seen = [Int](repeating: 0, count: Self.count)
    var rounds = 0
    while !progress.hasEnded.load(ordering: .acquiring) {
      try Self.read(store, progress, &seen)
      rounds += 1
    }
    #expect(progress.failure.withLock { $0 } == nil)
    #expect(rounds > 0)
    #expect(try Findable(toldBy: store) == Findable(of: Self.rows(Self.generations)))
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

/// Handed to another thread, as the store's own words allow.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
