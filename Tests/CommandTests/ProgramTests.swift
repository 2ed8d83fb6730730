import Testing

@testable import journeyd

@Test func `help and version go to standard output`() throws {
  let help = try Binary.run("--help")
  #expect(help.code == 0 && help.errors.isEmpty)
  for command in Command.all { #expect(help.output.contains("  \(command.name)")) }
  #expect(try Binary.run("--version").output == "journeyd 1.0.0\n")
  for command in Command.all {
    #expect(try Binary.run(command.name, "--help").output.hasPrefix("Usage: journeyd "))
  }
}

@Test func `a wrong command line is 64, with nothing on standard output`() throws {
  let result = try Binary.run("complition")
  #expect(result.code == 64 && result.output.isEmpty)
  #expect(
    result.errors
      == "journeyd: “complition” is not a command\n  → did you mean “completion”?\n")
}

@Test func `completion without a shell says which there are`() throws {
  let result = try Binary.run("completion", "tcsh")
  #expect(result.code == 64 && result.errors.contains("bash|zsh|fish"))
}
