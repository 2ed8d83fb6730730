import Foundation
import JourneyModel
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `a backlog of partitions of uneven speed comes to what replay makes of it`() throws {
    let stage = try Stage()
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    // All customers of few partitions, so that some have twenty times the records of others.
    let traffic = Traffic(customers: 300, visits: 6_000, partitions: 8, end: end, seed: 7)
    let records = traffic.records.map { record in
      var record = record
      if let partition = record.partition, partition > 2 { record.partition = 3 }
      return record
    }
    try stage.write(records)
    let configuration = try stage.configuration(stage.visits())
    let daemon = try DaemonProcess(configuration, name: "uneven")
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(daemon.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }

  @Test func `killed again and again, it makes every suggestion once`() throws {
    let stage = try Stage(partitions: 4)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 500, visits: 6_000, partitions: 4, end: end, seed: 11)
    try stage.write(traffic.records)
    let configuration = try stage.configuration(
      stage.visits(), processing: "commit_interval: 50ms, workers: 2",
      kafka: Stage.briefSessions)
    for round in 1...3 {
      let daemon = try DaemonProcess(configuration, name: "crash\(round)")
      // Each is killed as soon as it has committed something, in the middle of the next batch.
      let committed = try stage.committed()
      #expect(
        try stage.isSo { () throws in try stage.committed() > committed }, "it goes on from there")
      daemon.crash()
    }
    let last = try DaemonProcess(configuration, name: "last")
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(last.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }

  @Test func `of two daemons one is active, and the other goes on when it is killed`() throws {
    let stage = try Stage(partitions: 4)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 400, visits: 4_000, partitions: 4, end: end, seed: 13)
    let half = traffic.records.count / 2
    try stage.write(Array(traffic.records[..<half]))
    let first = try DaemonProcess(try stage.configuration(stage.visits()), name: "first")
    #expect(try stage.isAllRead())
    let configuration = try stage.configuration(stage.visits(), daemon: "b")
    let second = try DaemonProcess(configuration, name: "second")
    #expect(stage.isSo { !second.events("standing_by").isEmpty })
    first.crash()
    try stage.write(Array(traffic.records[half...]))
    #expect(try stage.isAllRead())
    #expect(second.events("lead_gained").count == 1)
    #expect(second.events("state_restored").count == 1)
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(second.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }

  @Test func `a lost state folder is filled from Kafka`() throws {
    let stage = try Stage(partitions: 4)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 200, visits: 2_000, partitions: 4, end: end, seed: 17)
    let half = traffic.records.count / 2
    try stage.write(Array(traffic.records[..<half]))
    let configuration = try stage.configuration(stage.visits())
    let first = try DaemonProcess(configuration, name: "first")
    #expect(try stage.isAllRead())
    #expect(first.stop() == 0)
    try FileManager.default.removeItem(at: configuration.appending(path: "state"))
    try stage.write(Array(traffic.records[half...]))
    let second = try DaemonProcess(configuration, name: "second")
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(second.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }
}
