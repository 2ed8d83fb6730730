import Supervision

/// One command: what parsing, help, completion and the manual are made from.
struct Command: Sendable {
  var name: String
  /// One line for the list of commands.
  var summary: String
  /// A paragraph for help and manual.
  var details: String
  /// Of what stands beside the options, as the synopsis shows it; nil: nothing may.
  var operands: Operands?
  var options: [Option]
  /// Does it, and tells what the process returns.
  var run: @Sendable (Arguments) throws(Failure) -> ExitCode

  struct Operands: Sendable {
    /// `[FILE…]`
    var shown: String
    var most: Int
    /// What a shell completes.
    var completion: Completion = .nothing
  }

  /// What a shell offers for a value.
  enum Completion: Equatable, Sendable { case nothing, files, folders, words([String]) }
}

/// `--name` or `--name VALUE`.
struct Option: Sendable {
  var name: String
  /// What stands for its value; nil: it has none.
  var value: String?
  var about: String
  var completion = Command.Completion.nothing
  var isRepeatable = false

  /// One without a value.
  static func flag(_ name: String, _ about: String) -> Option { Option(name: name, about: about) }
}

/// A command line, taken apart; every name in it is one of its command's options.
struct Arguments: Equatable, Sendable {
  private(set) var values: [String: [String]] = [:]
  private(set) var operands: [String] = []

  func has(_ option: Option) -> Bool { values[option.name] != nil }
  /// The last value given.
  func value(_ option: Option) -> String? { values[option.name]?.last }
  func all(_ option: Option) -> [String] { values[option.name] ?? [] }

  mutating func add(_ option: Option, _ value: String) {
    values[option.name, default: []].append(value)
  }
  mutating func add(operand: String) { operands.append(operand) }
}
