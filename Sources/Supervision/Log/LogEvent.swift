package import JourneyModel

/// Everything that the daemon logs. Name, level and fields stand in ``LogEvent/entry``, the one table.
package enum LogEvent: Equatable, Sendable {
  // The life of the process.
  case starting(config: String, group: String)
  case started(config: String, librdkafka: String, shards: Int, workers: Int)
  case stopping(reason: String)
  case stopped(reason: String, committed: Bool, took: TimeSpan)
  case failed(Failure)

  // Configuration.
  case configProblem(isError: Bool, place: String, message: String, help: String)
  case reloadApplied(config: String, previous: String, took: TimeSpan)
  case reloadRejected(config: String, problems: Int)
  case restartNeeded(setting: String)
  case ruleSeesLess(rule: String, attributes: String)
  case sweepStarted(config: String, customers: Int)
  case sweepFinished(config: String, customers: Int, took: TimeSpan)
  case configDiffers(config: String, other: String, otherConfig: String)

  // Kafka.
  case kafkaLog(level: LogPlan.Level, client: String, facility: String, message: String)
  case kafkaError(client: String, code: String, message: String)
  case brokerAway(message: String)
  case brokerBack(away: TimeSpan)
  case scramUnsupported(librdkafka: String)
  case leadGained(group: String, took: TimeSpan)
  case leadLost(group: String, reason: String)
  case standingBy(group: String)
  case fenced(group: String, message: String)
  case partitionsAdded(source: String, topic: String, partitions: Int)
  case partitionsGone(source: String, topic: String, partitions: Int)
  case sourceMissing(source: String, topic: String)
  case sourceAppeared(source: String, topic: String, partitions: Int)
  case offsetsReset(topic: String, partition: Int, offset: Int64)
  case commitFailed(message: String, attempt: Int)
  case commitAborted(reason: String, interactions: Int)
  case producerRenewed(reason: String)
  case transactionStuck(topic: String, partition: Int, span: TimeSpan)

  // State.
  case stateEmpty(group: String)
  case stateRestoring(partition: Int, partitions: Int)
  case stateRestored(customers: Int, rows: Int, took: TimeSpan)
  case stateRebuilt(directory: String, reason: String)
  case namesFull(kind: String, name: String)
  case workerStuck(worker: Int, span: TimeSpan)

  // What an operator of sources and channels can act on.
  case clockHeld(source: String, topic: String, partition: Int, behind: TimeSpan)
  case receiptsMissing(channel: String, made: Int, span: TimeSpan)
  case sourceSilent(source: String, span: TimeSpan)
  case lagGrowing(lag: Int, grown: Int, span: TimeSpan)
  case rejectsFlood(source: String, rejected: Int, of: Int, commonest: String)
  case rejectedCut(topic: String, partition: Int, offset: Int64, bytes: Int)

  // Per record, for a close look.
  case rejected(source: String, topic: String, partition: Int, offset: Int64, Rejection)
  case suggested(id: SuggestionID, rule: String, channel: String, customer: CustomerID)
  case withdrew(id: SuggestionID, rule: String, reason: String, customer: CustomerID)
  case committed(interactions: Int, rows: Int, took: TimeSpan)

  // Numbers.
  case stats(StatsLine)
  case suggestionStats(SuggestionStats, interval: TimeSpan)
  case sourceStats(SourceStats, interval: TimeSpan, lag: Int, silent: TimeSpan)
  case touchpointStats(TouchpointStats, interval: TimeSpan)
  case journeyStats(JourneyStats, interval: TimeSpan)

  // The log itself.
  case repeated(
    event: String, level: LogPlan.Level, place: String, times: Int, span: TimeSpan)

  /// What a line of the log is made of.
  package struct Entry: Sendable {
    package var name: String
    package var level: LogPlan.Level
    /// One sentence for the manual.
    package var about: String
    package var fields: [LogField]
    /// What tells one source of this event from another, so that only repeats are held back.
    package var place = ""
    /// False: shown every time.
    package var isLimited = true
  }
}

/// One `name=value` of a line.
package struct LogField: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case decimal(Double, places: Int)
    /// With a unit: `60s`, `0.4s`, `2h`.
    case span(TimeSpan)
    case flag(Bool)
    /// Not known.
    case none
  }
  package var name: String
  package var value: Value
  package init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

extension LogField.Value {
  /// As in the log, before any quoting.
  package var text: String {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .decimal(let number, let places): decimalText(number, places: places)
    case .span(let span): spanText(span)
    case .flag(let flag): flag ? "true" : "false"
    case .none: ""
    }
  }
}

/// A number with a fixed count of digits behind the point; rounded, halves away from zero.
package func decimalText(_ value: Double, places: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = Int64((value * scale).rounded(.toNearestOrAwayFromZero))
  let digits = String(scaled.magnitude)
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
  let sign = scaled < 0 ? "-" : ""
  return places == 0
    ? sign + padded : "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
}

/// A length of time as the log and `STATUS` write it: whole seconds as `60s`, or with tenths below a minute;
/// whole hours as `1h`, whole days as `2d`.
package func spanText(_ span: TimeSpan) -> String {
  let milliseconds = span.milliseconds
  if milliseconds != 0, milliseconds % 86_400_000 == 0 { return "\(milliseconds / 86_400_000)d" }
  if milliseconds != 0, milliseconds % 3_600_000 == 0 { return "\(milliseconds / 3_600_000)h" }
  if milliseconds % 1000 == 0 || abs(milliseconds) >= 60_000 { return "\(milliseconds / 1000)s" }
  return decimalText(Double(milliseconds) / 1000, places: 1) + "s"
}
