internal import JourneyModel
internal import KafkaClient

/// Makes a batch take effect in one transaction: what it writes, the state's rows, and how far the input was read.
///
/// Fenced by the membership in the group. With a plain producer besides, outputs are written before, outside of the
/// transaction: nothing is lost, and what was not committed is written again with the same ids.
final class Committer {
  private var producer: TransactionalProducer
  private var outputs: Outputs?
  /// Its offset goes with every transaction: without any it would fence nobody.
  private let lead: TopicPartition
  private let limit: TimeSpan

  /// What is written outside of transactions.
  private final class Outputs {
    var producer: PlainProducer
    init(_ producer: consuming PlainProducer) { self.producer = producer }
  }

  /// The producer is initialized: whoever had its id before can no longer write.
  init(_ producer: consuming TransactionalProducer, lead: TopicPartition, limit: TimeSpan) {
    self.producer = producer
    self.lead = lead
    self.limit = limit
  }

  /// Has outputs written before the transactions, by this producer.
  func writeOutputs(by plain: consuming PlainProducer) { outputs = Outputs(plain) }

  /// A topic for outputs.
  func topic(_ name: String) -> OutputTopic? {
    if let outputs { return outputs.producer.topic(name) }
    return producer.topic(name)
  }

  /// The topic for rows.
  func stateTopic(_ name: String) -> OutputTopic? { producer.topic(name) }

  /// Returns once everything is written for good. After any error nothing may follow but a new beginning.
  func commit(
    _ outbox: Outbox, _ offsets: [TopicPartition: Offset], mark: TransactionMark,
    as proof: borrowing GroupMetadata
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

  private func write(_ batch: OutgoingBatch, _ outputs: Outputs) throws(Setback) {
    do throws(KafkaError) {
      try outputs.producer.send(batch, within: limit)
      try outputs.producer.flush(within: limit)
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
