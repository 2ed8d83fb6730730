import JourneyModel

// A customer as one compact row: times as differences, names and stems as numbers.
extension Customer {
  /// The format that is written.
  static let rowFormat = WhoIsWho.rowFormat

  /// What a row begins with: all that tells when, and by what, the rest is needed.
  struct Head {
    var firstSeen: Moment
    var newest: Moment
    var due: Moment
    var lastAnswers: UInt64
    var face: Face
    var suggestionIDs: [SuggestionID] = []

    init(_ row: inout RowReader) throws(RowDamage) {
      guard try row.byte() == Customer.rowFormat else {
        throw RowDamage("a row of a format that is not known")
      }
      firstSeen = try row.moment()
      newest = try row.moment()
      due = try row.moment()
      lastAnswers = try row.unsigned()
      face = try Face(decoding: try row.text())
      for _ in 0..<(try row.count()) { suggestionIDs.append(SuggestionID(try row.fixed())) }
    }
  }

  func encode() -> [UInt8] {
    var row = RowWriter(reserving: 64 + touches.count * 40)
    row.byte(Customer.rowFormat)
    row.moment(firstSeen)
    row.moment(newest)
    row.moment(due)
    row.unsigned(lastAnswers)
    row.text(face.bytes)
    row.count(suggestions.count)
    for suggestion in suggestions { row.fixed(suggestion.id.rawValue) }
    encodeTouches(&row)
    row.count(counters.count)
    for counter in counters {
      row.unsigned(UInt64(counter.stem.rawValue))
      row.name(counter.touchpoint)
      row.signed(counter.first.milliseconds &- firstSeen.milliseconds)
      row.signed(counter.last.milliseconds &- counter.first.milliseconds)
      row.count(counter.count)
    }
    row.count(traits.count)
    for fact in traits {
      row.unsigned(UInt64(fact.stem.rawValue))
      row.text(fact.name)
      row.byte(fact.kind.rawValue)
      row.double(fact.number)
      row.text(fact.text)
      row.origin(fact.origin)
    }
    row.count(consents.count)
    for fact in consents {
      row.unsigned(UInt64(fact.stem.rawValue))
      row.name(fact.channel)
      row.name(fact.purpose)
      row.byte(fact.granted ? 1 : 0)
      row.origin(fact.origin)
    }
    row.count(issueMarks.count)
    for mark in issueMarks {
      row.unsigned(UInt64(mark.stem.rawValue))
      row.origin(FactOrigin(time: mark.time, source: mark.source, id: mark.id))
      row.name(mark.touchpoint)
      row.text(mark.key)
      row.byte((mark.opens ? 1 : 0) | (mark.closes ? 2 : 0))
    }
    row.count(answered.count)
    for answer in answered {
      row.name(answer.rule)
      row.instance(answer.instance)
      row.moment(answer.moment)
      row.unsigned(UInt64(answer.stem.rawValue))
      row.origin(answer.origin)
      row.byte(answer.isForGood ? 1 : 0)
    }
    row.count(pastJourneys.count)
    for instance in pastJourneys { instance.encode(&row) }
    for suggestion in suggestions { suggestion.encode(&row) }
    row.count(waiting.count)
    for rule in waiting {
      row.name(rule.rule)
      row.moment(rule.next)
      row.byte(rule.hasUnanswered ? 1 : 0)
    }
    return row.bytes
  }

  private func encodeTouches(_ row: inout RowWriter) {
    row.count(touches.count)
    var previous = firstSeen
    for touch in touches {
      row.signed(touch.time.milliseconds &- previous.milliseconds)
      previous = touch.time
      row.signed(touch.left.milliseconds &- touch.time.milliseconds)
      row.byte(touch.satisfaction.isNaN ? 0 : 1)
      if !touch.satisfaction.isNaN { row.double(touch.satisfaction) }
      row.unsigned(UInt64(touch.stem.rawValue))
      row.name(touch.source)
      row.name(touch.touchpoint)
      row.name(touch.channel)
      row.text(arena[touch.idRange])
      row.text(arena[touch.originRange])
      row.text(arena[touch.attributeRange])
      row.text(arena[touch.traceRange])
    }
  }

