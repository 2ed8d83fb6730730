import Glibc
import Supervision

/// Does what the command line asks for and returns the process's exit code.
func journeyd(_ words: [String]) -> ExitCode {
  do throws(Failure) {
    switch try Request(words) {
    case .run(let command, let arguments): return try command.run(arguments)
    case .help(let command):
      print(command.map(Help.text(of:)) ?? Help.text(of: Command.all), terminator: "")
    case .version: print("journeyd \(journeydVersion)")
    }
    return .success
  } catch {
    writeToStandardError(
      "journeyd: \(error.message)\n" + (error.cure.isEmpty ? "" : "  → \(error.cure)\n"))
    return error.code
  }
}

let code = journeyd(Array(CommandLine.arguments.dropFirst()))
fflush(nil)
// Nothing is taken down that a thread still uses which waits for a broker.
_exit(code.rawValue)
