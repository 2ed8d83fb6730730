internal import CRdKafka
package import JourneyModel

/// Writes records and offsets in transactions: all of one is seen, or nothing.
///
/// Used by one thread at a time; every call blocks. What an error leaves to do is its case, see
/// ``TransactionError``. Calls out of order are mistakes of the program and stop it.
package struct TransactionalProducer: ~Copyable {
  private enum State: Equatable {
    case new
    case ready
    case open
    /// Something failed that only an abort cures.
    case mustAbort
    /// The time was over within a commit or an abort, or the producer is of no use.
    case useless(TransactionError)
  }

  private let configuration: KafkaConfiguration
  private let id: String
  private let topics: [String]
  private let sink: KafkaSink?
  private var writer: Writer
  private var state = State.new
  /// A record of this transaction failed: its successors' numbers have a gap that the broker refuses.
  private var hasGap = false

  /// Makes the client; it must be initialized before its first transaction.
  package init(
    _ configuration: KafkaConfiguration, id: String, topics: [String], sink: KafkaSink? = nil
  ) throws(KafkaError) {
    writer = try Writer(configuration, role: .transactional(id: id), topics: topics, sink: sink)
    self.configuration = configuration
    (self.id, self.topics, self.sink) = (id, topics, sink)
  }

  /// The topic by its name, if it was given at the start.
  package func topic(_ name: String) -> OutputTopic? {
    topics.firstIndex(of: name).map { OutputTopic(index: $0) }
  }

  /// Fences all producers of the same id and ends their transactions; may be repeated after ``TransactionError/retriable(_:)``.
  package mutating func initialize(within limit: TimeSpan) throws(TransactionError) {
    precondition(state == .new, "a producer is initialized once")
    let client = writer.client.pointer
    try perform("initializing transactions", until: Deadline(limit)) { left in
      rd_kafka_init_transactions(client, left)
    }
    state = .ready
  }

  /// Asks for the leaders of all topics, which must exist: without this the first transaction takes a second more.
  package func warm(within limit: TimeSpan) throws(KafkaError) { try writer.warm(within: limit) }

  package mutating func begin() throws(TransactionError) {
    precondition(state == .ready, "a transaction begins when the last has ended")
    _ = writer.client.context.takeDeliveryFailures()
    hasGap = false
    let client = writer.client.pointer
    try perform("beginning a transaction", until: Deadline(.zero)) { _ in
      rd_kafka_begin_transaction(client)
    }
    state = .open
  }

  /// Hands records over to be written; the batch is held until the transaction has ended.
  package mutating func send(
    _ batch: OutgoingBatch, within limit: TimeSpan = .seconds(30)
  ) throws(TransactionError) {
    try requireOpen("writing")
    do throws(KafkaError) {
      try writer.send(batch, within: limit)
    } catch {
      throw refused(error)
    }
  }

  /// Adds the offsets where reading goes on; the membership's proof fences those whom the group has left behind.
  ///
  /// - Parameter note: a text that is kept with one of the offsets.
  package mutating func sendOffsets(
    _ offsets: [TopicPartition: Offset], note: (place: TopicPartition, text: String)? = nil,
    as member: GroupMetadata, within limit: TimeSpan
  ) throws(TransactionError) {
    precondition(!offsets.isEmpty, "a transaction without offsets fences nobody")
    try requireOpen("sending offsets")
    let list = PartitionList(offsets.map { ($0.key, $0.value.rawValue) })
    if let note { list.setNote(note.text, of: note.place) }
    let client = writer.client.pointer
    let deadline = Deadline(limit)
    let sent: Result<Void, TransactionError>
    do throws(KafkaError) {
      sent = try member.withPointer { proof in
        Result { () throws(TransactionError) in
          try perform("sending offsets", until: deadline) { left in
            rd_kafka_send_offsets_to_transaction(client, list.pointer, proof, left)
          }
        }
      }
    } catch { throw .abortNeeded(error) }
    try sent.get()
  }

  /// Waits until everything that was handed over is written, without ending the transaction.
  package mutating func flush(within limit: TimeSpan) throws(TransactionError) {
    try requireOpen("writing")
    let code = rd_kafka_flush(writer.client.pointer, Int32(clamping: limit.milliseconds))
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    throw refused(KafkaError(code, during: "writing"))
  }

  /// Commits; asks again by itself while the library says that it may, until the time is over.
  ///
  /// One question takes up to the transaction's time-out, so the whole may last that much longer.
  package mutating func commit(within limit: TimeSpan) throws(TransactionError) {
    try requireOpen("committing")
    let client = writer.client.pointer
    try end("committing", within: limit) { rd_kafka_commit_transaction(client, -1) }
  }

  /// Drops what was written since the beginning; nothing to do where no transaction is open.
  ///
  /// Where a record had failed the producer is of no use behind it: its next transaction would fail too, on the gap
  /// in its records' numbers or on what the client remembers of the topic.
  package mutating func abort(within limit: TimeSpan) throws(TransactionError) {
    switch state {
    case .new, .ready: return
    case .useless(let error): throw error
    case .open, .mustAbort: break
    }
    let client = writer.client.pointer
    try end("aborting", within: limit) { rd_kafka_abort_transaction(client, -1) }
    if hasGap || writer.client.context.takeDeliveryFailures() != nil {
      state = .useless(.unclear(KafkaError(RD_KAFKA_RESP_ERR__STATE, "a record had failed")))
    }
  }

  /// A new client in the place of this one, which may be in any state; what it wrote in an open transaction is dropped.
  package mutating func renew(within limit: TimeSpan) throws(TransactionError) {
    do throws(KafkaError) {
      writer = try Writer(
        configuration, role: .transactional(id: id), topics: topics, sink: sink)
    } catch { throw .fatal(error) }
    state = .new
    try initialize(within: limit)
  }
}

