import Foundation
import JourneyModel
import KafkaClient
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `topics that appear later are read from their start`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let rules = stage.visits().replacingOccurrences(
      of: "topic: \(stage.input)", with: "topic: {pattern: \"^\(stage.name)[.](in|late)$\"}")
    let daemon = try DaemonProcess(try stage.configuration(rules), name: "appears")
    #expect(stage.isSo { !daemon.events("partitions_added").isEmpty })
    let late = stage.name + ".late"
    let admin = try AdminClient(stage.client)
    _ = try admin.create([NewTopic(late, partitions: 1)], within: .seconds(30))
    let now = SystemClock.now.milliseconds
    try stage.write((0..<2).map { visit("C1", $0, at: now - 60_000 + Int64($0)) }, to: late)
    let isMade = try stage.isSo { () throws in
      try stage.read(stage.suggestions).compactMap { Suggested($0) }.contains { $0.rule == "greet" }
    }
    #expect(isMade)
    #expect(daemon.events("source_appeared").count == 1)
    #expect(daemon.stop() == 0)
  }

  @Test func `at least once, everything is made, and repeats have the same ids`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 200, visits: 4_000, partitions: 2, end: end, seed: 29)
    try stage.write(traffic.records)
    let configuration = try stage.configuration(
      stage.visits(), processing: "guarantee: at_least_once, commit_interval: 50ms",
      kafka: Stage.briefSessions)
    let first = try DaemonProcess(configuration, name: "first")
    #expect(try stage.isSo { () throws in try stage.committed() > 0 })
    first.crash()
    let second = try DaemonProcess(configuration, name: "second")
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(second.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end, repeats: true)
  }

  @Test func `one that was only stopped can write no more when another has taken over`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 300, visits: 3_000, partitions: 2, end: end, seed: 31)
    let half = traffic.records.count / 2
    try stage.write(Array(traffic.records[..<half]))
    let first = try DaemonProcess(try stage.configuration(stage.visits()), name: "zombie")
    #expect(try stage.isAllRead())
    first.signal(SIGSTOP)
    let configuration = try stage.configuration(stage.visits(), daemon: "b")
    let second = try DaemonProcess(configuration, name: "second")
    try stage.write(Array(traffic.records[half...]))
    #expect(try stage.isAllRead())
    first.signal(SIGCONT)
    #expect(stage.isSo { !first.events("standing_by").isEmpty })
    #expect(second.stop() == 0)
    #expect(stage.isSo { first.events("lead_gained").count == 2 })
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(first.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }
}
