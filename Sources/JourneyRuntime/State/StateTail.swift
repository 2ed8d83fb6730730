internal import JourneyModel
internal import KafkaClient
internal import StateStore

/// Reads the state topic into the copy: up to its end when a turn begins, and all the time while standing by.
final class StateTail {
  private let consumer: any KafkaReader
  private let store: any StateStore
  private(set) var rowsRead = 0
  /// Partitions that nothing can be read of from where the copy ends: it is too old, or of another topic.
  private(set) var isTorn = false
  private var rows: [StateRow] = []

  /// Rows taken at once.
  private static let rowsMax = 5_000

  /// Reads on from the positions of the copy.
  init(
    _ topic: StateTopic, _ kafka: any Kafka, store: any StateStore
  ) throws(KafkaError) {
    self.store = store
    consumer = try kafka.reader(uncommitted: false, kilobytesAhead: 1_024)
    _ = try consumer.topics(within: Cluster.answerLimit)
    let positions = store.positions
    try consumer.add(
      topic.places.map { place in
        (place: place, from: positions[place.partition].map { .offset($0) } ?? .beginning)
      })
  }

  /// Where each partition is read on.
  var positions: [Int32: Offset] {
    var positions: [Int32: Offset] = [:]
    for reader in consumer.partitions { positions[reader.place.partition] = reader.position }
    return positions
  }

  /// Partitions that are not read up to these ends yet.
  func missing(_ ends: [TopicPartition: Offset]) -> Int {
    consumer.partitions.count { reader in
      guard let end = ends[reader.place], end > Offset(0) else { return false }
      return reader.position.map { $0 < end } ?? true
    }
  }

  /// The partitions in which an open transaction hides what is before these ends, and where it begins.
  func held(before ends: [TopicPartition: Offset]) throws(KafkaError) -> [TopicPartition: Offset] {
    let unread = consumer.partitions.filter { reader in
      guard let end = ends[reader.place] else { return false }
      return reader.position.map { $0 < end } ?? true
    }.map(\.place)
    let stable = try consumer.ends(of: unread, within: Cluster.answerLimit)
    return stable.filter { place, end in ends[place].map { end < $0 } ?? false }
  }

  /// Takes what has come; returns whether there may be more at hand.
  func take() throws(TailFailure) -> Bool {
    do throws(KafkaError) { try consumer.serve() } catch { throw .kafka(error) }
    var count = 0
    for reader in consumer.partitions {
      while count < Self.rowsMax {
        guard try takeHead(of: reader) else { break }
        count += 1
      }
    }
    rowsRead += count
    do throws(StoreFailure) { try store.apply(rows) } catch { throw .store(error) }
    rows.removeAll(keepingCapacity: true)
    return count >= Self.rowsMax
  }

  private func takeHead(of reader: any KafkaPartition) throws(TailFailure) -> Bool {
    switch reader.head() {
    case .record:
      reader.withRecord { record in
        guard let key = record.key else { return }
        rows.append(
          StateRow(
            partition: reader.place.partition, key: Array(key),
            value: record.value.map { Array($0) }))
      }
      reader.advance()
      return true
    case .nothing, .end: return false
    case .failed(let error):
      if error.isOffsetOutOfRange { isTorn = true } else { throw .kafka(error) }
      return false
    }
  }
}

enum TailFailure: Error {
  case kafka(KafkaError)
  case store(StoreFailure)
}
