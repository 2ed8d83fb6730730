import Settings
import Supervision

extension Command {
  private static let offline = Option.flag("offline", "Without asking the broker and the state.")
  private static let denyWarnings = Option.flag("deny-warnings", "Warnings fail, too.")
  private static let format = Option(
    name: "format", value: "FORMAT", about: "text (default) or json, one object per line.",
    completion: .words(["text", "json"]))

  static let check = Command(
    name: "check", summary: "Checks the configuration and says all that is wrong.",
    details:
      "Checks everything that run would check before starting: files, names, types, rules and"
      + " secrets, and without --offline the broker, its topics and the state. Exit code 78 if"
      + " something is wrong.",
    operands: nil, options: [.config, offline, denyWarnings, format]
  ) { arguments throws(Failure) in
    let asJSON = arguments.value(format) == "json"
    let settings = try Configuration.load(arguments, for: .daemon)
    let problems = settings.problems
    if asJSON {
      for problem in problems { print(problem.json) }
    } else {
      Configuration.show(problems)
      print(Diagnostic.summary(problems, files: settings.files.count))
    }
    let isWrong = problems.contains {
      $0.severity == .error || arguments.has(denyWarnings)
    }
    return isWrong ? .configurationInvalid : .success
  }
}
