import Settings
import Supervision

extension Command {
  private static let origin = Option.flag("origin", "Where each value comes from.")
  private static let new = Option.flag("new", "A commented configuration to begin with.")
  private static let schema = Option.flag("schema", "A JSON Schema for editors.")

  static let config = Command(
    name: "config", summary: "Prints the configuration with all defaults.",
    details:
      "Prints the files of the configuration as one, with every default and without secrets; with"
      + " --new one to begin with, with --schema the rules by which editors complete and check.",
    operands: nil, options: [.config, origin, new, schema]
  ) { arguments throws(Failure) in
    if arguments.has(new) {
      print(SettingsTable.starter(), terminator: "")
    } else if arguments.has(schema) {
      print(SettingsTable.schema(), terminator: "")
    } else {
      let settings = try Configuration.load(arguments, for: .replay)
      Configuration.show(settings.problems.filter { $0.severity == .error })
      print(settings.merged(withOrigin: arguments.has(origin)), terminator: "")
      return settings.isValid ? .success : .configurationInvalid
    }
    return .success
  }
}
