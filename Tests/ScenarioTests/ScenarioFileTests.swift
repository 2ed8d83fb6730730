import JourneyModel
import Settings
import Testing

@testable import JourneyRuntime

@Suite struct ScenarioFileTests {
  @Test func `all shared files are read without a word`() throws {
    let paths = try Shared.paths()
    #expect(paths.count == 102)
    var scenarios = 0
    for path in paths {
      let file = try Shared.file(path)
      let errors = file.problems.filter { $0.severity == .error }
      #expect(errors.isEmpty, "\(errors.map { $0.text() }.joined(separator: "\n"))")
      scenarios += file.scenarios.count
    }
    #expect(scenarios == 640)
  }
}
