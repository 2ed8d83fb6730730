package import JourneyModel

/// What a client tells beside the answers to its calls.
package enum KafkaEvent: Sendable {
  /// A line of the library's own log, secrets covered.
  case log(level: LogPlan.Level, facility: String, message: String)
  /// A trouble that the library keeps working on by itself, unless it is fatal.
  case trouble(KafkaError)
  /// The library's statistics, as JSON; read with ``KafkaStatistics``.
  case statistics(String)
}

/// Takes what clients tell, by the name of the client; called from any thread, must not call the client.
package typealias KafkaSink = @Sendable (_ client: String, KafkaEvent) -> Void
