import JourneyModel
import JourneyRuntime
import KafkaClient
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
      + " secrets, and without --offline the broker, its topics and the state directory. Ends with"
      + " the code that run would end with.",
    operands: nil, options: [.config, offline, denyWarnings, format]
  ) { arguments throws(Failure) in
    let asJSON = arguments.value(format) == "json"
    let settings = try Configuration.load(arguments, for: .daemon)
    var problems = settings.problems
    var code = settings.isValid ? ExitCode.success : .configurationInvalid
    if let plan = settings.plan, !arguments.has(offline) {
      for problem in outside(plan) {
        problems.append(problem.diagnostic(in: settings))
        if code == .success, let own = problem.code { code = own }
      }
    }
    for problem in problems {
      if asJSON { print(problem.json) } else { writeToStandardError(problem.text() + "\n") }
    }
    if !asJSON { print(Diagnostic.summary(problems, files: settings.files.count)) }
    let strict = arguments.has(denyWarnings) && !problems.isEmpty
    return code == .success && strict ? .configurationInvalid : code
  }

  /// What of the machine and the broker does not fit.
  private static func outside(_ plan: Plan) -> [StartProblem] {
    let state = StartChecks.state(plan)
    do throws(KafkaError) {
      return state + StartChecks.broker(plan, try AdminClient(KafkaConfiguration(plan.kafka)))
    } catch {
      return state + [
        StartProblem(
          code: .configurationInvalid, setting: ["kafka"], message: error.message,
          help: error.cure ?? "correct the section “kafka”")
      ]
    }
  }
}

extension StartProblem {
  fileprivate func diagnostic(in settings: Settings) -> Diagnostic {
    Diagnostic(
      code == nil ? .warning : .error, code == nil ? "not-yet" : "does-not-fit",
      at: settings.place(of: setting), message, help: help)
  }
}
