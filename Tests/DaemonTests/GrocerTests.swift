import Foundation
import JourneyModel
import KafkaTesting
import Testing

extension DaemonSuites.Kafka43 {
  /// The grocer's year on a real broker comes to what `replay` makes of it.
  @Test func `a year of real interactions makes the suggestions of replay, each once`() throws {
    let stage = try Stage()
    defer { stage.removeFolder() }
    let year = try Retail.interactions()
    try stage.write(year.map { Made(Retail.card(of: $0), $0) })
    let rules = try Retail.rules().replacingOccurrences(
      of: "retail.interactions", with: stage.input
    )
    .replacingOccurrences(of: "retail.suggestions", with: stage.suggestions)
    .replacingOccurrences(of: "retail.rejected", with: stage.rejected)
    let configuration = try stage.configuration(rules)
    let daemon = try DaemonProcess(configuration, name: "retail")
    #expect(try stage.isAllRead(within: .seconds(180)))
    #expect(daemon.stop() == 0)
    let made = try stage.read(stage.suggestions).compactMap { Suggested($0) }
    let expected = try Replayed.suggestions(
      year, source: "retail", configuration, until: "2018-02-15T00:00:00Z")
    #expect(expected.count == 10_341)
    let due = expected.filter { $0.time < "2017-12-31" }
    #expect(due.count == 8_315)
    let ids = Set(made.map(\.id))
    #expect(ids.count == made.count, "each once")
    #expect(Set(due.map(\.id)).subtracting(ids).isEmpty)
    #expect(ids.subtracting(expected.map(\.id)).isEmpty)
    #expect(made.allSatisfy { $0.type == "journeyd.suggestion.made" })
    #expect(try stage.read(stage.rejected).isEmpty)
  }
}

/// The grocer's year.
enum Retail {
  private static let folder = DaemonProcess.repository.appending(path: "Tests/Shared/data")

  static func interactions() throws -> [String] {
    try unpacked("retail-2017.ndjson.gz").split(separator: "\n").map(String.init)
  }

  static func rules() throws -> String {
    try String(contentsOf: folder.appending(path: "retail.yaml"), encoding: .utf8)
  }

  static func card(of line: String) -> String {
    guard let start = line.range(of: "\"loyalty_card\":\"") else { return "" }
    return String(line[start.upperBound...].prefix { $0 != "\"" })
  }

  private static func unpacked(_ name: String) throws -> String {
    try Program.run(
      URL(filePath: "/usr/bin/env"), ["gzip", "-dc", folder.appending(path: name).path])
  }
}