  init(decoding bytes: [UInt8]) throws(RowDamage) {
    self.init()
    var row = RowReader(bytes)
    let head = try Head(&row)
    firstSeen = head.firstSeen
    newest = head.newest
    due = head.due
    lastAnswers = head.lastAnswers
    face = head.face
    try decodeTouches(&row)
    for _ in 0..<(try row.count()) {
      let stem = try row.stem()
      let touchpoint = try row.name()
      let first = Moment(firstSeen.milliseconds &+ (try row.signed()))
      let last = Moment(first.milliseconds &+ (try row.signed()))
      counters.append(
        Counter(
          stem: stem, touchpoint: touchpoint, first: first, last: last, count: try row.integer()))
    }
    for _ in 0..<(try row.count()) {
      traits.append(
        TraitFact(
          stem: try row.stem(), name: try row.text(), kind: try row.kind(),
          number: try row.double(),
          text: try row.text(), origin: try row.origin()))
    }
    for _ in 0..<(try row.count()) {
      consents.append(
        ConsentFact(
          stem: try row.stem(), channel: try row.name(), purpose: try row.name(),
          granted: try row.byte() == 1,
          origin: try row.origin()))
    }
    for _ in 0..<(try row.count()) {
      let stem = try row.stem()
      let origin = try row.origin()
      let touchpoint = try row.name()
      let key = try row.text()
      let flags = try row.byte()
      issueMarks.append(
        IssueMark(
          stem: stem, time: origin.time, source: origin.source, id: origin.id,
          touchpoint: touchpoint, key: key,
          opens: flags & 1 != 0, closes: flags & 2 != 0))
    }
    for _ in 0..<(try row.count()) {
      answered.append(
        AnsweredOccasion(
          rule: try row.name(), instance: try row.instance(), moment: try row.moment(),
          stem: try row.stem(), origin: try row.origin(),
          isForGood: try row.byte() == 1))
    }
    for _ in 0..<(try row.count()) { pastJourneys.append(try JourneyInstance(&row)) }
    for id in head.suggestionIDs { suggestions.append(try Suggested(id, &row)) }
    for _ in 0..<(try row.count()) {
      waiting.append(
        WaitingRule(
          rule: try row.name(), next: try row.moment(), hasUnanswered: try row.byte() == 1))
    }
    guard row.isAtEnd else { throw RowDamage("a row with more behind its end") }
  }

  private mutating func decodeTouches(_ row: inout RowReader) throws(RowDamage) {
    var previous = firstSeen
    for _ in 0..<(try row.count()) {
      let time = Moment(previous.milliseconds &+ (try row.signed()))
      previous = time
      let left = Moment(time.milliseconds &+ (try row.signed()))
      let satisfaction = try row.byte() == 1 ? try row.double() : .nan
      let stem = try row.stem()
      let (source, touchpoint, channel) = (try row.name(), try row.name(), try row.name())
      let (id, origin, attributes) = (try row.text(), try row.text(), try row.text())
      let trace = try row.text()
      touches.append(
        Touch(
          time: time, left: left, satisfaction: satisfaction, stem: stem, text: UInt32(arena.count),
          attributeBytes: UInt32(attributes.count),
          idHash: UInt32(truncatingIfNeeded: stableHash(id)),
          idBytes: UInt16(clamping: id.count), originBytes: UInt16(clamping: origin.count),
          traceBytes: UInt16(clamping: trace.count),
          source: source,
          touchpoint: touchpoint, channel: channel))
      arena.append(contentsOf: id)
      arena.append(contentsOf: origin)
      arena.append(contentsOf: attributes)
      arena.append(contentsOf: trace)
    }
  }
}

extension RowWriter {
  mutating func origin(_ origin: FactOrigin) {
    moment(origin.time)
    name(origin.source)
    text(origin.id)
  }
  mutating func instance(_ id: JourneyID?) {
    byte(id == nil ? 0 : 1)
    if let id { fixed(id.rawValue) }
  }
}

extension RowReader {
  mutating func stem() throws(RowDamage) -> StemRef {
    guard let raw = UInt32(exactly: try unsigned()) else {
      throw RowDamage("a stem's number is too large")
    }
    return StemRef(raw)
  }
  mutating func kind() throws(RowDamage) -> ValueKind {
    guard let kind = ValueKind(rawValue: try byte()) else {
      throw RowDamage("a value of no known kind")
    }
    return kind
  }
  mutating func origin() throws(RowDamage) -> FactOrigin {
    FactOrigin(time: try moment(), source: try name(), id: try text())
  }
  mutating func instance() throws(RowDamage) -> JourneyID? {
    try byte() == 0 ? nil : JourneyID(try fixed())
  }
}

extension JourneyInstance {
  func encode(_ row: inout RowWriter) {
    row.name(journey)
    row.fixed(id.rawValue)
    row.byte(key == nil ? 0 : 1)
    if let key { row.text(key) }
    row.byte(status.rawValue)
    row.count(phase)
    row.moment(started)
    row.unsigned(UInt64(stem.rawValue))
    row.moment(last)
    row.signed(Int64(lastIndex))
    row.byte(ended == nil ? 0 : 1)
    if let ended { row.moment(ended) }
    row.count(contacts)
    row.count(channels.count)
    for channel in channels {
      row.name(channel.channel)
      row.count(channel.count)
    }
  }

