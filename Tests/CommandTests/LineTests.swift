import Foundation
import Supervision
import Testing

@testable import journeyd

private let sample = Command(
  name: "check", summary: "Checks.", details: "Checks it all.",
  operands: .init(shown: "[FILE…]", most: 2),
  options: [
    .flag("offline", "Without Kafka."), Option(name: "config", value: "PATH", about: "Where."),
    Option(
      name: "format", value: "FORMAT", about: "How.", completion: .words(["text", "json"])),
    Option(name: "header", value: "NAME: VALUE", about: "A header.", isRepeatable: true),
  ]
) { _ throws(Failure) in .success }

private func parsed(_ words: String...) throws(Failure) -> Arguments {
  guard case .run(_, let arguments) = try Request(words, commands: [sample]) else {
    throw Failure(.internalError, "not a command to run")
  }
  return arguments
}

private func failure(_ words: String...) -> Failure? {
  do throws(Failure) {
    _ = try Request(words, commands: [sample])
    return nil
  } catch {
    return error
  }
}

@Test func `options have values behind a blank or an equals sign`() throws {
  let arguments = try parsed(
    "check", "--config=/a=b", "--format", "json", "--header", "a: 1", "f", "--header=b", "--offline"
  )
  #expect(arguments.value(sample.options[1]) == "/a=b")
  #expect(arguments.value(sample.options[2]) == "json")
  #expect(arguments.all(sample.options[3]) == ["a: 1", "b"])
  #expect(arguments.has(sample.options[0]))
  #expect(arguments.operands == ["f"])
}

@Test func `behind two dashes nothing is an option, and one dash is a file`() throws {
  let arguments = try parsed("check", "-", "--", "--offline")
  #expect(arguments.operands == ["-", "--offline"])
  #expect(!arguments.has(sample.options[0]))
}

@Test(arguments: [
  (["chekc"], "“chekc” is not a command", "did you mean “check”?"),
  ([], "no command is given", "journeyd --help lists them"),
  (["check", "--ofline"], "check has no option “--ofline”", "did you mean “--offline”?"),
  (["check", "--offline=1"], "--offline takes no value", "--offline"),
  (["check", "--config"], "--config needs a value", "--config PATH"),
  (["check", "--format", "jsn"], "“jsn” is not a value of --format", "did you mean “json”?"),
  (["check", "--config", "a", "--config", "b"], "--config is given twice", "give it once"),
  (["check", "-x"], "check has no option “-x”", "journeyd check --help lists them"),
])
func `a wrong line is told with its cure`(words: [String], message: String, cure: String) {
  do throws(Failure) {
    _ = try Request(words, commands: [sample])
    Issue.record("it was taken")
  } catch {
    #expect(error == Failure(.usage, message, cure: cure))
  }
}

@Test func `one argument too many shows how it is used`() {
  #expect(
    failure("check", "a", "b", "c")?.cure
      == "journeyd check [--offline] [--config PATH] [--format FORMAT] [--header NAME: VALUE]… [FILE…]"
  )
}

@Test func `every command and option is in help, manual and completion of all shells`() {
  let manual = Manual.page(Command.all)
  for command in Command.all {
    let help = Help.text(of: command)
    #expect(Help.text(of: Command.all).contains(command.summary))
    #expect(manual.contains(".SS journeyd \(command.name)\n"))
    #expect(Set(command.options.map(\.name)).count == command.options.count)
    for shell in Shell.allCases { #expect(shell.script(Command.all).contains(command.name)) }
    for option in command.options {
      #expect(help.contains(option.shown))
      #expect(manual.contains(option.shown.replacingOccurrences(of: "-", with: "\\-")))
      #expect(Shell.bash.script(Command.all).contains("--\(option.name)"))
      #expect(Shell.zsh.script(Command.all).contains("--\(option.name)["))
      #expect(Shell.fish.script(Command.all).contains("-l \(option.name) "))
    }
    for line in help.split(separator: "\n") where !line.hasPrefix("Usage") {
      #expect(line.count <= 90, "\(line)")
    }
  }
}

@Test func `bash takes its completion`() throws {
  let script = FileManager.default.temporaryDirectory.appending(path: "completion-\(UUID())")
  defer { try? FileManager.default.removeItem(at: script) }
  let ask = """

    COMP_WORDS=(journeyd compl); COMP_CWORD=1; _journeyd; echo "${COMPREPLY[@]}"
    COMP_WORDS=(journeyd completion f); COMP_CWORD=2; _journeyd; echo "${COMPREPLY[@]}"
    """
  try (Shell.bash.script(Command.all) + ask).write(to: script, atomically: true, encoding: .utf8)
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(filePath: "/bin/bash")
  process.arguments = [script.path]
  process.standardOutput = output
  try process.run()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  #expect(String(decoding: text, as: UTF8.self) == "completion\nfish\n")
}
