import Glibc
import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Command {
  private static let span = Option(
    name: "for", value: "DURATION", about: "How long to run, in real time. Default: 60s.")
  private static let seed = Option(
    name: "seed", value: "NUMBER", about: "Has other people do other things. Default: 1.")

  static let demo = Command(
    name: "demo", summary: "Shows it at work on a bank's made-up traffic, without Kafka.",
    details:
      "Runs the daemon with the sample configuration of a bank on a broker within this process,"
      + " on made-up traffic over six channels and a clock that runs an hour a second. Prints"
      + " suggestions as they come, and ends by itself or with ctrl-C.",
    operands: nil, options: [span, seed]
  ) { arguments throws(Failure) in
    let settings = SampleConfiguration.load()
    guard let plan = settings.plan else {
      Configuration.show(settings.problems)
      throw Failure(.internalError, "the sample configuration is wrong")
    }
    let length = try duration(arguments.value(span) ?? "60s")
    guard let number = UInt64(arguments.value(seed) ?? "1") else {
      throw Failure(.usage, "--seed is a whole number", cure: "--seed 2")
    }
    Signals.watch()
    let demo = try Demo(plan, span: length, seed: number)
    let screen = DemoScreen()
    let summary = try demo.run(for: length) { screen.show($0) }
    screen.end(summary, plan)
    return .success
  }

  private static func duration(_ text: String) throws(Failure) -> TimeSpan {
    guard case .success(let span) = Scalars.duration(text), span.milliseconds > 0 else {
      throw Failure(.usage, "“\(text)” is not a duration", cure: "--for 60s")
    }
    return span
  }
}

/// Suggestions on standard output, and on a terminal a line of progress below them.
private final class DemoScreen {
  private let output = OutputFile()
  private let isTerminal = isatty(1) == 1
  private var hasProgress = false

  func show(_ event: DemoEvent) {
    switch event {
    case .suggestion(let suggestion): line(suggestion.line)
    case .progress(let now, let sent, let made):
      guard isTerminal else { return }
      hasProgress = true
      writeAll("\r\u{1B}[K\(clockText(now)) · \(sent) interactions, \(made) suggestions", to: 1)
    }
  }

  func end(_ summary: Demo.Summary, _ plan: Plan) {
    line("")
    line(
      "\(summary.sent) interactions in \(summary.span.milliseconds / 3_600_000) hours:"
        + " \(summary.made) suggestions made, \(summary.withdrawn) withdrawn")
    for rule in plan.rules { line("  \(rule.name): \(summary.madeByRule[rule.name] ?? 0)") }
  }

  private func line(_ text: String) {
    let clear = hasProgress ? "\r\u{1B}[K" : ""
    hasProgress = false
    writeAll(clear + text + "\n", to: 1)
  }
}
