import Supervision

extension Command {
  /// The table of commands: parsing, help, completion and the manual come from it.
  static let all: [Command] = [
    daemon, check, test, replay, explain, state, stats, demo, config, completion, man,
  ]

  static let completion = Command(
    name: "completion", summary: "Prints completion for a shell.",
    details: "Prints a script that completes journeyd's commands and options in bash, zsh or fish.",
    operands: Operands(
      shown: "SHELL", most: 1, completion: .words(Shell.allCases.map(\.rawValue))),
    options: []
  ) { arguments throws(Failure) in
    guard let name = arguments.operands.first, let shell = Shell(rawValue: name) else {
      throw Failure(.usage, "completion is for a shell", cure: "journeyd completion bash|zsh|fish")
    }
    print(shell.script(all), terminator: "")
    return .success
  }

  static let man = Command(
    name: "man", summary: "Prints the manual page.",
    details: "Prints the manual page journeyd(1), for man(1): journeyd man | man -l -",
    operands: nil, options: []
  ) { _ throws(Failure) in
    print(Manual.page(all), terminator: "")
    return .success
  }
}
