import Glibc
import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Command {
  private static let until = Option(
    name: "until", value: "TIME|DURATION",
    about: "Moves the clock on behind the last event: to a time, or by so much.")
  private static let to = Option(
    name: "to", value: "DIR", about: "Writes every output to a file of its own in this folder.",
    completion: .folders)
  private static let format = Option(
    name: "format", value: "FORMAT",
    about: "How files without a source are read: journeyd (default), cloudevents or segment.",
    completion: .words(["journeyd", "cloudevents", "segment"]))
  private static let records = Option.flag(
    "records", "Every line is a record as kcat -J prints it, with its own key, time and headers.")

  static let replay = Command(
    name: "replay", summary: "Decides over recorded interactions, without a broker.",
    details:
      "Reads interactions, a line each, from files or standard input, and decides over them on"
      + " a clock of their own times. A file is read in our own format, or as SOURCE reads its topic;"
      + " several files are merged by event time. Suggestions go to standard output, a line each, a"
      + " summary to standard error. The same input and configuration give the same bytes.",
    operands: Operands(shown: "[FILE|SOURCE=FILE]…", most: 10_000, completion: .files),
    options: [.config, format, records, to, until]
  ) { arguments throws(Failure) in
    let plan = try Configuration.plan(arguments, for: .replay)
    let end = try parseUntil(arguments.value(until))
    let names = NameTable()
    var inputs: [ReplayInput] = []
    let operands = arguments.operands.isEmpty ? ["-"] : arguments.operands
    for operand in operands {
      let (source, path) = try source(of: operand, plan, arguments.value(format))
      inputs.append(
        try ReplayInput(
          path: path, source: source, plan: plan, names: names,
          isCaptured: arguments.has(records)))
    }
    let group = plan.kafka.groupID
    let outputs =
      if let folder = arguments.value(to) {
        try ReplayOutputs(groupID: group, folder: folder)
      } else { ReplayOutputs(groupID: group) }
    let replay = Replay(
      plan: plan, names: names, inputs: inputs, outputs: outputs,
      crew: try ThreadCrew.make(plan.processing.workers))
    let progress = Progress()
    if isatty(2) == 1 { replay.progress = { progress.show($0, $1) } }
    let summary = try replay.run(until: end)
    progress.clear()
    writeToStandardError(summary.text(plan, took: progress.took))
    return .success
  }

  private static func parseUntil(_ text: String?) throws(Failure) -> Replay.Until {
    guard let text else { return .lastEvent }
    if let moment = Moment(rfc3339: text) { return .moment(moment) }
    if case .success(let span) = Scalars.duration(text) { return .span(span) }
    throw Failure(
      .usage, "“\(text)” is neither a time nor a duration",
      cure: "as 2026-01-05T12:00:00Z or 30d")
  }

  /// `SOURCE=FILE`, or a file in one of our own formats.
  private static func source(
    of operand: String, _ plan: Plan, _ format: String?
  ) throws(Failure) -> (SourcePlan, String) {
    let parts = operand.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, let found = plan.sources.first(where: { $0.name == parts[0] }) {
      return (found, String(parts[1]))
    }
    if parts.count == 2, access(operand, F_OK) != 0 {
      let near = Nearest.help(for: String(parts[0]), of: plan.sources.map(\.name))
      throw Failure(
        .usage, "“\(parts[0])” is not a source of the configuration",
        cure: near ?? "one of " + plan.sources.map(\.name).joined(separator: ", "))
    }
    var own = SourcePlan(name: "replay", topic: .named("replay"))
    switch format {
    case "cloudevents": own.format = .cloudevents(types: [])
    case "segment": own.format = .segment(consent: [])
    default: own.format = .journeyd
    }
    return (own, operand)
  }
}

/// A line on a terminal that tells how far a replay is.
private final class Progress {
  private let start = SystemClock.monotonic
  private var last = SystemClock.monotonic
  private var isShown = false

  var took: TimeSpan {
    TimeSpan(SystemClock.monotonic.milliseconds - start.milliseconds)
  }

  func show(_ interactions: Int, _ clock: Moment) {
    let now = SystemClock.monotonic
    guard now.milliseconds - last.milliseconds >= 200 else { return }
    last = now
    isShown = true
    let rate = Int64(interactions) * 1000 / max(1, took.milliseconds)
    writeToStandardError("\r\u{1B}[K\(interactions) interactions, \(clock.rfc3339), \(rate)/s")
  }

  func clear() { if isShown { writeToStandardError("\r\u{1B}[K") } }
}

extension Replay.Summary {
  /// For people: a line of totals, one per rule, one per code of what was rejected.
  fileprivate func text(_ plan: Plan, took: TimeSpan) -> String {
    let refused = rejected.values.reduce(0, +)
    let rate = Int64(interactions) * 1000 / max(1, took.milliseconds)
    var out = "replay: \(interactions) interactions, \(duplicates) duplicates, \(skipped) skipped,"
    out += " \(refused) rejected, \(customers) customers, \(merges) merges, \(control) control"
    if let clock { out += ", up to \(clock.rfc3339)" }
    out += ", took \(spanText(took)) (\(rate)/s)\n"
    for rule in plan.rules {
      out +=
        "  \(rule.name): \(made[rule.name] ?? 0) made, \(withdrawn[rule.name] ?? 0) withdrawn\n"
    }
    for code in RejectCode.allCases {
      if let count = rejected[code] { out += "  rejected \(code.rawValue): \(count)\n" }
    }
    return out
  }
}
