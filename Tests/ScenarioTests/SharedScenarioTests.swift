import JourneyModel
import Testing

@testable import JourneyRuntime

@Suite struct SharedScenarioTests {
  @Test(arguments: try Shared.paths())
  func `every shared scenario passes as it is`(path: String) throws {
    let file = try Shared.file(path)
    let runner = ScenarioRunner(plan: try #require(file.plan))
    var results: [ScenarioResult] = []
    for scenario in file.scenarios { results.append(try runner.run(scenario)) }
    let report = ScenarioReport.write(
      [ScenarioReport.FileResults(file: path, results: results)], as: .text)
    let failed = results.count { !$0.passed }
    #expect(failed == 0, "\(report)")
  }
}
