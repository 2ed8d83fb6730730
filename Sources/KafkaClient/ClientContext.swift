internal import CRdKafka
internal import JourneyModel
internal import Synchronization

/// What the library's callbacks may touch, from whatever thread they come.
final class ClientContext: Sendable {
  let name: String
  let rebalances: Rebalances?
  private let sink: KafkaSink?
  private let secrets: [String]
  private let usesSCRAM: Bool
  private let state = Mutex(State())

  private struct State {
    var lastTrouble: String?
    /// That log-in or encryption failed, which calls report as an unreachable broker.
    var refusal: KafkaError?
    var failedDeliveries = 0
    var firstFailure: KafkaError?
  }

  init(
    _ name: String, _ properties: [KafkaConfiguration.Property], _ sink: KafkaSink?,
    _ rebalances: Rebalances? = nil
  ) {
    self.name = name
    self.rebalances = rebalances
    self.sink = sink
    secrets = properties.filter { $0.isSecret && $0.value.utf8.count > 3 }.map(\.value)
    usesSCRAM = properties.contains {
      $0.name.hasPrefix("sasl.mechanism") && $0.value.uppercased().hasPrefix("SCRAM")
    }
  }

  func log(level: Int32, facility: String, message: String) {
    let message = covered(message)
    if facility == "FAIL" || facility == "ERROR" { state.withLock { $0.lastTrouble = message } }
    sink?(name, .log(level: Self.level(level), facility: facility, message: message))
  }

  func trouble(_ error: KafkaError) {
    var error = error
    error.cure = cure(for: error)
    state.withLock {
      $0.lastTrouble = error.message
      if error.isRefusal { $0.refusal = error }
    }
    sink?(name, .trouble(error))
  }

  func statistics(_ json: String) { sink?(name, .statistics(json)) }

  func deliveryFailed(_ error: KafkaError) {
    state.withLock {
      $0.failedDeliveries += 1
      if $0.firstFailure == nil { $0.firstFailure = error }
    }
  }

  /// The first failed delivery since the last call, and how many there were.
  func takeDeliveryFailures() -> (first: KafkaError, count: Int)? {
    state.withLock { state in
      defer { (state.firstFailure, state.failedDeliveries) = (nil, 0) }
      return state.firstFailure.map { ($0, state.failedDeliveries) }
    }
  }

  /// A broker has answered: what was said before is past.
  func answered() { state.withLock { ($0.lastTrouble, $0.refusal) = (nil, nil) } }

  /// The error with its cure; for an unreachable broker with what the library last said of it, or as the
  /// refusal that it is.
  func explained(_ error: KafkaError) -> KafkaError {
    var error = error
    error.cure = cure(for: error)
    guard error.isUnreachable else { return error }
    let (last, refusal) = state.withLock { ($0.lastTrouble, $0.refusal) }
    if var refusal {
      refusal.operation = error.operation
      return refusal
    }
    if error.cure == nil, let last, !error.message.contains(last) {
      error.cure = "last heard: \(last)"
    }
    return error
  }

  private func cure(for error: KafkaError) -> String? {
    guard usesSCRAM, error.code == RD_KAFKA_RESP_ERR__AUTHENTICATION.rawValue,
      rd_kafka_version() < 0x02_06_01_00
    else { return error.cure }
    return "SCRAM of librdkafka \(text(rd_kafka_version_str())) cannot log in to Kafka 4: "
      + "use librdkafka 2.6.1 or newer, PLAIN over TLS, or client certificates"
  }

  private func covered(_ message: String) -> String {
    var message = message
    for secret in secrets where message.contains(secret) {
      message = replacing(secret, in: message)
    }
    return message
  }

  private static func level(_ syslog: Int32) -> LogPlan.Level {
    switch syslog {
    case ...3: .error
    case 4: .warning
    case 5: .notice
    case 6: .info
    default: .debug
    }
  }
}

/// The text with every occurrence of a word covered.
private func replacing(_ word: String, in message: String) -> String {
  let pattern = Array(word.utf8)
  let bytes = Array(message.utf8)
  var result: [UInt8] = []
  var index = 0
  while index < bytes.count {
    if bytes[index...].starts(with: pattern) {
      result += "•••".utf8
      index += pattern.count
    } else {
      result.append(bytes[index])
      index += 1
    }
  }
  return String(decoding: result, as: UTF8.self)
}
