import Foundation
import JourneyModel
import JourneyRuntime
import KafkaClient
import Supervision
import Testing

private let sample = Binary.repository.appending(path: "config").path

@Test func `the sample configuration is right, without a warning`() throws {
  let result = try Binary.run("check", "--offline", "--deny-warnings", "--config", sample)
  #expect(result.code == 0 && result.errors.isEmpty)
  #expect(result.output == "check: 0 errors, 0 warnings in 5 files\n")
}

@Test func `no configuration is 66, with what to do`() throws {
  let result = try Binary.run("check", "--config", "/nowhere/at/all")
  #expect(result.code == 66 && result.output.isEmpty)
  #expect(result.errors.contains("/nowhere/at/all") && result.errors.contains("--config"))
}

@Test func `a wrong configuration is 78, each problem an object in its place`() throws {
  let file = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID()).yaml")
  defer { try? FileManager.default.removeItem(at: file) }
  try "sources:\n  a: {topc: x}\n".write(to: file, atomically: true, encoding: .utf8)
  let text = try Binary.run("check", "--offline", "--config", file.path)
  #expect(text.code == 78)
  #expect(text.errors.contains("\(file.path):2:7: error") && text.errors.contains("topic"))
  let json = try Binary.run("check", "--offline", "--format", "json", "--config", file.path)
  #expect(json.code == 78)
  let first = try #require(json.output.split(separator: "\n").first)
  let problem = try #require(
    JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])
  for key in ["severity", "file", "line", "column", "message", "help"] {
    #expect(problem[key] != nil, "\(key)")
  }
}

private func plan(at servers: String) -> Plan {
  var plan = Plan()
  plan.kafka.properties = [.init(name: "bootstrap.servers", value: servers)]
  plan.sources = [
    SourcePlan(name: "there", topic: .named("in")), SourcePlan(name: "later", topic: .named("not")),
    SourcePlan(name: "many", topic: .pattern("^i")),
  ]
  plan.outputs.suggestions = "suggestions"
  plan.outputs.journeys = "journeys"
  return plan
}

@Test func `a missing output stops, a missing source is a warning`() throws {
  let broker = try EmbeddedBroker()
  try broker.create(topic: "in", partitions: 1)
  try broker.create(topic: "suggestions", partitions: 1)
  let plan = plan(at: broker.bootstrapServers)
  let problems = StartChecks.broker(plan, try AdminClient(KafkaConfiguration(plan.kafka)))
  #expect(problems.map(\.setting) == [["outputs", "journeys"], ["sources", "later", "topic"]])
  #expect(problems.map(\.code) == [.configurationInvalid, nil])
  #expect(problems[0].help.contains("--create --topic journeys"))
}

@Test func `a broker that is not there is 69`() throws {
  let plan = plan(at: "127.0.0.1:1")
  let admin = try AdminClient(KafkaConfiguration(plan.kafka))
  let problems = StartChecks.broker(plan, admin, within: TimeSpan(300))
  #expect(problems.map(\.code) == [.brokerUnreachable])
  #expect(problems[0].message.contains("127.0.0.1:1"))
}

@Test func `the state directory may be there, be made, or is told`() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "file")
  try Data().write(to: file)
  func codes(_ path: String) -> [ExitCode?] {
    var plan = Plan()
    plan.state.directory = path
    return StartChecks.state(plan).map(\.code)
  }
  #expect(codes(folder.path).isEmpty)
  #expect(codes(folder.appending(path: "a/b").path).isEmpty)
  #expect(codes(file.path) == [.stateNotCreated])
  #expect(codes(file.appending(path: "x").path) == [.stateNotCreated])
}
