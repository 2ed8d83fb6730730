import Foundation
import JourneyModel
import KafkaTesting
import StateStore
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `a full disk ends with 74, and with room again nothing is lost or doubled`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 3_000, visits: 6_000, partitions: 2, end: end, seed: 43)
    let half = traffic.records.count / 2
    try stage.write(Array(traffic.records[..<half]))
    let configuration = try stage.configuration(stage.visits())
    let first = try DaemonProcess(configuration, name: "first")
    #expect(try stage.isAllRead())
    #expect(first.stop() == 0)
    // It has to fill the folder anew, and there is no room for as much.
    try FileManager.default.removeItem(at: configuration.appending(path: "state"))
    try stage.write(Array(traffic.records[half...]))
    let committed = try stage.committed()
    let full = try DaemonProcess(configuration, name: "full", fileBlocksMax: 64)
    #expect(full.code() == 74, "\(full.log)")
    let words = try #require(full.events("failed").first)
    #expect(words.contains("code=74") && words.contains("make room in state.directory"))
    #expect(try stage.committed() == committed)
    let last = try DaemonProcess(configuration, name: "last")
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(last.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }

  @Test func `a stop whose copy of the state does not fit on the disk says so, and costs nothing`()
    throws
  {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 2_000, visits: 4_000, partitions: 2, end: end, seed: 67)
    try stage.write(traffic.records)
    let configuration = try stage.configuration(stage.visits())
    let full = try DaemonProcess(configuration, name: "full", fileBlocksMax: 64)
    #expect(try stage.isAllRead())
    #expect(full.stop() == 74, "\(full.log)")
    #expect(full.events("stopped").first?.contains("committed=true") == true, "\(full.log)")
    let words = try #require(full.events("failed").first)
    #expect(words.contains("code=74") && words.contains("make room in state.directory"))
    let last = try DaemonProcess(configuration, name: "last")
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(last.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }

  @Test func `a disk that becomes full while it works ends it with 74, and costs nothing`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 2_000, visits: 6_000, partitions: 2, end: end, seed: 73)
    let configuration = try stage.configuration(stage.visits())
    let full = try DaemonProcess(configuration, name: "full", fileBlocksMax: 1 << 20)
    #expect(stage.isSo { !full.events("partitions_added").isEmpty })
    let most = traffic.records.count * 4 / 5
    try stage.write(Array(traffic.records[..<most]))
    #expect(try stage.isAllRead())
    try full.limitFiles(to: 32 << 10)
    // The copy moves on once a minute, with whatever commit comes then.
    let trickle = Trickle(stage, Array(traffic.records[most...]), perSecond: 20)
    #expect(full.code() == 74, "\(full.log)")
    let words = try #require(full.events("failed").first)
    #expect(words.contains("code=74") && words.contains("make room in state.directory"))
    let last = try DaemonProcess(configuration, name: "last")
    #expect(trickle.wait() == nil)
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(last.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }

  @Test func `a damaged folder of the state, or one that was away for long, is filled from Kafka`()
    throws
  {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 300, visits: 4_000, partitions: 2, end: end, seed: 47)
    let configuration = try stage.configuration(stage.visits())
    let folder = configuration.appending(path: "state/rows")
    let steps = StateDamage.allCases.count + 1
    for step in 0..<steps {
      let range = step * traffic.records.count / steps..<(step + 1) * traffic.records.count / steps
      try stage.write(Array(traffic.records[range]))
      let damage = step == 0 ? nil : StateDamage.allCases[step - 1]
      try damage?.happen(to: folder, of: stage.name + "-state")
      let daemon = try DaemonProcess(configuration, name: "step\(step)")
      #expect(try stage.isAllRead(), "\(damage.map { "\($0)" } ?? "none"): \(daemon.log)")
      if damage?.isTold == true {
        #expect(
          daemon.events("state_rebuilt").count == 1,
          "\(damage.map { "\($0)" } ?? ""): \(daemon.log)")
      }
      if step == steps - 1 { #expect(try stage.isMade(traffic, configuration, before: end)) }
      #expect(daemon.stop() == 0)
    }
    try stage.expectReplay(of: traffic, configuration, before: end)
  }
}

/// What can become of a daemon's copy of the state while it is stopped.
enum StateDamage: CaseIterable {
  case flippedBytes
  case cutManifest
  case noCurrent
  case awayForLong

  /// Without the file that names the others it is a new copy, and nobody knows of the old one.
  var isTold: Bool { self != .noCurrent }

  func happen(to folder: URL, of owner: String) throws {
    let manager = FileManager.default
    let names = try manager.contentsOfDirectory(atPath: folder.path)
    switch self {
    case .flippedBytes:
      let tables = names.filter { $0.hasSuffix(".sst") }
      try #require(!tables.isEmpty)
      for name in tables {
        let file = folder.appending(path: name)
        var bytes = try Data(contentsOf: file)
        for index in stride(from: 40, to: bytes.count / 2, by: 97) { bytes[index] ^= 0x10 }
        try bytes.write(to: file)
      }
    case .cutManifest:
      let name = try #require(names.first { $0.hasPrefix("MANIFEST") })
      let file = folder.appending(path: name)
      let bytes = try Data(contentsOf: file)
      try bytes.prefix(10).write(to: file)
    case .noCurrent: try manager.removeItem(at: folder.appending(path: "CURRENT"))
    case .awayForLong:
      let store = try DiskStore(
        path: folder.path, owner: owner, marks: { _ in [] }, cacheBytes: 1 << 20)
      // A customer whom the topic no longer tells of; nobody could read the row.
      let key: [UInt8] = [RowKind.customer.rawValue, 1, 2, 3]
      try store.apply([StateRow(partition: 1, key: key, value: [0xFF])])
      try store.settle(store.positions, at: SystemClock.now - .days(4))
    }
  }
}
