import JourneyModel
import Testing

@testable import JourneyRuntime

@Suite struct SharedScenarioTests {
  @Test(arguments: try Shared.paths())
  func `every shared scenario passes as it is`(path: String) throws {
    let results = ScenarioBatch([try Shared.file(path)]).run()
    let failed = results.flatMap(\.results).count { !$0.passed }
    #expect(failed == 0, "\(ScenarioReport.write(results, as: .text))")
  }

  @Test(arguments: try Shared.paths())
  func `any expectation that is made wrong fails`(path: String) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    let file = try Shared.file(path)
    let plan = try #require(file.plan)
    let runner = ScenarioRunner(plan: plan)
    for scenario in file.scenarios {
      let observation = try runner.observe(scenario, runner.engine(for: scenario, on: plan))
      func findings(_ scenario: Scenario) -> [Finding] {
        ScenarioComparison(scenario, observation, identity: plan.identity).findings()
      }
      guard findings(scenario).isEmpty else { continue }
      for mutation in Mutations.all(of: scenario).shuffled(using: &random).prefix(8) {
        let found = findings(mutation.scenario)
        #expect(!found.isEmpty, "seed \(seed), \(scenario.name): \(mutation.what)")
      }
    }
  }
}
