import Foundation
import JourneyModel
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `one that was only stopped fires no deadline that its successor has fired`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let rules = stage.visits("time: {grace: 1s}")
    let brief = Stage.briefSessions
    let first = try DaemonProcess(try stage.configuration(rules, kafka: brief), name: "zombie")
    #expect(stage.isSo { !first.events("partitions_added").isEmpty })
    // The reminder is due an hour after the visit, which is soon.
    let visited = SystemClock.now.milliseconds - 3_600_000 + 8_000
    try stage.write((0..<200).map { visit("C\($0)", 1, at: visited) })
    #expect(try stage.isAllRead())
    first.signal(SIGSTOP)
    #expect(SystemClock.now.milliseconds < visited + 3_600_000, "nothing is due yet")
    let second = try DaemonProcess(
      try stage.configuration(rules, daemon: "b", kafka: brief), name: "second")
    #expect(try stage.isSo { () throws in try stage.reminded().count >= 200 })
    // The same deadlines are due for it too, and the group has moved on.
    first.signal(SIGCONT)
    #expect(stage.isSo { !first.events("standing_by").isEmpty })
    #expect(second.stop() == 0)
    #expect(stage.isSo { first.events("state_restored").count == 1 }, "\(first.log)")
    #expect(first.stop() == 0)
    let reminded = try stage.reminded()
    #expect(reminded.count == 200)
    #expect(Set(reminded).count == 200)
  }

  @Test func `a third daemon that comes and goes disturbs nobody, and takes over where it must`()
    throws
  {
    let stage = try Stage(partitions: 4)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 400, visits: 6_000, partitions: 4, end: end, seed: 53)
    func write(_ part: Int) throws {
      let count = traffic.records.count
      try stage.write(Array(traffic.records[part * count / 6..<(part + 1) * count / 6]))
    }
    func start(_ daemon: String, _ name: String) throws -> DaemonProcess {
      try DaemonProcess(
        try stage.configuration(stage.visits(), daemon: daemon, kafka: Stage.briefSessions),
        name: name)
    }
    let first = try start("a", "first")
    #expect(stage.isSo { !first.events("lead_gained").isEmpty })
    let second = try start("b", "second")
    for round in 0..<4 {
      try write(round)
      let third = try start("c", "third\(round)")
      #expect(stage.isSo { !third.events("standing_by").isEmpty })
      if round % 2 == 0 { #expect(third.stop() == 0) } else { third.crash() }
    }
    #expect(first.events("lead_gained").count == 1 && first.events("lead_lost").isEmpty)
    // The active one dies while the third is coming, and the next one as it takes over.
    let third = try start("c", "third")
    try write(4)
    first.crash()
    #expect(
      stage.isSo { !second.events("lead_gained").isEmpty || !third.events("lead_gained").isEmpty })
    let (heir, other) =
      second.events("lead_gained").isEmpty ? (third, second) : (second, third)
    heir.crash()
    try write(5)
    #expect(try stage.isAllRead())
    #expect(other.events("lead_gained").count == 1)
    let configuration = stage.folder.appending(path: "b")
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(other.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }
}

extension Stage {
  /// Ids of the reminders made.
  fileprivate func reminded() throws -> [String] {
    try read(suggestions).compactMap { Suggested($0) }
      .filter { $0.rule == "remind" && $0.type == "journeyd.suggestion.made" }.map(\.id)
  }
}