  init(_ row: inout RowReader) throws(RowDamage) {
    journey = try row.name()
    id = JourneyID(try row.fixed())
    key = try row.byte() == 0 ? nil : try row.text()
    guard let status = JourneyStatus(rawValue: try row.byte()) else {
      throw RowDamage("a status that is none")
    }
    self.status = status
    phase = try row.integer()
    started = try row.moment()
    stem = try row.stem()
    last = try row.moment()
    lastIndex = Int(clamping: try row.signed())
    ended = try row.byte() == 0 ? nil : try row.moment()
    contacts = try row.integer()
    channels = []
    for _ in 0..<(try row.count()) {
      channels.append(ChannelCount(channel: try row.name(), count: try row.integer()))
    }
  }
}

extension Suggested {
  /// All but its id.
  func encode(_ row: inout RowWriter) {
    row.name(rule)
    row.instance(instance)
    row.moment(completed)
    row.signed(made.milliseconds &- completed.milliseconds)
    row.signed(expires.milliseconds &- completed.milliseconds)
    row.name(touchpoint)
    row.name(channel)
    row.name(purpose)
    row.unsigned(UInt64(stem.rawValue))
    row.origin(origin)
    row.count(because.count)
    for cause in because { cause.encode(&row) }
    row.byte(isControl ? 1 : 0)
    row.byte(
      withdrawn.flatMap { WithdrawalReason.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) } ?? 0)
    if withdrawn != nil { row.moment(withdrawnAt) }
    row.count(receipts.count)
    for receipt in receipts {
      row.moment(receipt.time)
      row.byte(receipt.isSent ? 1 : 0)
    }
    row.count(outcomes.count)
    for outcome in outcomes {
      row.byte(outcome.outcome.rawValue)
      row.moment(outcome.time)
    }
  }

  init(_ id: SuggestionID, _ row: inout RowReader) throws(RowDamage) {
    self.id = id
    rule = try row.name()
    instance = try row.instance()
    completed = try row.moment()
    made = Moment(completed.milliseconds &+ (try row.signed()))
    expires = Moment(completed.milliseconds &+ (try row.signed()))
    touchpoint = try row.name()
    channel = try row.name()
    purpose = try row.name()
    stem = try row.stem()
    origin = try row.origin()
    because = []
    for _ in 0..<(try row.count()) { because.append(try Cause(&row)) }
    isControl = try row.byte() == 1
    let reason = Int(try row.byte())
    withdrawn = nil
    if reason > 0 {
      guard reason <= WithdrawalReason.allCases.count else {
        throw RowDamage("a reason that is none")
      }
      withdrawn = WithdrawalReason.allCases[reason - 1]
      withdrawnAt = try row.moment()
    }
    for _ in 0..<(try row.count()) {
      receipts.append(Receipt(time: try row.moment(), isSent: try row.byte() == 1))
    }
    for _ in 0..<(try row.count()) {
      outcomes.append(OutcomeTime(outcome: try row.outcome(), time: try row.moment()))
    }
  }
}

extension RowReader {
  mutating func outcome() throws(RowDamage) -> Outcome {
    guard let outcome = Outcome(rawValue: try byte()) else {
      throw RowDamage("an outcome that is none")
    }
    return outcome
  }
}

extension Cause {
  func encode(_ row: inout RowWriter) {
    switch self {
    case .interaction(let id, let touchpoint, let channel, let time):
      row.byte(0)
      row.text(id)
      row.text(touchpoint)
      row.text(channel)
      row.moment(time)
    case .outcome(let suggestion, let outcome, let time):
      row.byte(1)
      row.fixed(suggestion.rawValue)
      row.byte(outcome.rawValue)
      row.moment(time)
    case .trait(let name, let value, let time):
      row.byte(2)
      row.text(name)
      row.text(value)
      row.moment(time)
    case .attribute(let name, let value, let time):
      row.byte(3)
      row.text(name)
      row.text(value)
      row.moment(time)
    }
  }

  init(_ row: inout RowReader) throws(RowDamage) {
    switch try row.byte() {
    case 0:
      self = .interaction(
        id: try row.string(), touchpoint: try row.string(), channel: try row.string(),
        time: try row.moment())
    case 1:
      self = .outcome(
        suggestion: SuggestionID(try row.fixed()), outcome: try row.outcome(),
        time: try row.moment())
    case 2: self = .trait(name: try row.string(), value: try row.string(), time: try row.moment())
    case 3:
      self = .attribute(name: try row.string(), value: try row.string(), time: try row.moment())
    default: throw RowDamage("a cause of no known kind")
    }
  }
}
