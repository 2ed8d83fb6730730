import JourneyModel
import JourneyRuntime
import StateStore
import Supervision

extension Benchmark {
  static let state = Benchmark(
    name: "state",
    summary: "Exporting the state of many customers and importing it, against reading its rows.",
    options: BankTopic.options(events: 500_000, customers: 100_000) + [runs], quick: nil
  ) { values throws(Failure) in
    let topic = try BankTopic(values)
    let runs = try values.number("runs")
    let plan = topic.plan("exported")
    _ = try topic.work(plan)
    let file = topic.folder.path + "/state.ndjson"
    var reading: [Passage] = []
    var exporting: [Passage] = []
    var importing: [Passage] = []
    for run in 0..<runs {
      reading.append(try Passage.reading(plan))
      let exported = try Passage.exporting(plan, to: file)
      exporting.append(exported)
      let into = topic.plan("imported\(run)")
      importing.append(try Passage.importing(into, from: file, of: exported.bytes))
    }
    let alone = Passage(median: reading)
    var report = Report(
      "State: of \(grouped(topic.events)) interactions of \(grouped(topic.customers))"
        + " customers, on one machine with the broker",
      columns: ["what", "lines", "lines/s", "MB/s", "CPU ns per line", "CPU against reading"])
    for (name, passage) in [
      ("reading the rows", alone), ("export", Passage(median: exporting)),
      ("import", Passage(median: importing)),
    ] {
      report.row(
        name, grouped(passage.lines), grouped(passage.linesPerSecond),
        ratio(passage.megabytesPerSecond), grouped(passage.nanosecondsPerLine),
        ratio(passage.cpu / alone.cpu))
    }
    report.note("reading: rows and their bytes instead of lines; medians of \(runs)")
    report.note(
      "against reading the same rows alone: export \(ratio(Passage(median: exporting).cpu / alone.cpu)),"
        + " import \(ratio(Passage(median: importing).cpu / alone.cpu))")
    report.print()
  }
}

/// A whole state that passes by.
private struct Passage {
  var lines = 0
  var bytes = 0
  /// Nanoseconds.
  var wall = 0.0
  /// Nanoseconds of all threads of this process.
  var cpu = 0.0

  var linesPerSecond: Double { Double(lines) / (wall / 1e9) }
  var megabytesPerSecond: Double { Double(bytes) / 1e6 / (wall / 1e9) }
  var nanosecondsPerLine: Double { cpu / Double(max(1, lines)) }

  init() {}

  init(median passages: [Passage]) {
    lines = passages.last?.lines ?? 0
    bytes = passages.last?.bytes ?? 0
    wall = journeyd_bench.median(passages.map(\.wall))
    cpu = journeyd_bench.median(passages.map(\.cpu))
  }

  /// Reads every row of the copy and looks at nothing.
  static func reading(_ plan: Plan) throws(Failure) -> Passage {
    let copy = try StateCopy(plan)
    var passage = Passage()
    let watch = Watch()
    do throws(StoreFailure) {
      try copy.rows.forEach(nil) { row in
        passage.lines += 1
        passage.bytes += row.key.count + (row.value?.count ?? 0)
      }
    } catch { throw Failure(.stateNotWritten, "\(error)") }
    watch.end(&passage)
    return passage
  }

  static func exporting(_ plan: Plan, to path: String) throws(Failure) -> Passage {
    let file = try OutputFile(path: path, isPrivate: true)
    let copy = try StateCopy(plan)
    var passage = Passage()
    let watch = Watch()
    _ = try StateExport(copy).all { line throws(Failure) in
      try file.line(line)
      passage.lines += 1
      passage.bytes += line.count + 1
    }
    try file.flush()
    watch.end(&passage)
    return passage
  }

  /// From its first row on, when the group was joined.
  static func importing(
    _ plan: Plan, from path: String, of bytes: Int
  ) throws(Failure) -> Passage {
    var options = Daemon.Options()
    options.notifier = Notifier { _ in nil }
    options.onWakeup = { _ in }
    options.stop = { nil }
    var plan = plan
    plan.log.level = .warning
    let work = try StateImport(plan, log: Log(plan.log), carriesOffsets: false, options: options)
    var watch: Watch?
    work.progress = { _ in if watch == nil { watch = Watch() } }
    let summary = try work.run(path)
    var passage = Passage()
    passage.lines = summary.customers + summary.households + summary.erased + 2
    passage.bytes = bytes
    watch?.end(&passage)
    return passage
  }
}

/// Takes the time from its making on.
private struct Watch {
  private let begun = (wall: wallNanoseconds(), cpu: processNanoseconds())

  func end(_ passage: inout Passage) {
    passage.wall = Double(wallNanoseconds() - begun.wall)
    passage.cpu = Double(processNanoseconds() - begun.cpu)
  }
}
