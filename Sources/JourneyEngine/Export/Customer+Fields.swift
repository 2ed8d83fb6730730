import JourneyModel

/// A customer as a line of an export shows one: all of its row, with names in the place of numbers.
extension Customer {
  mutating func describe<F: StateFields>(
    _ fields: inout F, at now: Moment, plan: CompiledPlan
  ) throws(LineProblem) {
    try fields.moment("first_seen", &firstSeen, none: .distantFuture)
    try fields.moment("newest", &newest, none: .distantPast)
    try fields.moment("due", &due, none: .distantFuture)
    var answers: UInt64? = lastAnswers == 0 ? nil : lastAnswers
    try fields.id("last_answers", "", &answers)
    lastAnswers = answers ?? 0
    var contacts = touches.map { TouchFields($0, arena) }
    try fields.list("touches", &contacts)
    setTouches(contacts)
    try fields.list("counters", &counters)
    try fields.list("traits", &traits)
    try fields.list("consents", &consents)
    try fields.list("issues", &issueMarks)
    try fields.list("answered", &answered)
    try fields.list("journeys_past", &pastJourneys)
    var made = suggestions.map { SuggestedFields(suggested: $0, now: now, plan: plan) }
    try fields.list("suggestions", &made)
    suggestions = made.map(\.suggested)
    try fields.list("waiting", &waiting)
  }

  private mutating func setTouches(_ contacts: [TouchFields]) {
    touches.removeAll(keepingCapacity: true)
    arena.removeAll(keepingCapacity: true)
    for contact in contacts { touches.append(contact.touch(in: &arena)) }
  }
}

/// A touch with its text.
private struct TouchFields: Described {
  private var touch: Touch
  private var id: [UInt8] = []
  private var origin: [UInt8] = []
  private var attributes: [UInt8] = []
  private var trace: [UInt8] = []

  static var blank: TouchFields {
    TouchFields(
      Touch(
        time: Moment(0), left: Moment(0), satisfaction: .nan, stem: StemRef(0), text: 0,
        attributeBytes: 0, idHash: 0, idBytes: 0, originBytes: 0, traceBytes: 0, source: .any,
        touchpoint: .any, channel: .any), [])
  }

  init(_ touch: Touch, _ arena: [UInt8]) {
    self.touch = touch
    id = Array(arena[touch.idRange])
    origin = Array(arena[touch.originRange])
    attributes = Array(arena[touch.attributeRange])
    trace = Array(arena[touch.traceRange])
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.moment("time", &touch.time)
    try fields.name("source", &touch.source)
    try fields.text("id", &id)
    try fields.optional("envelope", &origin)
    try fields.name("touchpoint", &touch.touchpoint)
    try fields.name("channel", &touch.channel)
    try fields.stem("by", &touch.stem)
    try fields.number("satisfaction", &touch.satisfaction)
    try fields.attributes("attributes", &attributes)
    try fields.moment("leaves", &touch.left)
    try fields.optional("trace", &trace)
  }

  func touch(in arena: inout [UInt8]) -> Touch {
    var made = touch
    made.text = UInt32(arena.count)
    made.idHash = UInt32(truncatingIfNeeded: stableHash(id))
    made.idBytes = UInt16(clamping: id.count)
    made.originBytes = UInt16(clamping: origin.count)
    made.attributeBytes = UInt32(attributes.count)
    made.traceBytes = UInt16(clamping: trace.count)
    arena += id.prefix(Int(made.idBytes))
    arena += origin.prefix(Int(made.originBytes))
    arena += attributes
    arena += trace.prefix(Int(made.traceBytes))
    return made
  }
}

extension StateFields {
  /// Bytes of which there may be none: then they are left out.
  mutating func optional(_ name: String, _ value: inout [UInt8]) throws(LineProblem) {
    var sent = value.isEmpty ? nil : SentValue(kind: .string, number: 0, text: value)
    try self.sent(name, &sent)
    value = sent?.text ?? []
  }

  mutating func instance(_ id: inout JourneyID?) throws(LineProblem) {
    var number = id?.rawValue
    try self.id("journey_id", "jn_", &number)
    id = number.map { JourneyID($0) }
  }
}

