import Foundation
import Testing

@Suite struct SimulationTests {
  private static let casesUsual = 200

  @Test func `whatever stops, everything comes to what one undisturbed run makes of it`() {
    let seeds = Self.seeds
    var deaths: Set<Moments> = []
    var suggestions = 0
    for seed in seeds {
      let simulation = Simulation(seed: seed, tells: seeds.count == 1)
      var problems = simulation.play().map { [$0] } ?? []
      if problems.isEmpty {
        let verdict = Verdict(simulation)
        problems = verdict.problems
        suggestions += verdict.suggestions
      }
      deaths.formUnion(simulation.deaths)
      if !problems.isEmpty {
        Issue.record("JOURNEYD_SEED=\(seed): \(problems.joined(separator: "\n"))")
      }
    }
    print("\(seeds.count) worlds, \(suggestions) suggestions made or withdrawn")
    guard seeds.count >= Self.casesUsual else { return }
    #expect(suggestions > seeds.count)
    let spared = Moments.all.filter { !deaths.contains($0) }
    #expect(spared.isEmpty, "no daemon was killed \(spared)")
  }

  /// The one in `JOURNEYD_SEED`, whose story is printed, else as many as `JOURNEYD_CASES` says.
  private static var seeds: ClosedRange<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["JOURNEYD_SEED"].flatMap(UInt64.init) { return seed...seed }
    return 1...UInt64(max(1, environment["JOURNEYD_CASES"].flatMap(Int.init) ?? casesUsual))
  }
}
