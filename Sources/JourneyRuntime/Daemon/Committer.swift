internal import JourneyModel
internal import KafkaClient

/// Makes a batch take effect: what it writes, and how far the input was read.
protocol Committer: AnyObject {
  func topic(_ name: String) -> OutputTopic?
  /// Returns once everything is written for good. After any error nothing may follow but a new beginning.
  func commit(
    _ batch: OutgoingBatch, _ offsets: [TopicPartition: Offset], as lead: Lead
  ) throws(Setback)
}

/// All or nothing, in one transaction, fenced by the membership in the group.
final class TransactionalCommitter: Committer {
  private var producer: TransactionalProducer
  private let limit: TimeSpan

  /// The producer is initialized: whoever had its id before can no longer write.
  init(_ producer: consuming TransactionalProducer, limit: TimeSpan) {
    self.producer = producer
    self.limit = limit
  }

  func topic(_ name: String) -> OutputTopic? { producer.topic(name) }

  func commit(
    _ batch: OutgoingBatch, _ offsets: [TopicPartition: Offset], as lead: Lead
  ) throws(Setback) {
    // Never without a member's proof: the broker would let a stranger in.
    guard let proof = lead.metadata() else {
      throw .leadLost("the group has moved on without this daemon")
    }
    var offsets = offsets
    offsets[lead.place] = Offset(0)
    do throws(TransactionError) {
      try producer.begin()
      try producer.send(batch, within: limit)
      try producer.sendOffsets(offsets, as: proof, within: limit)
      try producer.commit(within: limit)
    } catch {
      throw undo(error)
    }
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

/// Outputs first, then the offsets: nothing is lost, and what was not committed is written again.
final class PlainCommitter: Committer {
  private var producer: PlainProducer
  private let limit: TimeSpan

  init(_ producer: consuming PlainProducer, limit: TimeSpan) {
    self.producer = producer
    self.limit = limit
  }

  func topic(_ name: String) -> OutputTopic? { producer.topic(name) }

  func commit(
    _ batch: OutgoingBatch, _ offsets: [TopicPartition: Offset], as lead: Lead
  ) throws(Setback) {
    do throws(KafkaError) {
      try producer.send(batch, within: limit)
      try producer.flush(within: limit)
      try lead.commit(offsets)
    } catch {
      throw .beginAgain(error.description)
    }
  }
}
