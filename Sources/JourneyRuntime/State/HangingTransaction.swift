internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// A transaction in the state topic that has neither been committed nor taken back, though its producer is gone.
///
/// A broker that is killed while it ends a transaction can forget single partitions of it; then nobody who reads
/// committed records would ever get past it there. The mark at its beginning tells whose it is, and whether it took
/// effect; a producer of the same id then writes the end that is missing.
struct HangingTransaction {
  let cluster: Cluster
  let monotonic: () -> TimeSpan

  /// Longer than any living producer may have a transaction open.
  static let patience = TimeSpan.seconds(15)
  private static let limit = TimeSpan.seconds(10)

  /// Ends what holds these partitions, each from the offset at which it begins. Where it cannot be told what does, it is left as it is.
  func end(
    _ held: [TopicPartition: Offset], last: TransactionMark?,
    _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) {
    let marks = try marks(held, goesOn)
    for producer in Set(marks.map(\.mark.producer)).sorted() {
      let own = marks.filter { $0.mark.producer == producer }
      for tookEffect in [true, false] {
        let part = own.filter { $0.mark.tookEffect(last: last) == tookEffect }
        guard !part.isEmpty else { continue }
        try cluster.patiently(goesOn) { () throws(KafkaError) -> Result<Void, Setback> in
          do throws(TransactionError) {
            return .success(try end(part, of: producer, commits: tookEffect))
          } catch {
            let cause = error.underlying
            if cause.isUnreachable || cause.isRetriable || cause.isRefusal { throw cause }
            // Somebody else may be about the same.
            return .failure(.beginAgain(error.description))
          }
        }.get()
      }
    }
  }

  /// Writes the mark once more, so that the partitions belong to the transaction that is then ended.
  private func end(
    _ marks: [(place: TopicPartition, mark: TransactionMark)], of id: String, commits: Bool
  ) throws(TransactionError) {
    guard let topic = marks.first?.place.topic else { return }
    let producer: any KafkaTransactions
    do throws(KafkaError) {
      producer = try cluster.kafka.transactions(id: id, topics: [topic])
    } catch { throw .fatal(error) }
    try producer.initialize(within: Self.limit)
    let batch = OutgoingBatch()
    for (place, mark) in marks {
      guard let number = producer.topic(topic) else { continue }
      batch.append(
        to: number, partition: place.partition, key: TransactionMark.key, value: mark.row)
    }
    try producer.begin()
    try producer.send(batch, within: Self.limit)
    // An aborted record must have been written before the abort, or nothing is ended in its partition.
    try producer.flush(within: Self.limit)
    if commits {
      try producer.commit(within: Self.limit)
    } else {
      try producer.abort(within: Self.limit)
    }
  }

  /// The mark at the head of what holds each partition.
  private func marks(
    _ held: [TopicPartition: Offset],
    _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) -> [(place: TopicPartition, mark: TransactionMark)] {
    let consumer = try cluster.patiently(goesOn) { () throws(KafkaError) in
      let consumer = try cluster.kafka.reader(uncommitted: true, kilobytesAhead: nil)
      _ = try consumer.topics(within: Self.limit)
      try consumer.add(held.map { (place: $0.key, from: .offset($0.value)) })
      return consumer
    }
    var found: [(place: TopicPartition, mark: TransactionMark)] = []
    var waiting = Set(held.keys)
    let begun = monotonic()
    while !waiting.isEmpty, monotonic() - begun < Self.limit {
      for reader in consumer.partitions where waiting.contains(reader.place) {
        switch reader.head() {
        case .record:
          let mark = reader.withRecord { record -> TransactionMark? in
            guard record.key.map({ $0.elementsEqual(TransactionMark.key) }) ?? false else {
              return nil
            }
            return record.value.flatMap { TransactionMark(row: Array($0)) }
          }
          if let mark = mark ?? nil { found.append((reader.place, mark)) }
          waiting.remove(reader.place)
        case .end, .failed: waiting.remove(reader.place)
        case .nothing: break
        }
      }
      try goesOn()
      if !waiting.isEmpty { cluster.kafka.waiter.wait(upTo: TimeSpan(50)) }
    }
    return found
  }
}
