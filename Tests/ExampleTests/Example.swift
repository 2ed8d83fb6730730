import Foundation
import JourneyModel
import JourneyRuntime
import Settings
import Testing

/// One configuration that comes with journeyd, as `check` and `test` read it.
struct Example: CustomTestStringConvertible, Sendable {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The bank, and all that is in `config/examples/`.
  static let all: [Example] = {
    let examples = root.appending(path: "config/examples").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: examples)) ?? []
    let folders = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".md") }.sorted()
    return [Example(folder: "config")] + folders.map { Example(folder: "config/examples/\($0)") }
  }()

  /// Relative to the root of the project.
  let folder: String
  var testDescription: String { folder }
  var path: String { Example.root.appending(path: folder).path }

  func settings() throws -> Settings {
    try Settings.load(path, for: .daemon, secrets: .placeholders)
  }

  func plan() throws -> Plan { try #require(try settings().plan) }

  /// The files of `tests/`, to be run on a plan.
  func scenarioFiles(_ plan: Plan) throws -> [ScenarioFile] {
    try Files.find(path + "/tests").map { ScenarioFile(try Files.read($0), plan: plan) }
  }

  /// All scenarios of `tests/`.
  func scenarios(_ plan: Plan) throws -> [Scenario] {
    try scenarioFiles(plan).flatMap(\.scenarios)
  }
}
