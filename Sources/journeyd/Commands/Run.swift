import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Command {
  static let daemon = Command(
    name: "run", summary: "Runs the daemon, in the foreground.",
    details:
      "Reads the sources from Kafka, keeps every customer's journey, and writes suggestions, until"
      + " SIGTERM or SIGINT. Of several daemons with one group.id one is active and the others stand"
      + " by. Logs to standard error.",
    operands: nil, options: [.config]
  ) { arguments throws(Failure) in
    let settings = try Configuration.load(arguments, for: .daemon)
    guard let plan = settings.plan else { throw Configuration.refusal(settings, arguments) }
    let log = Log(plan.log)
    for problem in settings.warnings {
      log(
        .configProblem(
          isError: false,
          place: "\(problem.place.file):\(problem.place.line):\(problem.place.column)",
          message: problem.message,
          help: problem.help ?? ""))
    }
    return try work(plan, log)
  }

  private static func work(_ plan: Plan, _ log: Log) throws(Failure) -> ExitCode {
    do throws(Failure) {
      try Daemon(plan, log: log).run()
      return .success
    } catch {
      // A stop that came before the start is no failure.
      guard error.code != .success else { return .success }
      log(.failed(error))
      throw error
    }
  }
}
