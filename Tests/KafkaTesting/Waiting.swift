package import JourneyModel
package import KafkaClient

/// Looks again whenever something has come, until it is so; false when the time is over.
package func eventually<E: Error>(
  _ wakeup: Wakeup, within limit: Duration = .seconds(20), _ isSo: () throws(E) -> Bool
) throws(E) -> Bool {
  let end = ContinuousClock.now.advanced(by: limit)
  while try !isSo() {
    guard ContinuousClock.now < end else { return false }
    wakeup.wait(upTo: TimeSpan(20))
  }
  return true
}

/// A record as a test keeps it.
package struct Read: Equatable, Sendable, CustomStringConvertible {
  package var place: TopicPartition
  package var offset: Offset
  package var key: String?
  package var value: String?
  package var headers: [String] = []
  /// As they are, whether text or not.
  package var keyBytes: [UInt8]?
  package var valueBytes: [UInt8]?
  package var description: String { "\(place)@\(offset.rawValue) \(key ?? "–")=\(value ?? "–")" }
}

extension AssigningConsumer {
  /// Reads everything up to the present ends of all partitions, oldest offset of each first.
  package mutating func readAll(_ wakeup: Wakeup, within limit: Duration = .seconds(20)) throws
    -> [Read]
  {
    var read: [Read] = []
    let readers = self.readers
    _ = try topics(within: .seconds(10))
    let isDone = try eventually(wakeup, within: limit) { () throws in
      try serve()
      for reader in readers { read += try reader.readWhatIsThere() }
      return readers.allSatisfy { $0.head() == .end }
    }
    guard isDone else { throw Unfinished(read: read) }
    return read
  }
}

extension PartitionReader {
  /// Passes all records that have come.
  package func readWhatIsThere() throws(KafkaError) -> [Read] {
    var read: [Read] = []
    while true {
      switch head() {
      case .record:
        withRecord { record in read.append(Read(place, record)) }
        advance()
      case .nothing, .end: return read
      case .failed(let error): throw error
      }
    }
  }
}

extension Read {
  package init(_ place: TopicPartition, _ record: borrowing Record) {
    self.init(
      place: place, offset: record.offset,
      key: record.key.map { String(decoding: $0, as: UTF8.self) },
      value: record.value.map { String(decoding: $0, as: UTF8.self) })
    var headers: [String] = []
    record.forEachHeader { name, value in
      let value = value.map { String(decoding: $0, as: UTF8.self) } ?? "–"
      headers.append("\(String(decoding: name, as: UTF8.self)): \(value)")
      return true
    }
    self.headers = headers
    keyBytes = record.key.map { Array($0) }
    valueBytes = record.value.map { Array($0) }
  }
}

/// The time was over before the ends were reached.
package struct Unfinished: Error {
  package let read: [Read]
  package init(read: [Read]) { self.read = read }
}

extension OutgoingBatch {
  /// A batch of text records.
  package static func of(
    _ topic: OutputTopic?, partition: Int32? = nil, _ records: [(String, String)]
  ) -> OutgoingBatch {
    let batch = OutgoingBatch()
    guard let topic else { return batch }
    for (key, value) in records {
      batch.append(
        to: topic, partition: partition, key: Array(key.utf8), value: Array(value.utf8))
    }
    return batch
  }
}
