import Foundation
import Testing

/// A rule on a count and one on a silence, without consent and caps in the way.
private let configuration = """
  sources:
    web: {topic: web.events, channel: web}
    calls:
      topic: calls
      format: json
      channel: phone
      map:
        id: /n
        time: {at: /t, as: epoch_ms}
        touchpoint: {const: call}
        identifiers: {customer_id: /who}
  outputs: {suggestions: s}
  channels: {web: {side: online}, phone: {side: offline}, mail: {side: offline, outbound: true}}
  touchpoints: {look: {}, buy: {}, call: {}, letter: {}, note: {}}
  contact: {consent: {marketing: implied}, at_once: 100}
  suggestions:
    twice:
      when: [{seen: look, times: 2, within: 1d}]
      suggest: {touchpoint: letter, channels: [mail]}
    silent:
      when: [{seen: buy}, {unseen: [look, call], for: 1h}]
      suggest: {touchpoint: note, channels: [mail]}
      again_after: 1h
  """

private func event(_ id: String, _ time: String, _ touchpoint: String, _ who: String) -> String {
  """
  {"id":"\(id)","time":"2026-01-05T\(time)Z","touchpoint":"\(touchpoint)","channel":"web",\
  "identifiers":{"customer_id":"\(who)"}}

  """
}

/// A folder with the configuration and files, removed with its owner.
private final class Bench {
  let folder = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID())")
  init(_ files: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(configuration, to: "c.yaml")
    for (name, text) in files { try write(text, to: name) }
  }
  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ text: String, to name: String) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }
  func path(_ name: String) -> String { folder.appending(path: name).path }
  func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }
  func replay(_ arguments: String..., input: String = "") throws -> Binary.Result {
    try Binary.run(
      ["replay", "--config", path("c.yaml")] + arguments, input: Data(input.utf8))
  }
}

private func objects(_ lines: String) throws -> [[String: Any]] {
  try lines.split(separator: "\n").map {
    try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
  }
}

/// `rule` and time of each line.
private func made(_ lines: String) throws -> [String] {
  try objects(lines).map { line in
    let data = try #require(line["data"] as? [String: Any])
    return "\(data["suggestion"] ?? "") \(line["time"] ?? "")"
  }
}

@Test func `suggestions go to standard output, a summary to standard error`() throws {
  let bench = try Bench()
  let result = try bench.replay(
    input: event("1", "09:00:00", "look", "A") + event("2", "10:00:00", "look", "A"))
  #expect(result.code == 0)
  #expect(try made(result.output) == ["twice 2026-01-05T10:00:00.000Z"])
  #expect(result.errors.contains("2 interactions, 0 duplicates"))
  #expect(result.errors.contains("twice: 1 made, 0 withdrawn"))
}

@Test(arguments: [
  ("", 0), ("59m59s", 0), ("1h", 1), ("2026-01-05T09:59:59.999Z", 0), ("2026-01-05T10:00:00Z", 1),
])
func `the clock moves on to the end, deadlines up to and including it are due`(
  until: String, count: Int
) throws {
  let bench = try Bench(["a": event("1", "09:00:00", "buy", "A")])
  let options = until.isEmpty ? [] : ["--until", until]
  let result = try Binary.run(
    ["replay", "--config", bench.path("c.yaml"), bench.path("a")] + options, input: Data())
  #expect(
    try made(result.output) == Array(repeating: "silent 2026-01-05T10:00:00.000Z", count: count))
}

@Test func `an interaction exactly at the end of the grace comes first`() throws {
  let bench = try Bench()
  let buy = event("1", "09:00:00", "buy", "A")
  let late = event("3", "09:59:00", "look", "A")
  // Deadline at 10:00:00, grace 5 s: another's event tells the time.
  let atGrace = try bench.replay(input: buy + event("2", "10:00:05", "buy", "B") + late)
  #expect(try made(atGrace.output).isEmpty)
  let after = try bench.replay(input: buy + event("2", "10:00:05.001", "buy", "B") + late)
  #expect(try made(after.output).first == "silent 2026-01-05T10:00:00.000Z")
}

