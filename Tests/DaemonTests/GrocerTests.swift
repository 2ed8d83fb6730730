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
    let expected = try Retail.suggestions(configuration).filter { $0.time < "2018-01-01" }
    #expect(expected.count == 8_315)
    let ids = Set(made.map(\.id))
    #expect(ids.count == made.count, "each once")
    #expect(Set(expected.map(\.id)).subtracting(ids).isEmpty)
    #expect(made.allSatisfy { $0.type == "journeyd.suggestion.made" })
    #expect(try stage.read(stage.rejected).isEmpty)
  }
}

/// The grocer's year, and what `replay` makes of it.
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

  /// The suggestions of `replay`, with their times.
  static func suggestions(_ configuration: URL) throws -> [(id: String, time: String)] {
    let year = configuration.appending(path: "year.ndjson")
    try Data(unpacked("retail-2017.ndjson.gz").utf8).write(to: year)
    let output = try run(
      DaemonProcess.binary,
      ["replay", "--config", configuration.path, "--until", "2018-02-15T00:00:00Z", year.path])
    return output.split(separator: "\n").compactMap { line in
      guard let json = try? JSONSerialization.jsonObject(with: Data(line.utf8)),
        let event = json as? [String: Any], let time = event["time"] as? String,
        let data = event["data"] as? [String: Any], let id = data["suggestion_id"] as? String
      else { return nil }
      return (id, time)
    }
  }

  private static func unpacked(_ name: String) throws -> String {
    try run(URL(filePath: "/usr/bin/env"), ["gzip", "-dc", folder.appending(path: name).path])
  }

  private static func run(_ program: URL, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}
