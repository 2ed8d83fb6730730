import EventFormats
import JourneyEngine
import JourneyModel
import Supervision

/// What each part of the way of an interaction took, in nanoseconds of this thread.
struct StageTimes {
  var decode: Int64 = 0
  var place: Int64 = 0
  /// Who is who, history, rules and decision together.
  var handle: Int64 = 0
  var write: Int64 = 0
  var rows: Int64 = 0
  var wall: Int64 = 0
  var events = 0
  var outputs = 0
  var outputBytes = 0
  var changedRows = 0
  var rowBytes = 0
  var customers = 0

  func perEvent(_ time: Int64) -> Double { Double(time) / Double(max(1, events)) }
}

/// Lets interactions go their way, stage by stage, a group at a time.
struct Stages {
  let plan: Plan
  let source: SourcePlan
  /// Interactions between two takings of changed rows.
  let rowsEvery: Int

  /// Reads and finds the customers; nothing else.
  func place(_ feed: some RecordFeed) throws(Failure) -> StageTimes {
    let names = NameTable()
    let who = WhoIsWho(plan: plan.identity, names: names, keep: plan.history.keep)
    return try place(feed, in: who, names)
  }

  func place(
    _ feed: some RecordFeed, in who: WhoIsWho, _ names: NameTable
  ) throws(Failure) -> StageTimes {
    var times = StageTimes()
    try eachGroup(feed, names, &times) { reader, times in
      let begun = threadNanoseconds()
      for index in 0..<reader.count {
        _ = who.place(reader.interactions[index], now: reader.interactions[index].time)
      }
      times.place += threadNanoseconds() - begun
    }
    times.customers = who.customerCount
    return times
  }

  /// All of it, in one thread, with every changed row encoded.
  func all(_ feed: some RecordFeed) throws(Failure) -> StageTimes {
    try all(feed, on: Engine(plan: plan, names: NameTable(), collects: [.rows]))
  }

  /// All of it; rows only where the engine collects them: `commit` is given them.
  func all(
    _ feed: some RecordFeed, on engine: Engine,
    commit: ([StateRow]) throws(Failure) -> Void = { _ in }
  ) throws(Failure) -> StageTimes {
    var times = StageTimes()
    let takesRows = engine.collects.contains(.rows)
    let writer = OutputWriter(groupID: "bench")
    var clock = Moment.distantPast
    var sinceRows = 0
    let begunAll = wallNanoseconds()
    try eachGroup(feed, engine.names, &times) { reader, times throws(Failure) in
      let begun = threadNanoseconds()
      for index in 0..<reader.count {
        clock = max(clock, reader.interactions[index].time)
        _ = engine.handle(reader.interactions[index], at: clock)
      }
      let handled = threadNanoseconds()
      times.handle += handled - begun
      Self.write(engine, writer, &times)
      let written = threadNanoseconds()
      times.write += written - handled
      sinceRows += reader.count
      if takesRows, sinceRows >= rowsEvery {
        sinceRows = 0
        try commit(Self.takeRows(engine, &times))
        times.rows += threadNanoseconds() - written
      }
    }
    times.wall = wallNanoseconds() - begunAll
    times.customers = engine.customerCount
    return times
  }

  private func eachGroup(
    _ feed: some RecordFeed, _ names: NameTable, _ times: inout StageTimes,
    _ work: (borrowing GroupReader, inout StageTimes) throws(Failure) -> Void
  ) throws(Failure) {
    var feed = feed
    var group = RecordGroup()
    var reader = try GroupReader(source, plan, names)
    while true {
      group.removeAll()
      try feed.fill(&group)
      guard group.count > 0 else { break }
      let begun = threadNanoseconds()
      reader.read(group)
      times.decode += threadNanoseconds() - begun
      times.events += reader.count
      try work(reader, &times)
    }
    guard reader.rejected == 0 || times.events > 0 else {
      throw Failure(.internalError, "no record could be read", cure: "name the source of the file")
    }
  }

  private static func write(_ engine: Engine, _ writer: OutputWriter, _ times: inout StageTimes) {
    for effect in engine.effects {
      let record: OutputRecord? =
        switch effect {
        case .made(let made): writer.record(made)
        case .withdrawn(let withdrawn): writer.record(withdrawn)
        case .decided(let decision): writer.record(decision)
        case .identity(let change): writer.record(change)
        case .gone(let customer): writer.gone(customer)
        }
      guard let value = record?.value else { continue }
      times.outputs += 1
      times.outputBytes += value.count
    }
    engine.effects.removeAll(keepingCapacity: true)
  }

  private static func takeRows(_ engine: Engine, _ times: inout StageTimes) -> [StateRow] {
    let rows = engine.takeChangedRows()
    times.changedRows += rows.count
    for row in rows { times.rowBytes += row.key.count + (row.value?.count ?? 0) }
    return rows
  }
}