extension TransactionalProducer {
  /// Repeats what may be repeated with the same arguments; the last such error is thrown when the time is over.
  private mutating func perform(
    _ operation: String, until deadline: Deadline, _ call: (Int32) -> OpaquePointer?
  ) throws(TransactionError) {
    while let error = KafkaError(consuming: call(deadline.milliseconds), during: operation) {
      let outcome = TransactionError(explained(error))
      note(outcome)
      guard case .retriable = outcome, !deadline.isOver else { throw outcome }
      rd_kafka_poll(writer.client.pointer, 10)
    }
  }

  private mutating func end(
    _ operation: String, within limit: TimeSpan, _ call: () -> OpaquePointer?
  ) throws(TransactionError) {
    do throws(TransactionError) {
      try perform(operation, until: Deadline(limit)) { _ in call() }
    } catch {
      // Neither the other call nor a later one may follow on a time-out: only a new producer.
      guard case .retriable(let cause) = error else { throw error }
      state = .useless(.unclear(cause))
      throw .unclear(cause)
    }
    writer.release()
    state = .ready
  }

  private mutating func note(_ outcome: TransactionError) {
    switch outcome {
    case .retriable: break
    case .abortNeeded: state = .mustAbort
    case .unclear, .fatal, .fenced: state = .useless(outcome)
    }
  }

  private func requireOpen(_ operation: String) throws(TransactionError) {
    switch state {
    case .open: return
    case .useless(let error): throw error
    case .mustAbort:
      throw .abortNeeded(
        KafkaError(RD_KAFKA_RESP_ERR__STATE, "the transaction has failed", during: operation))
    case .new, .ready: preconditionFailure("\(operation) needs a transaction")
    }
  }

  /// A record was refused: the library may know of a failure that only an abort, or nothing, cures.
  private mutating func refused(_ error: KafkaError) -> TransactionError {
    let fatal = writer.client.fatalError
    let explained = explained(fatal ?? error)
    let outcome = TransactionError(explained)
    let result: TransactionError =
      switch outcome {
      case .fenced: outcome
      case .fatal where fatal != nil: outcome
      case .fatal, .retriable, .abortNeeded, .unclear: .abortNeeded(explained)
      }
    note(result)
    return result
  }

  /// The error with the first delivery that failed, which is mostly its cause.
  private mutating func explained(_ error: KafkaError) -> KafkaError {
    // What was delivered or not is told by the queue that is polled.
    rd_kafka_poll(writer.client.pointer, 0)
    var error = writer.client.context.explained(error)
    guard let failures = writer.client.context.takeDeliveryFailures() else { return error }
    hasGap = true
    // A record that was refused to a fenced producer tells more than the state that follows from it.
    if case .fenced = TransactionError(failures.first) { return failures.first }
    if error.cure == nil {
      error.cure = "\(failures.count) records failed, first \(failures.first)"
    }
    return error
  }
}
