import Foundation
import JourneyEngine
import JourneyModel
import KafkaClient
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `a broken configuration ends with 78 and names the place`() throws {
    let stage = try Stage(partitions: 1)
    defer { stage.removeFolder() }
    let broken = stage.visits().replacingOccurrences(of: "again_after", with: "agian_after")
    let daemon = try DaemonProcess(try stage.configuration(broken), name: "broken")
    #expect(daemon.code() == 78)
    #expect(daemon.log.contains("10-rules.yaml:"))
    #expect(daemon.log.contains("again_after"))
  }

  @Test func `an output that is missing ends with 78 and says how to make it`() throws {
    let stage = try Stage(partitions: 1)
    defer { stage.removeFolder() }
    let rules = stage.visits().replacingOccurrences(of: stage.suggestions, with: "nowhere")
    let daemon = try DaemonProcess(try stage.configuration(rules), name: "missing")
    #expect(daemon.code() == 78)
    #expect(
      daemon.events("failed").first?.contains("kafka-topics.sh --create --topic nowhere") == true)
  }

  @Test func `another number of shards ends with 78 and tells the one that is there`() throws {
    let stage = try Stage(partitions: 1)
    defer { stage.removeFolder() }
    let first = try DaemonProcess(try stage.configuration(stage.visits()), name: "first")
    #expect(stage.isSo { !first.events("lead_gained").isEmpty })
    #expect(first.stop() == 0)
    let configuration = try stage.configuration(stage.visits(), processing: "shards: 8")
    let second = try DaemonProcess(configuration, name: "second")
    #expect(second.code() == 78)
    #expect(second.events("failed").first?.contains("processing.shards: 32") == true)
  }

  @Test func `records deleted before they were read end with 78 and the way on`() throws {
    let stage = try Stage(partitions: 1)
    defer { stage.removeFolder() }
    let now = SystemClock.now.milliseconds
    try stage.write((0..<50).map { visit("C1", $0, at: now - 100_000 + Int64($0)) })
    let configuration = try stage.configuration(stage.visits())
    let first = try DaemonProcess(configuration, name: "first")
    #expect(try stage.isAllRead())
    #expect(first.stop() == 0)
    try stage.write((50..<100).map { visit("C1", $0, at: now - 90_000 + Int64($0)) })
    let file = stage.folder.appending(path: "offsets.json")
    let wanted =
      #"{"partitions":[{"topic":"\#(stage.input)","partition":0,"offset":80}],"version":1}"#
    try Data(wanted.utf8).write(to: file)
    try stage.broker.tool("delete-records", "--offset-json-file", file.path)
    let second = try DaemonProcess(configuration, name: "second")
    #expect(second.code() == 78)
    let words = try #require(second.events("failed").first)
    #expect(words.contains("30 records were deleted"))
    #expect(words.contains("--reset-offsets"))
  }

  @Test(arguments: [[RowKind.household.rawValue, 0, 0, 0, 0, 0, 0, 1, 0], StateRow.numbersKey])
  func `rows of another release end with 78 and are left alone`(key: [UInt8]) throws {
    let stage = try Stage(partitions: 1)
    defer { stage.removeFolder() }
    let configuration = try stage.configuration(stage.visits())
    let first = try DaemonProcess(configuration, name: "first")
    #expect(stage.isSo { !first.events("lead_gained").isEmpty })
    #expect(first.stop() == 0)
    var row = Made("", "", partition: 0)
    (row.key, row.value) = (key, [99, 1, 2, 3])
    try stage.write([row], to: stage.name + "-state")
    let second = try DaemonProcess(configuration, name: "second")
    #expect(second.code() == 78, "\(second.log)")
    let words = try #require(second.events("failed").first)
    #expect(words.contains("another release") && words.contains("run the release that wrote it"))
    let kept = try stage.read(stage.name + "-state").last { $0.keyBytes == key }
    #expect(kept?.valueBytes == row.value)
  }

  @Test func `identifier types that do not fit the state end with 78`() throws {
    let stage = try Stage(partitions: 1)
    defer { stage.removeFolder() }
    try stage.write([visit("C1", 1, at: SystemClock.now.milliseconds - 100_000)])
    let first = try DaemonProcess(try stage.configuration(stage.visits()), name: "first")
    #expect(try stage.isAllRead())
    #expect(first.stop() == 0)
    let other =
      stage.visits() + "\nidentity: {identifiers: {email: {}, customer_id: {unique: true}}}\n"
    let second = try DaemonProcess(try stage.configuration(other), name: "second")
    #expect(second.code() == 78)
    #expect(second.events("failed").first?.contains("customer_id") == true)
  }
}
