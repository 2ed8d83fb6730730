import Foundation
import Testing

@Suite struct ExplainCommandTests {
  /// Runs it on a configuration with a state directory where no daemon runs.
  private func run(_ arguments: [String]) throws -> Binary.Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "journeyd.yaml")
    try Data(
      """
      kafka: {bootstrap.servers: "localhost:1", sasl.password: {credential: not-there}}
      state: {directory: \(folder.path)}
      sources: {a: {topic: a}}
      outputs: {suggestions: b}
      """.utf8
    ).write(to: file)
    return try Binary.run(arguments + ["--config", file.path], input: Data())
  }

  @Test func `without a daemon both say so, and need no secrets`() throws {
    for arguments in [["explain", "customer_id=C1"], ["stats"]] {
      let result = try run(arguments)
      #expect(result.code == 69)
      #expect(result.errors.contains("no daemon runs with the state directory"))
      #expect(result.output.isEmpty)
    }
  }

  @Test func `what names nobody is a matter of usage`() throws {
    #expect(try run(["explain"]).code == 64)
    #expect(try run(["explain", "C1"]).code == 64)
    #expect(try run(["stats", "C1"]).code == 64)
  }

  @Test func `without a copy of the state export says where it looked`() throws {
    let result = try run(["state", "export"])
    #expect(result.code == 78)
    #expect(result.errors.contains("there is no copy of the state in"))
    #expect(result.output.isEmpty)
  }

  @Test func `what is not to be done with a state is a matter of usage`() throws {
    #expect(try run(["state"]).code == 64)
    #expect(try run(["state", "exprot"]).code == 64)
    #expect(try run(["state", "export", "C1"]).code == 64)
    #expect(try run(["state", "export", "--offsets"]).errors.contains("--offsets is for import"))
    #expect(try run(["state", "import", "--to", "f"]).errors.contains("--to is for export"))
  }
}
