import Foundation
import JourneyModel
import KafkaClient
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `partitions that vanished end with 78 and say what was lost`() throws {
    let stage = try Stage(partitions: 3)
    defer { stage.removeFolder() }
    let configuration = try stage.readSomething(partitions: 3)
    try stage.broker.tool("topics", "--delete", "--topic", stage.input)
    let admin = try AdminClient(stage.client)
    let topic = NewTopic(stage.input, partitions: 2)
    let isThere = try stage.isSo { () throws in
      try admin.create([topic], within: .seconds(30))[topic.name] == .created
    }
    #expect(isThere)
    let daemon = try DaemonProcess(configuration, name: "fewer")
    #expect(daemon.code() == 78)
    let words = try #require(daemon.events("failed").first)
    #expect(words.contains("\(stage.input)/2 was read before and is no longer there"))
    #expect(words.contains("bring it back"))
  }

  @Test func `a state topic that vanished ends with 78, and the cure that it names is one`() throws
  {
    let stage = try Stage(partitions: 1)
    defer { stage.removeFolder() }
    let configuration = try stage.readSomething(partitions: 1)
    let state = stage.name + "-state"
    try stage.broker.tool("topics", "--delete", "--topic", state)
    for name in ["first", "again"] {
      let daemon = try DaemonProcess(configuration, name: name)
      #expect(daemon.code() == 78, "\(daemon.log)")
      let words = try #require(daemon.events("failed").first)
      #expect(words.contains("its state, the topic “\(state)”, is empty"))
      #expect(words.contains("--group \(stage.name) --reset-offsets --all-topics --to-earliest"))
    }
    try stage.broker.tool(
      "groups", "--group", stage.name, "--reset-offsets", "--all-topics", "--to-earliest",
      "--execute")
    let daemon = try DaemonProcess(configuration, name: "anew")
    #expect(try stage.isAllRead(), "\(daemon.log)")
    #expect(daemon.stop() == 0)
  }
}

extension Stage {
  /// Has a daemon read some visits in each partition, and stop.
  fileprivate func readSomething(partitions: Int32) throws -> URL {
    let now = SystemClock.now.milliseconds
    try write(
      (0..<60).map { number in
        var record = visit("C\(number % 6)", number, at: now - 100_000 + Int64(number))
        record.partition = Int32(number) % partitions
        return record
      })
    let configuration = try configuration(visits())
    let daemon = try DaemonProcess(configuration, name: "reads")
    #expect(try isAllRead())
    #expect(daemon.stop() == 0)
    return configuration
  }
}
