internal import CRdKafka
internal import JourneyModel

/// Owns a configuration object until a client takes it over.
struct ConfigurationHandle: ~Copyable {
  enum Outcome {
    case accepted
    case unknown
    case refused(String)
  }

  private var pointer: OpaquePointer?

  init() { pointer = rd_kafka_conf_new() }

  deinit { if let pointer { rd_kafka_conf_destroy(pointer) } }

  func set(_ name: String, _ value: String) -> Outcome {
    withErrorText { buffer, size in
      switch rd_kafka_conf_set(pointer, name, value, buffer, size) {
      case RD_KAFKA_CONF_OK: .accepted
      case RD_KAFKA_CONF_UNKNOWN: .unknown
      default: .refused(text(buffer))
      }
    }
  }

  func withPointer<R>(_ body: (OpaquePointer?) -> R) -> R { body(pointer) }

  /// Gives the object away: the client that was made of it destroys it.
  consuming func release() { pointer = nil }
}

/// Owns one client of the library, and keeps alive what its callbacks touch.
struct ClientHandle: ~Copyable, @unchecked Sendable {
  // The library's handle may be used from any thread; what must not run side by side is kept apart
  // by the owners of this one being noncopyable.
  let pointer: OpaquePointer
  let context: ClientContext
  private let retained: Unmanaged<ClientContext>

  init(
    role: KafkaConfiguration.Role, properties: [KafkaConfiguration.Property],
    context: ClientContext
  ) throws(KafkaError) {
    let conf = ConfigurationHandle()
    for property in properties {
      switch conf.set(property.name, property.value) {
      case .accepted: continue
      case .unknown:
        throw KafkaError(
          RD_KAFKA_RESP_ERR__INVALID_ARG, "librdkafka has no property “\(property.name)”")
      case .refused(let reason):
        throw KafkaError(
          RD_KAFKA_RESP_ERR__INVALID_ARG,
          property.isSecret ? "librdkafka refuses the value of “\(property.name)”" : reason)
      }
    }
    let retained = Unmanaged.passRetained(context)
    conf.withPointer { register($0, role, opaque: retained.toOpaque()) }
    let kind = role.scope == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
    let made: Result<OpaquePointer, KafkaError> = withErrorText { buffer, size in
      guard let made = conf.withPointer({ rd_kafka_new(kind, $0, buffer, size) }) else {
        return .failure(KafkaError(rd_kafka_last_error(), text(buffer)))
      }
      return .success(made)
    }
    switch made {
    case .success(let pointer):
      conf.release()
      self.pointer = pointer
      self.context = context
      self.retained = retained
    case .failure(let error):
      retained.release()
      throw error
    }
  }

  init(
    _ configuration: KafkaConfiguration, role: KafkaConfiguration.Role, sink: KafkaSink?,
    rebalances: Rebalances? = nil
  ) throws(KafkaError) {
    try self.init(
      role: role, properties: configuration.properties(for: role),
      context: ClientContext(role.name, configuration.properties, sink, rebalances))
  }

  deinit {
    rd_kafka_destroy(pointer)
    retained.release()
  }

  /// The fatal error that the client is stuck in, if any.
  var fatalError: KafkaError? {
    let found: KafkaError? = withErrorText { buffer, size in
      let code = rd_kafka_fatal_error(pointer, buffer, size)
      return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, text(buffer))
    }
    return found
  }

  /// Throws what a call reported, explained by what is known of the connection.
  func check(_ code: rd_kafka_resp_err_t, _ operation: String) throws(KafkaError) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return context.answered() }
    throw context.explained(KafkaError(code, during: operation))
  }

  /// Throws what a call reported, and destroys the library's error.
  func check(_ error: OpaquePointer?, _ operation: String) throws(KafkaError) {
    if let error = KafkaError(consuming: error, during: operation) {
      throw context.explained(error)
    }
  }
}

/// Lends a buffer for the words of an error.
func withErrorText<R>(_ body: (UnsafeMutablePointer<CChar>, Int) -> R) -> R {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
    buffer.initialize(repeating: 0)
    guard let base = buffer.baseAddress else { preconditionFailure("a buffer has a place") }
    return body(base, buffer.count)
  }
}

private func register(
  _ conf: OpaquePointer?, _ role: KafkaConfiguration.Role, opaque: UnsafeMutableRawPointer
) {
  rd_kafka_conf_set_opaque(conf, opaque)
  rd_kafka_conf_set_log_cb(conf) { client, level, facility, message in
    context(rd_kafka_opaque(client))?.log(
      level: level, facility: text(facility), message: text(message))
  }
  rd_kafka_conf_set_error_cb(conf) { client, code, reason, opaque in
    let code = rd_kafka_resp_err_t(rawValue: code)
    if code == RD_KAFKA_RESP_ERR__FATAL {
      let fatal: KafkaError = withErrorText { buffer, size in
        KafkaError(rd_kafka_fatal_error(client, buffer, size), text(buffer))
      }
      context(opaque)?.trouble(fatal)
    } else {
      context(opaque)?.trouble(KafkaError(code, text(reason)))
    }
  }
  rd_kafka_conf_set_stats_cb(conf) { _, json, count, opaque in
    let bytes = UnsafeRawBufferPointer(start: json, count: count)
    context(opaque)?.statistics(String(decoding: bytes, as: UTF8.self))
    return 0
  }
  if role == .lead {
    rd_kafka_conf_set_rebalance_cb(conf) { client, code, list, opaque in
      context(opaque)?.rebalances?.rebalanced(client, code, list)
    }
  }
  if role.scope == .producer {
    rd_kafka_conf_set_dr_msg_cb(conf) { _, message, opaque in
      guard let message, message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
      // Purged by an abort: the abort tells.
      guard message.pointee.err != RD_KAFKA_RESP_ERR__PURGE_QUEUE,
        message.pointee.err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
      else { return }
      let topic = message.pointee.rkt.map { text(rd_kafka_topic_name($0)) } ?? ""
      context(opaque)?.deliveryFailed(
        KafkaError(message.pointee.err, during: "writing to \(topic)"))
    }
  }
}

private func context(_ opaque: UnsafeMutableRawPointer?) -> ClientContext? {
  opaque.map { Unmanaged<ClientContext>.fromOpaque($0).takeUnretainedValue() }
}