@Test func `several files are merged by time, each read as its source reads`() throws {
  let bench = try Bench([
    "web": event("1", "09:00:00", "buy", "A") + event("2", "10:30:00", "buy", "B"),
    "calls": "{\"n\":7,\"t\":1767605400000,\"who\":\"A\"}\n",  // 09:30
  ])
  let merged = try bench.replay(
    bench.path("web"), "calls=" + bench.path("calls"), "--until", "2h")
  #expect(merged.code == 0)
  #expect(try made(merged.output) == ["silent 2026-01-05T11:30:00.000Z"])
  let alone = try bench.replay("web=" + bench.path("web"), "--until", "2h")
  #expect(try made(alone.output).count == 2)
}

@Test func `every output has its file, and the same input gives the same bytes`() throws {
  let events =
    event("1", "09:00:00", "look", "A") + event("1", "09:00:00", "look", "A") + "rubbish \u{7F}\n"
    + event("2", "09:10:00", "look", "A")
      + """
      {"id":"3","time":"2026-01-05T09:20:00Z","touchpoint":"look","channel":"web",\
      "identifiers":{"customer_id":"B","cookie_id":"k"}}

      """
  let bench = try Bench(["a": events])
  let first = try bench.replay(bench.path("a"), "--to", bench.path("one"))
  #expect(first.code == 0 && first.output.isEmpty)
  #expect(first.errors.contains("1 duplicates") && first.errors.contains("rejected not-json: 1"))
  _ = try bench.replay(bench.path("a"), "--to", bench.path("two"))
  for name in ["suggestions", "decisions", "identities", "rejected", "journeys"] {
    let file = name + ".ndjson"
    let text = try bench.text("one/" + file)
    #expect(try text == bench.text("two/" + file))
    #expect(try !objects(text).isEmpty, "\(name)")
  }
  let pictures = try objects(try bench.text("one/journeys.ndjson"))
  let ids = pictures.map { $0["customer"] as? String ?? "" }
  #expect(ids.count == 2 && ids == ids.sorted())
}

@Test func `what was rejected can be read again as records`() throws {
  let bench = try Bench(["a": "{\"id\":\"é\\n\"}\nno json\n\n"])
  let first = try bench.replay("web=" + bench.path("a"), "--to", bench.path("one"))
  #expect(first.code == 0)
  let rejected = try objects(try bench.text("one/rejected.ndjson"))
  #expect(rejected.map { $0["payload"] as? String } == ["{\"id\":\"é\\n\"}", "no json", ""])
  #expect(rejected.map { $0["topic"] as? String } == Array(repeating: "web.events", count: 3))
  let codes = rejected.map { ($0["headers"] as? [String] ?? []).contains("time-missing") }
  #expect(codes == [true, false, false])
  let again = try bench.replay(
    "--records", "web=" + bench.path("one/rejected.ndjson"), "--to", bench.path("two"))
  #expect(again.errors.contains("3 rejected"))
  #expect(again.errors.contains("rejected empty: 1"))
}

@Test func `a line of any length is a record, or too large`() throws {
  let long = event("1", "09:00:00", "look", "A").dropLast()
  let padded = long + String(repeating: " ", count: (1 << 20) - long.utf8.count)
  let bench = try Bench()
  let fits = try bench.replay(input: padded + "\r\n" + event("2", "09:10:00", "look", "A"))
  #expect(try made(fits.output).count == 1)
  let huge = String(repeating: "x", count: 5 << 20)
  let result = try bench.replay(
    input: event("1", "09:00:00", "look", "A") + huge + "\n" + padded + " \n"
      + event("2", "09:10:00", "look", "A") + huge)
  #expect(try made(result.output).count == 1)
  #expect(result.errors.contains("rejected too-large: 3"))
}

@Test func `what is wrong with a replay's line is told`() throws {
  let bench = try Bench()
  let until = try bench.replay("--until", "soon")
  #expect(until.code == 64 && until.errors.contains("neither a time nor a duration"))
  let source = try bench.replay("webb=x")
  #expect(source.code == 64 && source.errors.contains("did you mean “web”?"))
  let file = try bench.replay(bench.path("nowhere"))
  #expect(file.code == 64 && file.errors.contains("No such file"))
  let none = try Binary.run("replay", "--config", bench.path("nowhere"))
  #expect(none.code == 66)
}
