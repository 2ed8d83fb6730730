import Glibc
import JourneyModel
import Supervision

/// Runs what the command line names; without a name those that take a minute or two together.
func bench(_ words: [String]) -> ExitCode {
  do throws(Failure) {
    switch try Request(words) {
    case .help: show(Help.text)
    case .quick:
      for benchmark in Benchmark.all {
        guard let values = benchmark.quick else { continue }
        try benchmark.run(Values(benchmark, values))
      }
    case .run(let benchmark, let values): try benchmark.run(values)
    case .daemon(let words): try ChildDaemon.work(words)
    }
    return .success
  } catch {
    writeToStandardError(
      "journeyd-bench: \(error.message)\n" + (error.cure.isEmpty ? "" : "  → \(error.cure)\n"))
    return error.code
  }
}

exit(bench(Array(CommandLine.arguments.dropFirst())).rawValue)
