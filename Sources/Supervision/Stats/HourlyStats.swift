package import JourneyModel

/// What became of one rule's suggestions.
package struct SuggestionStats: Equatable, Sendable {
  package var name: String
  package var made = 0
  package var control = 0
  package var withdrawn = 0
  /// By outcome, in the order of ``Outcome``; `made` is not among them.
  private var outcomes = [Int](repeating: 0, count: Outcome.allCases.count)
  package var refusals = Refusals()

  package init(name: String) { self.name = name }

  package subscript(outcome: Outcome) -> Int {
    get { outcomes[Int(outcome.rawValue)] }
    set { outcomes[Int(outcome.rawValue)] = newValue }
  }

  func fields(_ interval: TimeSpan) -> [LogField] {
    [
      LogField("interval", .span(interval)), LogField("name", .text(name)),
      LogField("made", .integer(made)), LogField("control", .integer(control)),
      LogField("withdrawn", .integer(withdrawn)),
    ]
      + Outcome.allCases.filter { $0 != .made && (self[$0] > 0 || $0.isReceipt || $0 == .clicked) }
      .map { LogField($0.name, .integer(self[$0])) } + refusals.fields()
  }

  static let example = SuggestionStats(name: "mortgage_article")
}

/// What one source brought.
package struct SourceStats: Equatable, Sendable {
  package var name: String
  package var read = 0
  package var rejected = 0
  package var skipped = 0
  package var late = 0

  package init(name: String) { self.name = name }

  func fields(_ interval: TimeSpan, lag: Int, silent: TimeSpan) -> [LogField] {
    [
      LogField("interval", .span(interval)), LogField("name", .text(name)),
      LogField("in", .integer(read)), LogField("rejected", .integer(rejected)),
      LogField("skipped", .integer(skipped)), LogField("late", .integer(late)),
      LogField("lag", .integer(lag)), LogField("silent", .span(silent)),
    ]
  }

  static let example = SourceStats(name: "clickstream")
}

/// How often a touchpoint was seen on one channel, and how content people were.
package struct TouchpointStats: Equatable, Sendable {
  package var name: String
  package var channel: String
  package var phase: CataloguePlan.Touchpoint.Phase?
  package var kind: String?
  package var count = 0
  package var satisfaction = Mean()

  package init(
    name: String, channel: String, phase: CataloguePlan.Touchpoint.Phase? = nil,
    kind: String? = nil
  ) {
    self.name = name
    self.channel = channel
    self.phase = phase
    self.kind = kind
  }

  func fields(_ interval: TimeSpan) -> [LogField] {
    [
      LogField("interval", .span(interval)), LogField("name", .text(name)),
      LogField("channel", .text(channel)),
      LogField("phase", phase.map { .text($0.rawValue) } ?? .none),
      LogField("kind", kind.map { .text($0) } ?? .none), LogField("n", .integer(count)),
      LogField("satisfaction", satisfaction.value),
    ]
  }

  static let example = TouchpointStats(
    name: "service_call", channel: "phone", phase: .after, kind: "emotional")
}

/// How many customers stand in one phase of a journey, and what journeys came to.
package struct JourneyStats: Equatable, Sendable {
  package var name: String
  package var phase: String?
  package var open = 0
  package var won = 0
  package var lost = 0
  package var ended = 0
  package var satisfactionWon = Mean()
  package var satisfactionLost = Mean()

  package init(name: String, phase: String?) {
    self.name = name
    self.phase = phase
  }

  func fields(_ interval: TimeSpan) -> [LogField] {
    [
      LogField("interval", .span(interval)), LogField("name", .text(name)),
      LogField("phase", phase.map { .text($0) } ?? .none), LogField("open", .integer(open)),
      LogField("won", .integer(won)), LogField("lost", .integer(lost)),
      LogField("ended", .integer(ended)), LogField("satisfaction_won", satisfactionWon.value),
      LogField("satisfaction_lost", satisfactionLost.value),
    ]
  }

  static let example = JourneyStats(name: "mortgage", phase: "application")
}

/// A mean of values that come one by one.
package struct Mean: Equatable, Sendable {
  private var sum = 0.0
  private var count = 0

  package init() {}

  package mutating func add(_ value: Double) {
    sum += value
    count += 1
  }

  package var mean: Double? { count == 0 ? nil : sum / Double(count) }

  var value: LogField.Value { mean.map { .decimal($0, places: 2) } ?? .none }
}
