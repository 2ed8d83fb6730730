internal import CRdKafka

/// What the client library or the broker refused: its code, name and words, what was being done, and a cure if known.
package struct KafkaError: Error, Equatable, Sendable {
  /// The library's number: negative ones are its own, positive ones the protocol's.
  package let code: Int32
  /// The code's name without a prefix: `_TIMED_OUT`, `PRODUCER_FENCED`.
  package let name: String
  package let message: String
  package let isFatal: Bool
  package let isRetriable: Bool
  package let needsAbort: Bool
  package var operation = ""
  package var cure: String?

  init(_ code: rd_kafka_resp_err_t, _ message: String? = nil, during operation: String = "") {
    self.init(code: code.rawValue, message, during: operation)
  }

  /// An error as the library would report it, by its number.
  package init(
    code: Int32, _ message: String? = nil, isFatal: Bool = false, isRetriable: Bool = false,
    needsAbort: Bool = false, during operation: String = ""
  ) {
    let code = rd_kafka_resp_err_t(rawValue: code)
    self.code = code.rawValue
    name = text(rd_kafka_err2name(code))
    self.message = message ?? text(rd_kafka_err2str(code))
    (self.isFatal, self.isRetriable, self.needsAbort) = (isFatal, isRetriable, needsAbort)
    self.operation = operation
  }

  /// Takes an error object over and destroys it; nil stands for success.
  init?(consuming error: OpaquePointer?, during operation: String) {
    guard let error else { return nil }
    defer { rd_kafka_error_destroy(error) }
    code = rd_kafka_error_code(error).rawValue
    name = text(rd_kafka_error_name(error))
    message = text(rd_kafka_error_string(error))
    isFatal = rd_kafka_error_is_fatal(error) != 0
    isRetriable = rd_kafka_error_is_retriable(error) != 0
    needsAbort = rd_kafka_error_txn_requires_abort(error) != 0
    self.operation = operation
  }

  /// The broker could not be reached or did not answer in time; says nothing about what was asked for.
  package var isUnreachable: Bool {
    switch rd_kafka_resp_err_t(rawValue: code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT,
      RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
      RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR__WAIT_COORD,
      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
      true
    default: false
    }
  }

  /// The broker knows no such topic or partition.
  package var isAbsence: Bool {
    switch rd_kafka_resp_err_t(rawValue: code) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      true
    default: false
    }
  }

  /// Access was refused, by log-in or by access rules.
  package var isRefusal: Bool {
    switch rd_kafka_resp_err_t(rawValue: code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL,
      RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      true
    default: false
    }
  }

  /// What the offset asked for is no longer, or not yet, in the partition.
  package var isOffsetOutOfRange: Bool {
    code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue
      || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue
  }
}

extension KafkaError: CustomStringConvertible {
  package var description: String {
    let place = operation.isEmpty ? "" : "\(operation): "
    return "\(place)\(message) (\(name))" + (cure.map { "; \($0)" } ?? "")
  }
}

/// A C string as a Swift one; empty where there is none.
func text(_ pointer: UnsafePointer<CChar>?) -> String {
  pointer.map { String(cString: $0) } ?? ""
}
