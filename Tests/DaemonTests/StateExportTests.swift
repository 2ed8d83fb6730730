import Foundation
import JourneyModel
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  /// A group that has read its visits and is stopped, and the file that its state was exported to.
  private struct Exported {
    let stage: Stage
    let configuration: URL
    let file: URL
    let lines: [String]

    init(_ stage: Stage, _ visits: [Made]) throws {
      self.stage = stage
      try stage.write(visits)
      configuration = try stage.configuration(stage.visits())
      let daemon = try DaemonProcess(configuration, name: "first")
      #expect(try stage.isAllRead())
      #expect(daemon.stop() == 0)
      file = stage.folder.appending(path: "state.ndjson")
      let result = try Program.journeyd(
        "state", "export", "--to", file.path, "--config", configuration.path)
      #expect(result.code == 0, "\(result.errors)")
      lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The configuration of another group on the same topics.
    func other(_ name: String, shards: Int = 8) throws -> URL {
      try stage.configuration(
        stage.visits(), daemon: name, processing: "shards: \(shards)",
        group: "\(stage.name)-\(name)")
    }

    func suggestions() throws -> [Suggested] {
      try stage.read(stage.suggestions).compactMap { Suggested($0) }
    }
  }

  @Test
  func `an exported state goes on in another group with other shards, and nothing comes twice`()
    throws
  {
    let stage = try Stage(partitions: 4)
    defer { stage.removeFolder() }
    let start = SystemClock.now.milliseconds - 600_000
    // The second visit, which earns a greeting, comes after the move for half of them.
    let exported = try Exported(
      stage,
      (0..<40).flatMap { n in
        (0...n % 2).map { visit("C\(n)", $0, at: start + Int64($0) * 1000) }
      })
    let before = try exported.suggestions()
    #expect(before.count { $0.rule == "greet" } == 20)
    let mode = try FileManager.default.attributesOfItem(atPath: exported.file.path)[
      .posixPermissions]
    #expect(mode as? Int == 0o600)

    let other = try exported.other("moved")
    let imported = try Program.journeyd(
      "state", "import", "--offsets", "--config", other.path, input: exported.file)
    #expect(imported.code == 0, "\(imported.errors)")
    #expect(imported.errors.contains("imported 40 customers"))
    let daemon = try DaemonProcess(other, name: "second")
    try stage.write((0..<40).map { visit("C\($0)", 2, at: start + 300_000) })
    let isDone = try stage.isSo { () throws in
      Set(try exported.suggestions().filter { $0.rule == "greet" }.map(\.id)).count == 40
    }
    #expect(isDone)
    #expect(daemon.stop() == 0)
    let events = try exported.suggestions().map(\.event)
    #expect(events.count == Set(events).count)
    #expect(Set(before.map(\.event)).subtracting(events) == [])

    let again = try Program.journeyd(
      "state", "import", exported.file.path, "--config", other.path)
    #expect(again.code == 78)
    #expect(again.errors.contains("is not empty: it has read"))
  }

  @Test func `an import that stopped half-way is refused by the daemon and repeated by the next`()
    throws
  {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let start = SystemClock.now.milliseconds - 600_000
    let exported = try Exported(stage, (0..<20).map { visit("C\($0)", 0, at: start) })
    let other = try exported.other("half")
    let cut = stage.folder.appending(path: "cut.ndjson")
    try Data((exported.lines.dropLast(5).joined(separator: "\n") + "\n").utf8).write(to: cut)
    let failed = try Program.journeyd("state", "import", cut.path, "--config", other.path)
    #expect(failed.code == 78)
    #expect(failed.errors.contains("cut.ndjson:\(exported.lines.count - 4): it ends too soon"))
    let refused = try DaemonProcess(other, name: "refused")
    #expect(refused.code() == 78)
    #expect(
      refused.events("failed").first?.contains("was not finished") == true, "\(refused.log)")

    let imported = try Program.journeyd(
      "state", "import", exported.file.path, "--config", other.path)
    #expect(imported.code == 0, "\(imported.errors)")
    let full = try Program.journeyd("state", "import", exported.file.path, "--config", other.path)
    #expect(full.code == 78)
    #expect(full.errors.contains("rows already"))
    // Read again from the start: what is in the history is known, and makes nothing twice.
    let daemon = try DaemonProcess(other, name: "second")
    try stage.write((0..<20).map { visit("C\($0)", 1, at: start + 1000) })
    let isDone = try stage.isSo { () throws in
      Set(try exported.suggestions().filter { $0.rule == "greet" }.map(\.id)).count == 20
    }
    #expect(isDone)
    #expect(daemon.stop() == 0)
    let told = try Program.journeyd("explain", "customer_id=C3", "--json", "--config", other.path)
    #expect(told.code == 0)
    #expect(told.output.contains(#""touchpoints":2"#))
  }

  @Test func `without a daemon explain and export read the copy, and leave it as it is`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let start = SystemClock.now.milliseconds - 600_000
    let exported = try Exported(
      stage, (0..<10).flatMap { n in (0..<2).map { visit("C\(n)", $0, at: start + Int64($0)) } })
    let rows = exported.configuration.appending(path: "state/rows")
    let files = try FileManager.default.contentsOfDirectory(atPath: rows.path).sorted()
    let told = try Program.journeyd(
      "explain", "customer_id=C3", "--config", exported.configuration.path)
    #expect(told.code == 0, "\(told.errors)")
    #expect(told.output.contains("customer_id=C3") || told.output.contains("C3"))
    #expect(told.errors.contains("no daemon runs here"))
    #expect(told.errors.contains("as of "))
    let suggestion = try #require(try exported.suggestions().first { $0.rule == "greet" })
    let found = try Program.journeyd(
      "explain", suggestion.id, "--json", "--config", exported.configuration.path)
    #expect(found.output.contains(suggestion.id))
    let nobody = try Program.journeyd(
      "explain", "customer_id=C99", "--config", exported.configuration.path)
    #expect(nobody.code == 1)

    let one = try Program.journeyd(
      "state", "export", "customer_id=C3", "--config", exported.configuration.path)
    #expect(one.code == 0, "\(one.errors)")
    #expect(one.output.contains(#""customer_id":["C3"]"#))
    #expect(one.output.split(separator: "\n").count == 4)
    #expect((0..<10).allSatisfy { $0 == 3 || !one.output.contains("C\($0)\"") })
    #expect(!one.output.contains("secret"))
    let file = stage.folder.appending(path: "one.ndjson")
    try Data(one.output.utf8).write(to: file)
    let imported = try Program.journeyd(
      "state", "import", file.path, "--config", try exported.other("one").path)
    #expect(imported.code == 78)
    #expect(imported.errors.contains("of one customer alone"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: rows.path).sorted() == files)
    // A stop leaves the copy whole: nothing is restored from the topic at the next start.
    let again = try DaemonProcess(exported.configuration, name: "again")
    #expect(stage.isSo { !again.events("state_restored").isEmpty })
    #expect(again.events("state_restored").first?.contains(" rows=0 ") == true, "\(again.log)")
    #expect(again.stop() == 0)
  }
}