extension Counter: Described {
  static var blank: Counter {
    Counter(stem: StemRef(0), touchpoint: .any, first: Moment(0), last: Moment(0), count: 0)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.name("touchpoint", &touchpoint)
    try fields.whole("count", &count)
    try fields.moment("first", &first)
    try fields.moment("last", &last)
    try fields.stem("by", &stem)
  }
}

extension TraitFact: Described {
  static var blank: TraitFact {
    TraitFact(stem: StemRef(0), name: [], kind: .null, number: 0, text: [], origin: .blank)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.text("name", &name)
    var value: SentValue? = SentValue(kind: kind, number: number, text: text)
    try fields.sent("value", &value)
    (kind, number, text) = (value?.kind ?? .null, value?.number ?? 0, value?.text ?? [])
    try origin.describe(&fields)
    try fields.stem("by", &stem)
  }
}

extension ConsentFact: Described {
  static var blank: ConsentFact {
    ConsentFact(
      stem: StemRef(0), channel: .any, purpose: .any, granted: false, origin: .blank)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.name("channel", &channel)
    try fields.name("purpose", &purpose)
    var decision: Bool? = granted
    try fields.word("consent", &decision, [(true, "granted"), (false, "denied")])
    guard let decision else { throw LineProblem("“consent” is missing") }
    granted = decision
    try origin.describe(&fields)
    try fields.stem("by", &stem)
  }
}

extension IssueMark: Described {
  static var blank: IssueMark {
    IssueMark(
      stem: StemRef(0), time: Moment(0), source: .any, id: [], touchpoint: .any, key: [],
      opens: false, closes: false)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.flag("opens", &opens)
    try fields.flag("closes", &closes)
    try fields.name("touchpoint", &touchpoint)
    var value = SentValue(key: key)
    try fields.sent("key", &value)
    key = value?.key ?? []
    var origin = FactOrigin(time: time, source: source, id: id)
    try origin.describe(&fields)
    (time, source, id) = (origin.time, origin.source, origin.id)
    try fields.stem("by", &stem)
  }
}

extension AnsweredOccasion: Described {
  static var blank: AnsweredOccasion {
    AnsweredOccasion(
      rule: .any, instance: nil, moment: Moment(0), stem: StemRef(0), origin: .blank,
      isForGood: false)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.name("suggestion", &rule)
    try fields.instance(&instance)
    try fields.moment("completed", &moment)
    try fields.flag("for_good", &isForGood)
    try origin.describe(&fields)
    try fields.stem("by", &stem)
  }
}

extension WaitingRule: Described {
  static var blank: WaitingRule {
    WaitingRule(rule: .any, next: .distantFuture, hasUnanswered: false)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.name("suggestion", &rule)
    try fields.moment("next", &next, none: .distantFuture)
    try fields.flag("unanswered", &hasUnanswered)
  }
}

extension JourneyInstance: Described {
  static var blank: JourneyInstance {
    JourneyInstance(
      journey: .any, id: JourneyID(0), key: nil, status: .open, phase: 0, started: Moment(0),
      stem: StemRef(0), last: Moment(0), ended: nil, contacts: 0, channels: [], lastIndex: 0)
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    var number: UInt64? = id.rawValue
    try fields.id("id", "jn_", &number)
    guard let number else { throw LineProblem("“id” is missing") }
    id = JourneyID(number)
    try fields.name("name", &journey)
    var value = key.flatMap { SentValue(key: $0) }
    try fields.sent("key", &value)
    key = value?.key
    var state: JourneyStatus? = status
    try fields.word("status", &state, JourneyStatus.allCases.map { ($0, "\($0)") })
    guard let state else { throw LineProblem("“status” is missing") }
    status = state
    try fields.whole("phase", &phase)
    try fields.moment("started", &started)
    try fields.moment("last", &last)
    var end = ended ?? .distantFuture
    try fields.moment("ended", &end, none: .distantFuture)
    ended = end == .distantFuture ? nil : end
    try fields.whole("touchpoints", &contacts)
    try fields.list("channels", &channels)
    try fields.whole("order", &lastIndex)
    try fields.stem("by", &stem)
  }
}

extension JourneyInstance.ChannelCount: Described {
  static var blank: Self { Self(channel: .any, count: 0) }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.name("channel", &channel)
    try fields.whole("count", &count)
  }
}
