import Foundation
import JourneyModel
import Testing

@testable import JourneyRuntime

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

  /// A question that is under way, the last batch, and the end of the copy's.
  private static let stopMax = Limits.stopPatience + Cluster.answerLimit + .seconds(5)

  @Test func `a stop while no broker answers takes seconds wherever it comes, and costs nothing`() {
    for moments in Moments.all {
      var strandings: [TimeSpan] = []
      var seed: UInt64 = 0
      while strandings.count < 3, seed < 100 {
        seed += 1
        let simulation = Simulation(seed: seed, strandsAt: moments)
        let words = "\(moments), seed \(seed)"
        let end = simulation.play()
        #expect(end == nil, "\(words)")
        guard end == nil else { continue }
        let problems = Verdict(simulation).problems
        #expect(problems.isEmpty, "\(words): \(problems.joined(separator: "\n"))")
        strandings += simulation.strandings
        let longest = simulation.strandings.max() ?? .zero
        #expect(longest <= Self.stopMax, "\(words)")
      }
      #expect(!strandings.isEmpty, "no daemon was stranded \(moments)")
    }
  }

  /// The one in `JOURNEYD_SEED`, whose story is printed, else as many as `JOURNEYD_CASES` says.
  private static var seeds: ClosedRange<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["JOURNEYD_SEED"].flatMap(UInt64.init) { return seed...seed }
    return 1...UInt64(max(1, environment["JOURNEYD_CASES"].flatMap(Int.init) ?? casesUsual))
  }
}
