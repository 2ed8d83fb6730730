internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What shows the brokers that a transaction is the lead's own.
struct LeadProof {
  let lead: TopicPartition
  /// Of the last transaction that took effect, as it is kept with the lead's offset; empty where there was none.
  let note: String
  /// The id of this daemon's own transactions.
  let producer: String
  /// Nil where this daemon has no seat.
  let member: () -> GroupMetadata?

  /// Whether the transaction of a mark took effect: as one of a turn, or as the one that wrote rows once more.
  func tells(_ mark: TransactionMark) -> Bool {
    let lines = note.split(separator: "\n").map { TransactionMark(text: String($0)) }
    return mark.tookEffect(last: lines.first ?? nil) || lines.dropFirst().contains(mark)
  }

  /// The note of the transaction that writes rows once more: everything else stays as it is.
  func note(adding copy: TransactionMark) -> String {
    (note.split(separator: "\n").prefix(1) + [Substring(copy.text)]).joined(separator: "\n")
  }
}

/// A transaction in the state topic that has neither been committed nor taken back, though its producer is gone.
///
/// A broker that is killed while it ends a transaction can forget single partitions of it; then nobody who reads
/// committed records would ever get past it there. The mark at its beginning tells whose it is, and whether it took
/// effect; a producer of the same id then writes the end that is missing. That can fail half way, and be taken
/// back as a whole; so what took effect is written once more before, by a producer of another id.
struct HangingTransaction {
  let cluster: Cluster
  let monotonic: () -> TimeSpan
  let wall: () -> Moment
  let proof: LeadProof

  /// Longer than any living producer may have a transaction open.
  static let patience = TimeSpan.seconds(15)
  private static let limit = TimeSpan.seconds(10)

  /// What one partition has of it.
  private struct Part {
    var place: TopicPartition
    var mark: TransactionMark
    /// By key, the last of each.
    var rows: [[UInt8]: [UInt8]?] = [:]
  }

  /// Ends what holds these partitions, each from the offset at which it begins. Where it cannot be told what does, it is left as it is.
  func end(
    _ held: [TopicPartition: Offset], _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) {
    let parts = try parts(held, goesOn)
    let effective = parts.filter { proof.tells($0.mark) }
    if !effective.isEmpty {
      try attempt(goesOn) { () throws(TransactionError) in try copy(effective) }
    }
    for producer in Set(parts.map(\.mark.producer)).sorted() {
      let own = parts.filter { $0.mark.producer == producer }
      for tookEffect in [true, false] {
        let part = own.filter { proof.tells($0.mark) == tookEffect }
        guard !part.isEmpty else { continue }
        try attempt(goesOn) { () throws(TransactionError) in
          try end(part, of: producer, commits: tookEffect)
        }
      }
    }
  }

  /// Repeats it where no broker answers.
  private func attempt(
    _ goesOn: () throws(Setback) -> Void, _ body: () throws(TransactionError) -> Void
  ) throws(Setback) {
    try cluster.patiently(goesOn) { () throws(KafkaError) -> Result<Void, Setback> in
      do throws(TransactionError) { return .success(try body()) } catch {
        let cause = error.underlying
        if cause.isUnreachable || cause.isRetriable || cause.isRefusal { throw cause }
        // Somebody else may be about the same.
        return .failure(.beginAgain(error.description))
      }
    }.get()
  }

