import JourneyModel
import KafkaClient
import Settings
import Supervision

extension Option {
  static let config = Option(
    name: "config", value: "PATH",
    about: "The configuration: a folder or one file. Default: /etc/journeyd.", completion: .files)
}

/// Finds and reads the configuration that a command is to work with.
enum Configuration {
  static func path(_ arguments: Arguments) -> String { arguments.value(.config) ?? "/etc/journeyd" }

  /// Everything that is to be said of it, right or wrong.
  static func load(
    _ arguments: Arguments, for use: Settings.Use, secrets: SecretSource = .process
  ) throws(Failure) -> Settings {
    do throws(LoadError) {
      return try Settings.load(
        path(arguments), for: use, kafka: use == .daemon ? .client : .none, secrets: secrets)
    } catch {
      throw failure(error)
    }
  }

  /// The plan of a right one; the problems of a wrong one go to standard error.
  static func plan(
    _ arguments: Arguments, for use: Settings.Use, secrets: SecretSource = .process
  ) throws(Failure) -> Plan {
    let settings = try load(arguments, for: use, secrets: secrets)
    guard let plan = settings.plan else { throw refusal(settings, arguments) }
    return plan
  }

  /// Shows all that is wrong; what is left to say.
  static func refusal(_ settings: Settings, _ arguments: Arguments) -> Failure {
    show(settings.problems)
    return Failure(
      .configurationInvalid, Diagnostic.summary(settings.problems, files: settings.files.count),
      cure: "journeyd check --offline --config \(path(arguments))")
  }

  static func show(_ problems: [Diagnostic]) {
    for problem in problems { writeToStandardError(problem.text() + "\n") }
  }

  private static func failure(_ error: LoadError) -> Failure {
    switch error {
    case .missing:
      Failure(
        .configurationMissing, error.message,
        cure: "name one with --config PATH; journeyd config --new prints one to begin with")
    case .unreadable:
      Failure(.permission, error.message, cure: "let the user that runs journeyd read it")
    }
  }
}

extension KafkaKnowledge {
  /// What the client library that is linked says of its properties.
  static let client = KafkaKnowledge { name, value, isSecret in
    guard let problem = KafkaConfiguration.problem(name: name, value: value, isSecret: isSecret)
    else { return nil }
    switch problem.kind {
    case .owned, .unknown:
      return Problem(isOfName: true, problem.message, help: problem.help)
    case .value: return Problem(isOfName: false, problem.message, help: problem.help)
    }
  }
}
