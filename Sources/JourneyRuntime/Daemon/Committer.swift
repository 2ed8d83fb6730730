internal import JourneyModel
internal import KafkaClient

/// Makes a batch take effect in one transaction: what it writes, the state's rows, and how far the input was read.
///
/// Fenced by the membership in the group. With a plain producer besides, outputs are written before, outside of the
/// transaction: nothing is lost, and what was not committed is written again with the same ids.
final class Committer {
  private let producer: any KafkaTransactions
  /// What is written outside of transactions.
  private let outputs: (any KafkaWriter)?
  /// Its offset goes with every transaction: without any it would fence nobody.
  private let lead: TopicPartition
  private let limit: TimeSpan

  /// The producer is initialized: whoever had its id before can no longer write.
  ///
  /// - Parameter outputs: writes the outputs before the transactions; nil: they are a part of these.
  init(
    _ producer: any KafkaTransactions, outputs: (any KafkaWriter)?, lead: TopicPartition,
    limit: TimeSpan
  ) {
    self.producer = producer
    self.outputs = outputs
    self.lead = lead
    self.limit = limit
  }

  /// A topic for outputs.
  func topic(_ name: String) -> OutputTopic? {
    outputs.map { $0.topic(name) } ?? producer.topic(name)
  }

  /// The topic for rows.
  func stateTopic(_ name: String) -> OutputTopic? { producer.topic(name) }

  /// Returns once everything is written for good. After any error nothing may follow but a new beginning.
  func commit(
    _ outbox: Outbox, _ offsets: [TopicPartition: Offset], mark: TransactionMark,
    as proof: GroupMetadata
  ) throws(Setback) {
    if let outputs { try write(outbox.batch, outputs) }
    var offsets = offsets
    offsets[lead] = Offset(0)
    do throws(TransactionError) {
      try producer.begin()
      if outputs == nil { try producer.send(outbox.batch, within: limit) }
      try producer.send(outbox.rows, within: limit)
      try producer.sendOffsets(
        offsets, note: (place: lead, text: mark.text), as: proof, within: limit)
      try producer.commit(within: limit)
    } catch {
      throw undo(error)
    }
  }

  private func write(_ batch: OutgoingBatch, _ outputs: any KafkaWriter) throws(Setback) {
    do throws(KafkaError) {
      try outputs.send(batch, within: limit)
      try outputs.flush(within: limit)
    } catch { throw .beginAgain(error.description) }
  }

  /// Takes an open transaction back where that can be done; says what the error comes to.
  private func undo(_ error: TransactionError) -> Setback {
    switch error {
    case .retriable(let cause), .abortNeeded(let cause):
      do throws(TransactionError) { try producer.abort(within: limit) } catch {
        return .beginAgain("\(cause); then \(error)")
      }
      return .beginAgain(cause.description)
    case .unclear(let cause), .fatal(let cause): return .beginAgain(cause.description)
    case .fenced(let cause): return .leadLost(cause.description)
    }
  }
}
