internal import CRdKafka

/// What a failed call leaves to do with a transaction and its producer.
package enum TransactionError: Error, Equatable, Sendable {
  /// Nothing happened yet: the same call with the same arguments may be repeated, or the transaction aborted.
  case retriable(KafkaError)
  /// Only an abort goes on; then the next transaction may begin with the same producer.
  case abortNeeded(KafkaError)
  /// How the transaction ended, or will end, cannot be known: a new producer, then as at the start.
  case unclear(KafkaError)
  /// The producer is of no use any more: a new one, then as at the start.
  case fatal(KafkaError)
  /// Another producer took the transactional id over, or the broker ended the transaction since its time was
  /// over; the two look the same. Who is still the group's lead takes a new producer, who is not must stop.
  case fenced(KafkaError)

  package var underlying: KafkaError {
    switch self {
    case .retriable(let error), .abortNeeded(let error), .unclear(let error), .fatal(let error),
      .fenced(let error):
      error
    }
  }

  /// The producer can still be used, after an abort at most.
  package var keepsProducer: Bool {
    switch self {
    case .retriable, .abortNeeded: true
    case .unclear, .fatal, .fenced: false
    }
  }

  /// Reads the library's flags in the order that its header asks for; what has none is fatal.
  ///
  /// The codes of fencing are final whatever the flags say: the library marks some as curable by an abort.
  init(_ error: KafkaError) {
    switch rd_kafka_resp_err_t(rawValue: error.code) {
    case RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED: self = .fenced(error)
    default:
      if error.isFatal {
        self = .fatal(error)
      } else if error.needsAbort {
        self = .abortNeeded(error)
      } else if error.isRetriable {
        self = .retriable(error)
      } else {
        self = .fatal(error)
      }
    }
  }
}

extension TransactionError: CustomStringConvertible {
  package var description: String { underlying.description }
}
