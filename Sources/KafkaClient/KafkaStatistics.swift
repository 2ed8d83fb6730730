package import JourneyModel

/// What of the library's statistics is worth watching; made of the JSON that clients report.
package struct KafkaStatistics: Equatable, Sendable {
  package struct Partition: Equatable, Sendable {
    /// Records between the position and the end that the client may see; nil while unknown.
    package var lag: Int64?
    /// The end of what is decided: an open transaction holds it.
    package var stableEnd: Offset?
    /// The true end.
    package var end: Offset?
    /// Records fetched and not taken yet.
    package var fetched: Int64 = 0
  }

  package var partitions: [TopicPartition: Partition] = [:]
  /// `eos.txn_state` of a transactional producer.
  package var transactionState: String?
  /// How often the producer's epoch has changed.
  package var epochs: Int64?
  /// `cgrp.join_state` of a member.
  package var joinState: String?
  package var rebalances: Int64?

  /// Nothing is taken of what is not there; of text that is no JSON, what comes before the fault.
  package init(json: String) {
    var scan = JSONScan(json)
    scan.forEachScalar { path, value in take(path, value) }
  }

  /// The sum of all known lags.
  package var lag: Int64 { partitions.values.reduce(0) { $0 + ($1.lag ?? 0) } }

  private mutating func take(_ path: [String], _ value: String) {
    switch (path.count, path.first) {
    case (5, "topics") where path[2] == "partitions":
      guard let number = Int32(path[3]), number >= 0, let value = Int64(value), value >= 0 else {
        return
      }
      let place = TopicPartition(path[1], number)
      switch path[4] {
      case "consumer_lag": partitions[place, default: Partition()].lag = value
      case "ls_offset": partitions[place, default: Partition()].stableEnd = Offset(value)
      case "hi_offset": partitions[place, default: Partition()].end = Offset(value)
      case "fetchq_cnt": partitions[place, default: Partition()].fetched = value
      default: break
      }
    case (2, "eos") where path[1] == "txn_state": transactionState = value
    case (2, "eos") where path[1] == "epoch_cnt": epochs = Int64(value)
    case (2, "cgrp") where path[1] == "join_state": joinState = value
    case (2, "cgrp") where path[1] == "rebalance_cnt": rebalances = Int64(value)
    default: break
    }
  }
}

/// Walks through JSON that a library wrote, and calls with every scalar and the names that lead to it.
private struct JSONScan {
  private let bytes: [UInt8]
  private var index = 0
  private var path: [String] = []

  init(_ json: String) { bytes = Array(json.utf8) }

  mutating func forEachScalar(_ body: ([String], String) -> Void) {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        index += 1
        if byte == UInt8(ascii: "[") || !readName() { path.append("") }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        index += 1
        if !path.isEmpty { path.removeLast() }
      case UInt8(ascii: ","):
        index += 1
        // Within an object the next name takes the place of the last.
        let last = path.popLast()
        if last == "" || !readName() { path.append("") }
      case UInt8(ascii: "\""): body(path, readText())
      default: body(path, readWord())
      }
    }
  }

  private mutating func peek() -> UInt8? {
    while index < bytes.count, bytes[index] <= UInt8(ascii: " ") { index += 1 }
    return index < bytes.count ? bytes[index] : nil
  }

  /// Reads `"name":` onto the path; false where none follows.
  private mutating func readName() -> Bool {
    guard peek() == UInt8(ascii: "\"") else { return false }
    let name = readText()
    guard peek() == UInt8(ascii: ":") else { return false }
    index += 1
    path.append(name)
    return true
  }

  /// The names and values of statistics need no escapes, but for a quotation mark in a client's name.
  private mutating func readText() -> String {
    index += 1
    var text: [UInt8] = []
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      if bytes[index] == UInt8(ascii: "\\") { index += 1 }
      if index < bytes.count { text.append(bytes[index]) }
      index += 1
    }
    index += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func readWord() -> String {
    let start = index
    while index < bytes.count, !",}] \n\t\r".utf8.contains(bytes[index]) { index += 1 }
    if index == start { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }
}
