import JourneyModel

/// A suggestion with what follows for it at a moment.
struct SuggestedFields: Described {
  var suggested: Suggested
  /// Nil while it is read.
  var now: Moment?
  var plan: CompiledPlan?

  static var blank: SuggestedFields { SuggestedFields(suggested: .blank) }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try suggested.describe(&fields)
    guard let now, let plan else { return }
    fields.shown("status", suggested.status(at: now, plan: plan))
    fields.shown("slot", suggested.slot(at: now, plan: plan)?.rfc3339)
  }
}

extension Suggested: Described {
  static var blank: Suggested {
    Suggested(
      id: SuggestionID(0), rule: .any, instance: nil, completed: Moment(0), made: Moment(0),
      expires: Moment(0), touchpoint: .any, channel: .any, purpose: .any, stem: StemRef(0),
      origin: FactOrigin(time: Moment(0), source: .any, id: []), because: [], isControl: false)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    var number: UInt64? = id.rawValue
    try fields.id("id", "sg_", &number)
    guard let number else { throw LineProblem("“id” is missing") }
    id = SuggestionID(number)
    try fields.name("suggestion", &rule)
    try fields.instance(&instance)
    try fields.name("touchpoint", &touchpoint)
    try fields.name("channel", &channel)
    try fields.name("purpose", &purpose)
    try fields.moment("completed", &completed)
    try fields.moment("made", &made)
    try fields.moment("expires", &expires)
    try fields.flag("control", &isControl)
    try fields.word(
      "withdrawn", &withdrawn, WithdrawalReason.allCases.map { ($0, $0.rawValue) })
    try fields.moment("withdrawn_at", &withdrawnAt, none: .distantFuture)
    try fields.list("because", &because)
    try fields.list("receipts", &receipts)
    try fields.list("outcomes", &outcomes)
    var cause: FactOrigin? = origin
    try fields.part("of", &cause)
    guard let cause else { throw LineProblem("“of” is missing") }
    origin = cause
    try fields.stem("by", &stem)
  }
}

extension FactOrigin: Described {
  static var blank: FactOrigin { FactOrigin(time: Moment(0), source: .any, id: []) }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.moment("time", &time)
    try fields.name("source", &source)
    try fields.text("id", &id)
  }
}

extension Suggested.Receipt: Described {
  static var blank: Self { Self(time: Moment(0), isSent: false) }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    var outcome: Bool? = isSent
    try fields.word("outcome", &outcome, [(true, "sent"), (false, "failed")])
    guard let outcome else { throw LineProblem("“outcome” is missing") }
    isSent = outcome
    try fields.moment("time", &time)
  }
}

extension Suggested.OutcomeTime: Described {
  static var blank: Self { Self(outcome: .shown, time: Moment(0)) }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    var told: Outcome? = outcome
    try fields.word("outcome", &told, Outcome.allCases.map { ($0, $0.name) })
    guard let told else { throw LineProblem("“outcome” is missing") }
    outcome = told
    try fields.moment("time", &time)
  }
}

extension Cause: Described {
  static var blank: Cause { .interaction(id: "", touchpoint: "", channel: "", time: Moment(0)) }

  /// The kinds by the name that tells them apart.
  private enum Kind: Equatable { case interaction, outcome, trait, attribute }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    var plain = PlainCause(self)
    try fields.word(
      "kind", &plain.kind,
      [
        (.interaction, "interaction"), (.outcome, "outcome"), (.trait, "trait"),
        (.attribute, "attribute"),
      ])
    try plain.describe(&fields)
    self = try plain.cause()
  }

  /// All fields that a cause can have.
  private struct PlainCause {
    var kind: Kind?
    var first: [UInt8] = []
    var second: [UInt8] = []
    var third: [UInt8] = []
    var suggestion: UInt64?
    var outcome: Outcome?
    var time: Moment

    init(_ cause: Cause) {
      switch cause {
      case .interaction(let id, let touchpoint, let channel, let time):
        (kind, self.time) = (.interaction, time)
        (first, second, third) = (Array(id.utf8), Array(touchpoint.utf8), Array(channel.utf8))
      case .outcome(let suggestion, let outcome, let time):
        (kind, self.time, self.suggestion) = (.outcome, time, suggestion.rawValue)
        self.outcome = outcome
      case .trait(let name, let value, let time):
        (kind, self.time, first, second) = (.trait, time, Array(name.utf8), Array(value.utf8))
      case .attribute(let name, let value, let time):
        (kind, self.time, first, second) = (.attribute, time, Array(name.utf8), Array(value.utf8))
      }
    }

    mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
      switch kind {
      case .interaction:
        try fields.text("id", &first)
        try fields.text("touchpoint", &second)
        try fields.text("channel", &third)
      case .outcome:
        try fields.id("suggestion", "sg_", &suggestion)
        try fields.word("outcome", &outcome, Outcome.allCases.map { ($0, $0.name) })
      case .trait, .attribute:
        try fields.text("name", &first)
        try fields.text("value", &second)
      case nil: throw LineProblem("“kind” is missing")
      }
      try fields.moment("time", &time)
    }

    func cause() throws(LineProblem) -> Cause {
      func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
      switch kind {
      case .interaction:
        return .interaction(
          id: text(first), touchpoint: text(second), channel: text(third), time: time)
      case .outcome:
        guard let suggestion, let outcome else {
          throw LineProblem("“suggestion” or “outcome” is missing")
        }
        return .outcome(suggestion: SuggestionID(suggestion), outcome: outcome, time: time)
      case .trait: return .trait(name: text(first), value: text(second), time: time)
      case .attribute: return .attribute(name: text(first), value: text(second), time: time)
      case nil: throw LineProblem("“kind” is missing")
      }
    }
  }
}
