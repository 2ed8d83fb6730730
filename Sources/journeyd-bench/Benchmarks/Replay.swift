import JourneyModel
import Supervision

extension Benchmark {
  static let replay = Benchmark(
    name: "replay", summary: "The whole way of an interaction on one core, by stage.",
    options: [
      Option("events", "500000", "Interactions that are made up."),
      Option("customers", "100000", "Customers who have them."), seed, runs,
      Option("file", "", "A file of interactions instead, a line each."),
      Option("source", "", "The source that reads the file; otherwise our own format."),
      Option("config", "", "The configuration; otherwise the sample."),
      Option("commit", "10000", "Interactions between two takings of changed rows."),
    ], quick: ["events": "200000", "customers": "40000"]
  ) { values throws(Failure) in
    let plan = try Plan.load(values.text("config"))
    let stages = Stages(
      plan: plan, source: try source(values, plan), rowsEvery: try values.number("commit"))
    if values.text("file").isEmpty {
      let feed = BankFeed(
        seed: try values.number("seed"), events: try values.number("events"),
        customers: try values.number("customers"))
      try measure(stages, feed, try values.number("runs"), "made-up traffic of a bank")
    } else {
      let file = values.text("file")
      try measure(stages, try FileFeed(file), try values.number("runs"), file)
    }
  }

  private static func source(_ values: Values, _ plan: Plan) throws(Failure) -> SourcePlan {
    let name = values.text("source")
    guard !name.isEmpty else { return .native }
    guard let source = plan.sources.first(where: { $0.name == name }) else {
      throw Failure(.usage, "“\(name)” is not a source of the configuration")
    }
    return source
  }

  private static func measure(
    _ stages: Stages, _ feed: some RecordFeed, _ runs: Int, _ what: String
  ) throws(Failure) {
    var placed: [StageTimes] = []
    var whole: [StageTimes] = []
    for _ in 0..<runs {
      placed.append(try stages.place(feed))
      whole.append(try stages.all(feed))
    }
    ReplayReport(placed, whole, what).print()
  }
}

/// The table of ns per stage.
private struct ReplayReport {
  private let placed: [StageTimes]
  private let whole: [StageTimes]
  private let what: String

  init(_ placed: [StageTimes], _ whole: [StageTimes], _ what: String) {
    self.placed = placed
    self.whole = whole
    self.what = what
  }

  func print() {
    guard let last = whole.last else { return }
    let decode = middle(whole, \.decode)
    let place = middle(placed, \.place)
    let handle = middle(whole, \.handle)
    let write = middle(whole, \.write)
    let rows = middle(whole, \.rows)
    let decided = decode + handle + write
    let all = decided + rows
    var report = Report(
      "Replay: \(grouped(last.events)) interactions of \(grouped(last.customers)) customers, \(what)",
      columns: ["stage", "ns per event", "share"])
    for (name, time) in [
      ("decode", decode), ("who is who", place),
      ("history, rules, decision", max(0, handle - place)),
      ("outputs written", write), ("changed rows encoded", rows),
    ] { report.row(name, grouped(time), percent(time / all)) }
    report.row("all", grouped(all), percent(1))
    report.note(
      "\(grouped(1e9 / decided)) events/s on one core without rows, \(grouped(1e9 / all)) with them"
    )
    report.note(
      "\(grouped(last.outputs)) outputs; \(grouped(last.changedRows)) rows of"
        + " \(grouped(last.rowBytes / max(1, last.changedRows))) bytes on average,"
        + " \(ratio(Double(last.rowBytes) / Double(max(1, last.events)))) bytes per event")
    report.note("all against decoding alone: \(ratio(all / decode))")
    report.print()
  }

  private func middle(_ runs: [StageTimes], _ stage: KeyPath<StageTimes, Int64>) -> Double {
    median(runs.map { $0.perEvent($0[keyPath: stage]) })
  }
}
