import Glibc
import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Command {
  private static let run = Option(
    name: "run", value: "REGEX", about: "Only scenarios in whose name this is found.")
  private static let format = Option(
    name: "format", value: "FORMAT",
    about: "text (default), junit, or json, one object per line and scenario.",
    completion: .words(ScenarioReport.Format.allCases.map(\.rawValue)))

  static let test = Command(
    name: "test", summary: "Runs scenarios under virtual time.",
    details:
      "Runs the scenarios of files and folders through the daemon's own engine, without a broker"
      + " and on a clock of their own; without any those of tests/ in the configuration. A file with"
      + " a configuration of its own runs on that alone. Ends with 1 where a scenario failed, with"
      + " 78 where a file is wrong.",
    operands: Operands(shown: "[FILE]…", most: 100_000, completion: .files),
    options: [.config, run, format]
  ) { arguments throws(Failure) in
    let format = try reportFormat(arguments.value(format))
    let tests = ScenarioBatch(
      try scenarioFiles(arguments), isPicked: try nameFilter(arguments.value(run)))
    if let pattern = arguments.value(run), tests.count == 0, tests.problems.isEmpty {
      throw Failure(
        .usage, "no scenario has “\(pattern)” in its name",
        cure: "journeyd test --format json lists them all")
    }
    let progress = TestProgress(of: tests.count)
    let results = tests.run { progress.show($0, $1) }
    progress.clear()
    let problems = results.flatMap(\.problems)
    Configuration.show(problems)
    print(ScenarioReport.write(results, as: format), terminator: "")
    if !problems.isEmpty { return .configurationInvalid }
    return results.allSatisfy { $0.results.allSatisfy { $0.passed } } ? .success : .scenarioFailed
  }

  private static func reportFormat(
    _ name: String?
  ) throws(Failure) -> ScenarioReport.Format {
    guard let name else { return .text }
    guard let format = ScenarioReport.Format(rawValue: name) else {
      throw Failure(.usage, "“\(name)” is not a format", cure: "text, junit or json")
    }
    return format
  }

  private static func nameFilter(_ pattern: String?) throws(Failure) -> (String) -> Bool {
    guard let pattern else { return { _ in true } }
    do {
      let regex = try Regex(pattern)
      return { $0.firstMatch(of: regex) != nil }
    } catch {
      throw Failure(
        .usage, "“\(pattern)” is not a regular expression",
        cure: "put a backslash before characters that are meant as they are")
    }
  }

  /// All files of the folders and files named; the configuration is read where one of them needs it.
  private static func scenarioFiles(_ arguments: Arguments) throws(Failure) -> [ScenarioFile] {
    let paths = arguments.operands.isEmpty ? [ownTests(arguments)] : arguments.operands
    var texts: [YAMLReader.Result] = []
    do throws(LoadError) {
      for path in paths {
        for file in try Files.find(path) { texts.append(try Files.read(file)) }
      }
    } catch {
      throw failure(error)
    }
    let needsPlan = texts.contains { $0.isComplete && $0.root?.entry("configuration") == nil }
    var plan: Plan?
    if needsPlan || arguments.value(.config) != nil {
      plan = try Configuration.plan(arguments, for: .replay, secrets: .placeholders)
    }
    return texts.map { ScenarioFile($0, plan: plan) }
  }

  private static func failure(_ error: LoadError) -> Failure {
    switch error {
    case .missing(let path, let reason):
      Failure(
        .configurationMissing, "no scenarios at \(path): \(reason)",
        cure: "name files or folders of scenarios")
    case .unreadable:
      Failure(.permission, error.message, cure: "let the user that runs journeyd read it")
    }
  }

  /// `tests/` of the configuration, also of one that is a single file.
  private static func ownTests(_ arguments: Arguments) -> String {
    let path = Configuration.path(arguments)
    guard path.hasSuffix(".yaml") else {
      return path.hasSuffix("/") ? path + "tests" : path + "/tests"
    }
    guard let slash = path.lastIndex(of: "/") else { return "tests" }
    return path[...slash] + "tests"
  }
}

/// A line on a terminal that tells how far a long run is.
private final class TestProgress {
  private let count: Int
  private let isTerminal = isatty(2) == 1
  private var last = SystemClock.monotonic
  private var isShown = false

  init(of count: Int) { self.count = count }

  func show(_ done: Int, _ failed: Int) {
    guard isTerminal else { return }
    let now = SystemClock.monotonic
    guard now.milliseconds - last.milliseconds >= 200 else { return }
    last = now
    isShown = true
    writeToStandardError("\r\u{1B}[K\(done) of \(count) scenarios, \(failed) failed")
  }

  func clear() { if isShown { writeToStandardError("\r\u{1B}[K") } }
}