  /// Writes the mark once more, so that the partitions belong to the transaction that is then ended.
  private func end(
    _ parts: [Part], of id: String, commits: Bool
  ) throws(TransactionError) {
    let (producer, topic) = try producer(id, for: parts)
    let batch = OutgoingBatch()
    for part in parts { add(part.mark, to: part.place, topic, batch) }
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

  /// Writes rows that took effect once more; only as the group's lead, so that they are the newest ones.
  private func copy(_ parts: [Part]) throws(TransactionError) {
    guard let member = proof.member() else {
      throw .fenced(KafkaError(code: 25, during: "proving the membership"))
    }
    let id = proof.producer + "-copy"
    let (producer, topic) = try producer(id, for: parts)
    let batch = OutgoingBatch()
    let mark = TransactionMark(number: parts.map(\.mark.number).max() ?? 0, producer: id)
      .next(at: wall())
    for part in parts {
      add(mark, to: part.place, topic, batch)
      for (key, value) in part.rows {
        key.withUnsafeBytes { key in
          guard let value else {
            batch.append(to: topic, partition: part.place.partition, key: key, value: nil)
            return
          }
          value.withUnsafeBytes {
            batch.append(to: topic, partition: part.place.partition, key: key, value: $0)
          }
        }
      }
    }
    try producer.begin()
    try producer.send(batch, within: Self.limit)
    try producer.sendOffsets(
      [proof.lead: Offset(0)], note: (place: proof.lead, text: proof.note(adding: mark)),
      as: member, within: Self.limit)
    try producer.commit(within: Self.limit)
  }

  private func add(
    _ mark: TransactionMark, to place: TopicPartition, _ topic: OutputTopic, _ batch: OutgoingBatch
  ) {
    batch.append(
      to: topic, partition: place.partition, key: TransactionMark.key, value: mark.row)
  }

  private func producer(
    _ id: String, for parts: [Part]
  ) throws(TransactionError) -> (any KafkaTransactions, OutputTopic) {
    let topic = parts[0].place.topic
    let producer: any KafkaTransactions
    do throws(KafkaError) {
      producer = try cluster.kafka.transactions(id: id, topics: [topic])
    } catch { throw .fatal(error) }
    try producer.initialize(within: Self.limit)
    guard let number = producer.topic(topic) else {
      preconditionFailure("a producer knows its topics")
    }
    return (producer, number)
  }
}

// MARK: Reading

extension HangingTransaction {
  /// What holds each partition, from where it begins to the mark of another one or to the end.
  private func parts(
    _ held: [TopicPartition: Offset], _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) -> [Part] {
    let (consumer, ends) = try cluster.patiently(goesOn) {
      () throws(KafkaError) -> (any KafkaReader, [TopicPartition: Offset]) in
      let consumer = try cluster.kafka.reader(uncommitted: true, kilobytesAhead: nil)
      _ = try consumer.topics(within: Self.limit)
      try consumer.add(held.sorted { $0.key < $1.key }.map { ($0.key, .offset($0.value)) })
      return (consumer, try cluster.admin.ends(of: Array(held.keys), within: Self.limit))
    }
    var found: [TopicPartition: Part] = [:]
    var waiting = Set(held.keys)
    let begun = monotonic()
    while !waiting.isEmpty, monotonic() - begun < Self.limit {
      for reader in consumer.partitions where waiting.contains(reader.place) {
        if read(reader, until: ends[reader.place], &found[reader.place]) {
          waiting.remove(reader.place)
        }
      }
      try goesOn()
      if !waiting.isEmpty { cluster.kafka.waiter.wait(upTo: TimeSpan(50)) }
    }
    // What was not read to its end is left for the next time.
    return found.values.filter { !waiting.contains($0.place) }.sorted { $0.place < $1.place }
  }

  /// Takes what is at hand; true where that was all.
  private func read(
    _ reader: any KafkaPartition, until end: Offset?, _ part: inout Part?
  ) -> Bool {
    while true {
      switch reader.head() {
      case .record:
        let goesOn = reader.withRecord { take($0, of: reader.place, &part) } ?? false
        guard goesOn else { return true }
        reader.advance()
        if let end, let position = reader.position, position >= end { return true }
      case .nothing: return false
      case .end, .failed: return true
      }
    }
  }

  /// False where the record belongs to another transaction, or to none that can be told.
  private func take(
    _ record: borrowing Record, of place: TopicPartition, _ part: inout Part?
  ) -> Bool {
    guard let key = record.key.map({ Array($0) }) else { return part != nil }
    let value = record.value.map { Array($0) }
    if key == TransactionMark.key {
      guard let mark = value.flatMap({ TransactionMark(row: $0) }) else { return false }
      if let known = part?.mark { return known == mark }
      part = Part(place: place, mark: mark)
    } else {
      part?.rows[key] = .some(value)
    }
    return part != nil
  }
}
