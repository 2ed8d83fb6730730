import Supervision

/// What the command line asks for.
enum Request {
  case help
  /// All quick ones, one after the other.
  case quick
  case run(Benchmark, Values)
  /// What ``ChildDaemon`` calls this program for.
  case daemon(ArraySlice<String>)

  init(_ words: [String]) throws(Failure) {
    guard let first = words.first else {
      self = .quick
      return
    }
    guard first != "--help", first != "-h" else {
      self = .help
      return
    }
    guard first != ChildDaemon.word else {
      self = .daemon(words.dropFirst())
      return
    }
    guard let benchmark = Benchmark.all.first(where: { $0.name == first }) else {
      throw Failure(.usage, "“\(first)” is no benchmark", cure: "journeyd-bench --help lists them")
    }
    var given: [String: String] = [:]
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      guard word.hasPrefix("--"), let value = rest.popFirst(),
        benchmark.options.contains(where: { $0.name == word.dropFirst(2) })
      else {
        throw Failure(
          .usage, "“\(word)” is no option with a value of \(first)",
          cure: "journeyd-bench --help lists them")
      }
      given[String(word.dropFirst(2))] = value
    }
    self = .run(benchmark, Values(benchmark, given))
  }
}

/// The text of `--help`.
enum Help {
  static var text: String {
    var out = """
      journeyd-bench [BENCHMARK [--OPTION VALUE]…]

      Measures; without a name the quick ones, one after the other. Each prints a table and, last, a ratio that
      does not depend on the machine. Times per record are CPU times of the one thread that works.

      """
    for benchmark in Benchmark.all {
      out += "\n  \(benchmark.name)  \(benchmark.summary)\n"
      for option in benchmark.options {
        let standard = option.standard.isEmpty ? "" : " (\(option.standard))"
        out += "      --\(option.name)  \(option.about)\(standard)\n"
      }
    }
    return out
  }
}
