import Foundation
import Testing

/// `journeyd test` as its users meet it.
@Suite struct TestCommandTests {
  private static let configuration = """
    channels: {app: {side: online, outbound: true}, web: {side: online}}
    contact: {consent: {marketing: implied}}
    suggestions:
      welcome: {when: [{seen: visit}], suggest: {touchpoint: hi, channels: [app]}}
    """
  private static let whole = """
    sources: {web: {topic: web}}
    outputs: {suggestions: out}
    kafka: {bootstrap.servers: localhost, sasl.password: {env: THAT_IS_NOT_THERE}}
    """ + "\n" + configuration

  private static func tests(at: String) -> String {
    """
    tests:
      - name: a visit is welcomed at \(at)
        events: [{at: 0s, channel: web, touchpoint: visit, identifiers: {customer_id: C1}}]
        expect: [{at: \(at), suggest: welcome}]
    """
  }

  private static var ownConfiguration: String {
    "configuration:\n"
      + configuration.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n") + "\n"
  }

  /// Runs `journeyd test` in a folder of files.
  private func run(_ files: [String: String], _ arguments: [String]) throws -> Binary.Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "scenarios-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let path = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: path)
    }
    let words = arguments.map { $0.replacing("@", with: folder.path) }
    var result = try Binary.run(["test"] + words, input: Data())
    result.output.replace(folder.path, with: "@")
    result.errors.replace(folder.path, with: "@")
    return result
  }

  @Test func `scenarios below the configuration are found, and need neither broker nor secrets`()
    throws
  {
    let files = [
      "a.yaml": Self.whole, "tests/one.yaml": Self.tests(at: "0s"),
      "tests/more/two.yaml": Self.tests(at: "0s"),
    ]
    let result = try run(files, ["--config", "@"])
    #expect(result.errors == "")
    #expect(result.output == "2 scenarios in 2 files: 2 passed, 0 failed\n")
    #expect(result.code == 0)
    #expect(try run(files, ["--config", "@/a.yaml"]).output == result.output)
  }

  @Test func `a scenario that fails is told with its place, and ends with 1`() throws {
    let text = Self.ownConfiguration + Self.tests(at: "1h")
    let result = try run(["t.yaml": text], ["@/t.yaml"])
    #expect(result.code == 1)
    #expect(result.output.hasPrefix("FAILED  a visit is welcomed at 1h\n        @/t.yaml:7\n"))
    #expect(
      result.output.contains("~ {at: 1h, suggest: welcome}  {at: 0s, suggest: welcome}"))
    #expect(result.output.hasSuffix("1 scenario in 1 file: 0 passed, 1 failed\n"))
  }

  @Test func `a wrong file ends with 78, and the others run all the same`() throws {
    let files = [
      "wrong.yaml": Self.ownConfiguration + Self.tests(at: "soon"),
      "right.yaml": Self.ownConfiguration + Self.tests(at: "0s"),
    ]
    let result = try run(files, ["@/wrong.yaml", "@/right.yaml"])
    #expect(result.code == 78)
    #expect(result.errors.hasPrefix("@/wrong.yaml:9:19: error[duration]: “soon” is not a duration"))
    #expect(
      result.output == "1 scenario in 2 files: 1 passed, 0 failed, 1 file invalid\n")
    let junit = try run(files, ["@/wrong.yaml", "@/right.yaml", "--format", "junit"])
    #expect(junit.output.contains("tests=\"2\" failures=\"0\" errors=\"1\""))
  }

  @Test func `a pattern picks by name`() throws {
    let text = Self.ownConfiguration + Self.tests(at: "0s") + "\n  - {name: other, events: []}\n"
    func ran(_ pattern: String) throws -> Binary.Result {
      try run(["t.yaml": text], ["@/t.yaml", "--run", pattern])
    }
    #expect(try ran("^a .*0s$").output == "1 scenario in 1 file: 1 passed, 0 failed\n")
    #expect(try ran("e").output == "2 scenarios in 1 file: 2 passed, 0 failed\n")
    #expect(try ran("nothing").code == 64)
    #expect(try ran("(").code == 64)
  }

  @Test func `what is not there ends with 66`() throws {
    #expect(try run([:], ["@/t.yaml"]).code == 66)
    #expect(try run(["a.yaml": Self.whole], ["--config", "@"]).code == 66)
    let own = try run(["t.yaml": Self.tests(at: "0s")], ["@/t.yaml", "--config", "@/none"])
    #expect(own.code == 66)
  }

  @Test func `JSON has one object per scenario`() throws {
    let text = Self.ownConfiguration + Self.tests(at: "0s")
    let result = try run(["t.yaml": text], ["@/t.yaml", "--format", "json"])
    #expect(
      result.output == """
        {"name":"a visit is welcomed at 0s","file":"@/t.yaml","line":7,"passed":true,"findings":[]}

        """)
    #expect(try run(["t.yaml": text], ["@/t.yaml", "--format", "xml"]).code == 64)
  }
}
