import Glibc
import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Command {
  private static let run = Option(
    name: "run", value: "REGEX", about: "Only scenarios whose name the pattern finds.")
  private static let format = Option(
    name: "format", value: "FORMAT", about: "text (default), junit or json.",
    completion: .words(ScenarioReport.Format.allCases.map(\.rawValue)))

  static let test = Command(
    name: "test", summary: "Runs scenarios under virtual time.",
    details: "Runs scenarios through the daemon's own engine, without a broker: those of the files"
      + " named, by default of tests/ in the configuration. A file with a configuration of its own"
      + " runs on that alone. Exit code 1 if one failed.",
    operands: Operands(shown: "[FILE…]", most: 100_000, completion: .files),
    options: [.config, run, format]
  ) { arguments throws(Failure) in
    let pattern = try namePattern(arguments.value(run))
    var plan: Plan??
    var reports: [ScenarioReport.FileResults] = []
    var isBroken = false
    for path in try scenarioFiles(arguments) {
      let yaml = try read(path)
      if plan == nil, !bringsConfiguration(yaml) {
        plan = .some(try Configuration.plan(arguments, for: .replay))
      }
      let file = ScenarioFile(yaml, plan: plan ?? nil)
      Configuration.show(file.problems)
      guard file.isUsable, let own = file.plan else {
        isBroken = true
        continue
      }
      let runner = ScenarioRunner(plan: own)
      var results: [ScenarioResult] = []
      for scenario in file.scenarios where pattern?.finds(scenario.name) ?? true {
        do throws(ScenarioError) { results.append(try runner.run(scenario)) } catch {
          throw Failure(.configurationInvalid, "\(path): \(error.message)")
        }
      }
      reports.append(ScenarioReport.FileResults(file: path, results: results))
    }
    let form = arguments.value(format).flatMap(ScenarioReport.Format.init(rawValue:)) ?? .text
    print(ScenarioReport.write(reports, as: form), terminator: "")
    if isBroken { return .configurationInvalid }
    return reports.allSatisfy { $0.results.allSatisfy(\.passed) } ? .success : .scenarioFailed
  }

  private static func namePattern(_ text: String?) throws(Failure) -> NamePattern? {
    guard let text else { return nil }
    guard let pattern = NamePattern(text) else {
      throw Failure(.usage, "“\(text)” is not a regular expression", cure: "--run 'article|call'")
    }
    return pattern
  }

  private static func scenarioFiles(_ arguments: Arguments) throws(Failure) -> [String] {
    guard arguments.operands.isEmpty else { return arguments.operands }
    let folder = Configuration.path(arguments) + "/tests"
    do throws(LoadError) { return try Files.find(folder) } catch {
      throw Failure(
        .configurationMissing, "no scenarios: \(error.message)",
        cure: "name files, or put some into tests/ of the configuration")
    }
  }

  private static func read(_ path: String) throws(Failure) -> YAMLReader.Result {
    do throws(LoadError) { return try Files.read(path) } catch {
      throw Failure(.configurationMissing, error.message, cure: "name a file that can be read")
    }
  }

  private static func bringsConfiguration(_ yaml: YAMLReader.Result) -> Bool {
    yaml.root?.entry("configuration") != nil
  }
}

/// A regular expression (POSIX, extended) looked for anywhere in a name.
private final class NamePattern {
  private var compiled = regex_t()

  init?(_ text: String) {
    guard regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
  }

  deinit { regfree(&compiled) }

  func finds(_ name: String) -> Bool { regexec(&compiled, name, 0, nil, 0) == 0 }
}
