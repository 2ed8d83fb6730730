import JourneyEngine
import JourneyModel
import JourneyRuntime
import StateStore
import Supervision

extension Benchmark {
  static let memory = Benchmark(
    name: "memory", summary: "Customers in memory against customers on disk, and a start.",
    options: [
      Option("events", "2000000", "Interactions that are made up."),
      Option("customers", "1000000", "Customers who have them, evenly: nobody is hot."),
      Option("cache", "128", "MiB for customers in memory."),
      Option("after", "100000", "Interactions after the start."), seed,
    ], quick: ["events": "100000", "customers": "50000", "cache": "8", "after": "10000"]
  ) { values throws(Failure) in
    let folder = try TemporaryDirectory()
    try MemoryRun(
      plan: try Plan.sample(), events: try values.number("events"),
      customers: try values.number("customers"),
      cacheBytes: try values.number("cache") << 20, after: try values.number("after"),
      seed: try values.number("seed"), folder: folder.path
    ).measure()
  }
}

/// The same interactions twice, each time with a copy of the state on disk: with everybody in memory, and with few.
private struct MemoryRun {
  let plan: Plan
  let events: Int
  let customers: Int
  let cacheBytes: Int
  let after: Int
  let seed: Int
  let folder: String

  private static let wideBytes = 1 << 40

  private struct Part {
    var times: StageTimes
    var held: Int
    var bytesHeld: Int
    var bytesGrown: Int64

    var perEvent: Double { times.perEvent(times.handle + times.write + times.rows) }
  }

  func measure() throws(Failure) {
    let few = try run(cache: cacheBytes, folder: folder + "/few")
    let start = try goOn(cache: cacheBytes, folder: folder + "/few")
    let all = try run(cache: Self.wideBytes, folder: folder + "/all")
    report(few, all, start)
  }

  private func feed(_ events: Int, seed: Int, start: Moment) -> BankFeed {
    BankFeed(seed: seed, events: events, customers: customers, start: start)
  }

  private func open(_ folder: String, cache: Int) throws(Failure) -> DiskStore {
    try storing { () throws(StoreFailure) in
      try DiskStore(
        path: folder, owner: "bench", marks: { $0.marks },
        cacheBytes: min(cache, cacheBytes) / Limits.copyCacheShare)
    }
  }

  private func run(cache: Int, folder: String) throws(Failure) -> Part {
    let before = residentBytes()
    let store = try open(folder, cache: cache)
    let engine = Engine(plan: plan, names: NameTable(), collects: [.rows])
    return try run(
      feed(events, seed: seed, start: BankFeed.start), engine, store, cache: cache, before)
  }

  private func run(
    _ feed: BankFeed, _ engine: Engine, _ store: DiskStore, cache: Int, _ before: Int64
  ) throws(Failure) -> Part {
    engine.recall(from: StoredMemory(of: store))
    let stages = Stages(plan: plan, source: .native, rowsEvery: 10_000)
    let times = try stages.all(feed, on: engine) { rows throws(Failure) in
      try storing { () throws(StoreFailure) in try store.apply(rows) }
      engine.letGo(to: cache - cache / Limits.copyCacheShare)
    }
    try storing { () throws(StoreFailure) in
      try store.apply(engine.takeChangedRows())
      try store.settle([0: Offset(1)], at: BankFeed.start)
    }
    guard !engine.hasLost else { throw Failure(.internalError, "somebody could not be recalled") }
    return Part(
      times: times, held: engine.customersHeld, bytesHeld: engine.bytesHeld,
      bytesGrown: residentBytes() - before)
  }

  /// A start on the copy, and what comes then.
  private func goOn(cache: Int, folder: String) throws(Failure) -> (took: Int64, part: Part) {
    let store = try open(folder, cache: cache)
    let begun = wallNanoseconds()
    let rows = try storing { () throws(StoreFailure) in try store.commonRows() }
    let engine: Engine
    do throws(RowDamage) {
      engine = Engine(plan: plan, names: try Engine.names(in: rows), collects: [.rows])
      try engine.restore(rows)
    } catch { throw Failure(.internalError, "a row does not read as it was written: \(error)") }
    let took = wallNanoseconds() - begun
    let part = try run(
      feed(after, seed: seed + 1, start: BankFeed.start + .days(31)), engine, store, cache: cache,
      residentBytes())
    return (took, part)
  }

  private func storing<Answer>(
    _ body: () throws(StoreFailure) -> Answer
  ) throws(Failure) -> Answer {
    do throws(StoreFailure) { return try body() } catch {
      throw Failure(.stateNotWritten, "the copy of the state: \(error)", cure: "make room for it")
    }
  }

  private func report(_ few: Part, _ all: Part, _ start: (took: Int64, part: Part)) {
    var report = Report(
      "Memory: \(grouped(events)) interactions of \(grouped(all.times.customers)) customers,"
        + " \(cacheBytes >> 20) MiB for them",
      columns: ["", "ns per event", "customers held", "MiB held", "MiB grown"])
    for (name, part) in [
      ("everybody in memory", all), ("few in memory", few), ("after a start", start.part),
    ] {
      report.row(
        name, grouped(part.perEvent), grouped(part.held), grouped(part.bytesHeld >> 20),
        grouped(Int(part.bytesGrown >> 20)))
    }
    report.note(
      "a start with \(grouped(few.times.customers)) customers reads no row of theirs:"
        + " \(start.took / 1_000) µs")
    report.note(
      "an interaction with few in memory against everybody: \(ratio(few.perEvent / all.perEvent))")
    report.print()
  }
}
