import Supervision

/// One measurement that can be asked for.
struct Benchmark: Sendable {
  struct Option: Sendable {
    var name: String
    var standard: String
    var about: String
    init(_ name: String, _ standard: String, _ about: String) {
      self.name = name
      self.standard = standard
      self.about = about
    }
  }

  var name: String
  var summary: String
  var options: [Option]
  /// What differs from the standard values where all quick ones are run; nil: it is not one of them.
  var quick: [String: String]?
  var run: @Sendable (Values) throws(Failure) -> Void

  static let all = [
    Benchmark.formats, .replay, .identity, .hot, .memory, .rules, .policy, .run, .state, .crash,
  ]

  static let runs = Option("runs", "3", "How often; the median is told.")
  static let seed = Option("seed", "1", "Makes other traffic.")
}

/// What a benchmark's options were set to.
struct Values: Sendable {
  private let given: [String: String]
  private let benchmark: Benchmark

  init(_ benchmark: Benchmark, _ given: [String: String]) {
    self.benchmark = benchmark
    self.given = given
  }

  /// As given, else the standard value.
  func text(_ name: String) -> String {
    given[name] ?? benchmark.options.first { $0.name == name }?.standard ?? ""
  }

  /// A whole number, by default of at least 1.
  func number(_ name: String, from least: Int = 1) throws(Failure) -> Int {
    guard let number = Int(text(name)), number >= least else {
      throw Failure(
        .usage, "“\(text(name))” is no number for --\(name)", cure: "give one from \(least) on")
    }
    return number
  }
}
