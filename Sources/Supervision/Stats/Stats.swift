package import JourneyModel

/// What the daemon counts between two `stats` lines; it adds as it works and takes a line when one is due.
package struct Stats: Sendable {
  /// Records read, whatever became of them.
  package var read = 0
  package var duplicates = 0
  package var skipped = 0
  package var rejected = 0
  /// Interactions older than one of the same customer that came before.
  package var late = 0
  /// Touches that left the history for want of room.
  package var evicted = 0
  package var merges = 0
  package var made = 0
  package var withdrawn = 0
  package var refusals = Refusals()
  package var commits = 0
  /// Microseconds from a record's arrival in the broker to the commit of what it caused.
  package var latency = Histogram()

  package init() {}

  /// How things stand, beside what was counted.
  package struct Standing: Sendable {
    package var config: String
    package var customers: Int
    /// Records that wait to be read.
    package var lag: Int
    /// How far the clock of deadlines is behind the wall clock.
    package var clockBehind: TimeSpan
    package var stateBytes: Int64
    package var residentBytes: Int64
    package init(
      config: String, customers: Int, lag: Int, clockBehind: TimeSpan, stateBytes: Int64,
      residentBytes: Int64
    ) {
      self.config = config
      self.customers = customers
      self.lag = lag
      self.clockBehind = clockBehind
      self.stateBytes = stateBytes
      self.residentBytes = residentBytes
    }
  }

  /// The line for what was counted in an interval.
  package func line(interval: TimeSpan, _ standing: Standing) -> StatsLine {
    var line = StatsLine(fields: [])
    line.add("interval", .span(interval))
    line.add("config", .text(standing.config))
    line.add("in", .integer(read))
    line.add("duplicates", .integer(duplicates))
    line.add("skipped", .integer(skipped))
    line.add("rejected", .integer(rejected))
    line.add("late", .integer(late))
    line.add("evicted", .integer(evicted))
    line.add("customers", .integer(standing.customers))
    line.add("merges", .integer(merges))
    line.add("made", .integer(made))
    line.add("withdrawn", .integer(withdrawn))
    line.fields += refusals.fields(always: [.pressure, .consent, .quietHours])
    line.add("lag", .integer(standing.lag))
    line.add("clock_behind", .span(standing.clockBehind))
    line.add("p50_ms", milliseconds(latency.percentile(0.5)))
    line.add("p99_ms", milliseconds(latency.percentile(0.99)))
    line.add("commits", .integer(commits))
    line.add("state_mb", .integer(Int(standing.stateBytes / 1_000_000)))
    line.add("rss_mb", .integer(Int(standing.residentBytes / 1_000_000)))
    return line
  }

  /// Begins the next interval.
  package mutating func reset() {
    var empty = latency
    empty.removeAll()
    self = Stats()
    latency = empty
  }

  private func milliseconds(_ microseconds: Double?) -> LogField.Value {
    microseconds.map { .decimal($0 / 1000, places: 1) } ?? .decimal(0, places: 1)
  }
}

/// The `stats` line, as the log and `journeyd stats` show it.
package struct StatsLine: Equatable, Sendable {
  package fileprivate(set) var fields: [LogField]

  fileprivate mutating func add(_ name: String, _ value: LogField.Value) {
    fields.append(LogField(name, value))
  }

  static let example = Stats().line(
    interval: .seconds(60),
    .init(
      config: "9f31c2", customers: 0, lag: 0, clockBehind: .zero, stateBytes: 0, residentBytes: 0))
}
