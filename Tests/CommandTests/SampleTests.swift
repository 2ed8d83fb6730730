import Foundation
import Testing

private let shared = Binary.repository.appending(path: "Tests/Shared")

@Test func `a sample shows what each line comes to, as JSON or for reading`() throws {
  let file = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID())")
  defer { try? FileManager.default.removeItem(at: file) }
  try """
  {"callId": 7, "endedAt": 1767605400000, "reason": "complaint", "ani": "+31 20-1", "survey": {"score": 1}}
  {"endedAt": 1}

  """.write(to: file, atomically: true, encoding: .utf8)
  let config = Binary.repository.appending(path: "config").path
  let line = ["check", "--config", config, "--sample", file.path, "--source", "calls"]
  let json = try Binary.run(line + ["--format", "json"], input: Data())
  #expect(json.code == 0)
  let lines = json.output.split(separator: "\n")
  let expected = """
    {"line":1,"interaction":{"id":"7","time":"2026-01-05T09:30:00.000Z",\
    "touchpoint":"complaint_filed","channel":"phone","identifiers":{"phone":["31201"]},\
    "satisfaction":-1}}
    """
  #expect(lines.first.map(String.init) == expected)
  #expect(lines.count == 2 && lines[1].contains("\"code\":\"id-missing\""))
  let text = try Binary.run(line, input: Data())
  #expect(text.output.contains("rejected: id-missing"))
}

@Test func `what a sample needs is told`() throws {
  let config = Binary.repository.appending(path: "config").path
  let without = try Binary.run("check", "--config", config, "--sample", "-")
  #expect(without.code == 64 && without.errors.contains("--source NAME"))
  let unknown = try Binary.run("check", "--config", config, "--sample", "-", "--source", "call")
  #expect(unknown.code == 64 && unknown.errors.contains("did you mean “calls”?"))
  let alone = try Binary.run("check", "--config", config, "--key", "x")
  #expect(alone.code == 64 && alone.errors.contains("--sample"))
}

@Test func `the sample configuration's scenarios hold`() throws {
  let result = try Binary.run(
    "test", "--config", Binary.repository.appending(path: "config").path)
  #expect(result.code == 0 && result.output.hasSuffix(" passed, 0 failed\n"))
}

@Test func `a scenario that fails is 1, one that cannot be read 78`() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let wrong = folder.appending(path: "wrong.yaml")
  try """
  tests:
    - name: nothing comes of nothing
      events: [{at: 0s, channel: web, touchpoint: logged_in, identifiers: {customer_id: C1}}]
      expect: [{suggest: savings_tip}]

  """.write(to: wrong, atomically: true, encoding: .utf8)
  let config = Binary.repository.appending(path: "config").path
  let failed = try Binary.run("test", "--config", config, wrong.path)
  #expect(failed.code == 1)
  #expect(failed.output.contains("nothing comes of nothing") && failed.output.contains("1 failed"))
  let other = try Binary.run("test", "--config", config, "--run", "^elsewhere", wrong.path)
  #expect(other.code == 64 && other.errors.contains("elsewhere"))
  let broken = folder.appending(path: "broken.yaml")
  try "tests: [{nam: x}]\n".write(to: broken, atomically: true, encoding: .utf8)
  let unread = try Binary.run("test", "--config", config, broken.path)
  #expect(unread.code == 78 && unread.errors.contains("broken.yaml:1:"))
}
