import Foundation

extension Dice {
  /// Whether one of `n` equally likely things happens.
  mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }

  mutating func pick<T>(_ choices: [T]) -> T {
    choices[Int.random(in: 0..<choices.count, using: &self)]
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// A share of the choices, at least one.
  mutating func some<T>(_ choices: [T]) -> [T] {
    let chosen = choices.filter { _ in oneIn(2) }
    return chosen.isEmpty ? [pick(choices)] : chosen
  }

  /// Seeds of this run: the one in `JOURNEYD_SEED`, else as many as `JOURNEYD_CASES` says, else `usual`.
  static func seeds(usual: Int) -> ClosedRange<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["JOURNEYD_SEED"].flatMap(UInt64.init) { return seed...seed }
    return 1...UInt64(max(1, environment["JOURNEYD_CASES"].flatMap(Int.init) ?? usual))
  }
}
