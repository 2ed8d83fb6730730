import Foundation
import JourneyModel
import KafkaClient
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Cluster43 {
  @Test
  func `a cluster that loses a coordinator is worked with all the time, each suggestion once`()
    throws
  {
    let stage = try Stage(partitions: 4)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 500, visits: 5_000, partitions: 4, end: end, seed: 71)
    let configuration = try stage.configuration(
      stage.visits(), processing: "commit_interval: 50ms")
    let daemon = try DaemonProcess(configuration, name: "cluster")
    #expect(stage.isSo { !daemon.events("partitions_added").isEmpty }, "\(daemon.log)")
    let trickle = Trickle(stage, traffic.records, perSecond: 120)
    try stage.expectProgress(200)
    let id = try String(contentsOf: configuration.appending(path: "state/id"), encoding: .utf8)
    for (topic, key) in [
      ("__consumer_offsets", stage.name), ("__transaction_state", stage.name + "-" + id),
    ] {
      let place = try #require(try stage.coordinatorPlace(topic, of: key))
      let node = try #require(place.leader)
      try stage.broker.kill(node: Int(node))
      try stage.expectProgress(500)
      #expect(try stage.coordinatorPlace(topic, of: key)?.leader != node)
      try stage.broker.startAgain()
      #expect(try stage.isSo { () throws in try stage.isWhole(nodes: 3) })
    }
    #expect(trickle.wait() == nil)
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(daemon.stop() == 0)
    #expect(daemon.events("stopped").first?.contains("committed=true") == true, "\(daemon.log)")
    try stage.expectReplay(of: traffic, configuration, before: end)
  }
}

extension Stage {
  /// The partition whose leader coordinates the group, or the producer, of this name.
  fileprivate func coordinatorPlace(
    _ topic: String, of key: String
  ) throws -> TopicDescription.Partition? {
    guard case .present(let found) = try AdminClient(client).topic(topic, within: .seconds(10))
    else { return nil }
    let hash = key.utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
    return found.partitions[Int(hash & Int32.max) % found.partitions.count]
  }

  /// Every partition has all its copies.
  fileprivate func isWhole(nodes: Int) throws -> Bool {
    try AdminClient(client).topics(within: .seconds(10)).flatMap(\.partitions)
      .allSatisfy { $0.inSync == nodes }
  }
}
