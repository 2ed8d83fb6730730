import Foundation
import JourneyModel
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test
  func `a stop whose last batch nobody answers for ends in time and says so, and nothing is lost`()
    throws
  {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 300, visits: 3_000, partitions: 2, end: end, seed: 61)
    let half = traffic.records.count / 2
    let configuration = try stage.configuration(stage.visits(), processing: "commit_interval: 10s")
    let first = try DaemonProcess(configuration, name: "first")
    #expect(stage.isSo { !first.events("partitions_added").isEmpty })
    try stage.write(Array(traffic.records[..<half]))
    // Read, and committed only in some seconds.
    #expect(stage.isSo { first.events("stats").contains { !$0.contains(" in=0 ") } })
    try stage.broker.pause()
    let begun = SystemClock.monotonic
    let code = first.stop()
    let took = SystemClock.monotonic - begun
    try stage.broker.resume()
    #expect(code == 0)
    // The last batch, and what leaving the group waits for.
    #expect(took < Limits.stopPatience + .seconds(10), "\(took) \(first.log)")
    let words = try #require(first.events("stopped").first)
    #expect(words.contains("committed=false"), "\(words)")
    #expect(try stage.committed() == 0)
    try stage.write(Array(traffic.records[half...]))
    let second = try DaemonProcess(configuration, name: "second")
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(second.stop() == 0)
    #expect(second.events("stopped").first?.contains("committed=true") == true)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }
}
