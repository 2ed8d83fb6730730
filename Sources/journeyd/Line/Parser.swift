import Settings
import Supervision

/// What a command line asks for.
enum Request: Sendable {
  case run(Command, Arguments)
  /// Of one command, or of the program.
  case help(Command?)
  case version

  /// Takes a command line apart, the program's own name left out.
  init(_ words: [String], commands: [Command] = Command.all) throws(Failure) {
    guard let first = words.first else {
      throw Failure(.usage, "no command is given", cure: "journeyd --help lists them")
    }
    switch first {
    case "--help", "-h": self = .help(nil)
    case "--version": self = .version
    case "help":
      guard words.count > 1 else {
        self = .help(nil)
        return
      }
      self = .help(try Self.command(words[1], commands))
    default:
      let command = try Self.command(first, commands)
      self = try Self.parse(Array(words.dropFirst()), for: command)
    }
  }

  private static func command(_ name: String, _ commands: [Command]) throws(Failure) -> Command {
    if let found = commands.first(where: { $0.name == name }) { return found }
    if name.hasPrefix("-") {
      throw Failure(
        .usage, "“\(name)” stands before any command", cure: "journeyd COMMAND \(name) …")
    }
    throw Failure(
      .usage, "“\(name)” is not a command",
      cure: Nearest.help(for: name, of: commands.map(\.name)) ?? "journeyd --help lists them")
  }

  private static func parse(
    _ words: [String], for command: Command
  ) throws(Failure) -> Request {
    var arguments = Arguments()
    var rest = words[...]
    var onlyOperands = false
    while let word = rest.popFirst() {
      if onlyOperands || word == "-" || !word.hasPrefix("-") {
        arguments.add(operand: word)
      } else if word == "--" {
        onlyOperands = true
      } else if word == "--help" || word == "-h" {
        return .help(command)
      } else {
        try parseOption(word, &rest, for: command, into: &arguments)
      }
    }
    try checkOperands(arguments.operands, of: command)
    return .run(command, arguments)
  }

  private static func parseOption(
    _ word: String, _ rest: inout ArraySlice<String>, for command: Command,
    into arguments: inout Arguments
  ) throws(Failure) {
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    guard word.hasPrefix("--"), let option = command.options.first(where: { $0.name == name })
    else {
      let cure = Nearest.name(to: name, of: command.options.map(\.name)).map {
        "did you mean “--\($0)”?"
      }
      throw Failure(
        .usage, "\(command.name) has no option “\(word.hasPrefix("--") ? "--" + name : word)”",
        cure: cure ?? "journeyd \(command.name) --help lists them")
    }
    if arguments.has(option), !option.isRepeatable {
      throw Failure(.usage, "--\(name) is given twice", cure: "give it once")
    }
    let attached = parts.count > 1 ? String(parts[1]) : nil
    guard let placeholder = option.value else {
      guard attached == nil else {
        throw Failure(.usage, "--\(name) takes no value", cure: "--\(name)")
      }
      return arguments.add(option, "")
    }
    guard let value = attached ?? rest.popFirst() else {
      throw Failure(.usage, "--\(name) needs a value", cure: "--\(name) \(placeholder)")
    }
    if case .words(let choices) = option.completion, !choices.contains(value) {
      let help = Nearest.help(for: value, of: choices)
      throw Failure(
        .usage, "“\(value)” is not a value of --\(name)",
        cure: help ?? "one of " + choices.joined(separator: ", "))
    }
    arguments.add(option, value)
  }

  private static func checkOperands(_ given: [String], of command: Command) throws(Failure) {
    let most = command.operands?.most ?? 0
    guard given.count > most else { return }
    let usage = "journeyd " + command.synopsis
    throw Failure(.usage, "“\(given[most])” is one argument too many", cure: usage)
  }
}
