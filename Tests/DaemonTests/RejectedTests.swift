import Foundation
import JourneyModel
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `what cannot be used is in the rejected topic byte for byte, and nothing else`()
    throws
  {
    let stage = try Stage()
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let seed: UInt64 = 23
    var random = Seeded(seed)
    let traffic = Traffic(customers: 2_000, visits: 20_000, partitions: 8, end: end, seed: seed)
    var records: [Made] = []
    var rubbish: [Made] = []
    for (number, record) in traffic.records.enumerated() {
      records.append(record)
      guard number % 100 == 0 else { continue }
      let made = Rubbish.record(number, &random)
      records.append(made)
      rubbish.append(made)
    }
    try stage.write(records)
    let daemon = try DaemonProcess(try stage.configuration(stage.visits()), name: "rubbish")
    #expect(try stage.isAllRead())
    #expect(daemon.stop() == 0)
    let found = try stage.read(stage.rejected)
    #expect(
      found.map(Rubbish.print).sorted() == rubbish.map(Rubbish.print).sorted(), "seed \(seed)")
    for read in found {
      let ours = read.headers.filter { $0.hasPrefix("__connect.errors.") }.map {
        String($0.dropFirst("__connect.errors.".count).prefix { $0 != ":" })
      }
      #expect(
        ours == [
          "topic", "partition", "offset", "stage", "class.name", "exception.message",
          "connector.name",
        ])
      #expect(read.headers.contains("__connect.errors.topic: \(stage.input)"))
      #expect(read.headers.contains("__connect.errors.connector.name: \(stage.name)"))
    }
  }
}

/// Records that nobody can use, each with a header and a key of its own.
enum Rubbish {
  static func record(_ number: Int, _ random: inout Seeded) -> Made {
    let whole = String(decoding: visit("C1", number, at: 1_500_000_000_000).value, as: UTF8.self)
    var value = Array(whole.utf8)
    switch random.next() % 6 {
    case 0: value = Array("not JSON \(number)".utf8)
    case 1: value = Array(value.dropLast(Int(random.next() % 60) + 1))
    case 2: value = [0xFF, 0xFE, UInt8(truncatingIfNeeded: number), 0]
    case 3:
      value = Array("{\"id\":\"\(number)\",\"touchpoint\":\"visited\",\"channel\":\"web\"}".utf8)
    case 4: value = Array("[\(number)]".utf8)
    default: value = Array(String(repeating: "[", count: 70).utf8)
    }
    var made = Made(
      "K\(number)", "", partition: Int32(number / 100 % 8),
      headers: [("n", "\(number)"), ("e", "")])
    made.value = value
    return made
  }

  static func print(_ made: Made) -> String {
    let headers = made.headers.map { "\($0.0): \($0.1)" }
    return "\(made.key) \(made.value) \(headers)"
  }

  static func print(_ read: Read) -> String {
    let headers = read.headers.filter { !$0.hasPrefix("__connect.errors.") }
    return "\(read.keyBytes ?? []) \(read.valueBytes ?? []) \(headers)"
  }
}
