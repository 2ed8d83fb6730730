internal import JourneyEngine
internal import JourneyModel
internal import Settings

/// What explanations say, part by part.
enum Phrases {
  static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  static func number(_ value: Double) -> String {
    var writer = JSONWriter(reserving: 24)
    writer.number(value)
    return writer.text
  }

  static func name(_ identifier: NamedText) -> String { "\(identifier.name)=\(identifier.text)" }

  static func names(_ identifiers: [NamedText]) -> String {
    identifiers.map(name).joined(separator: " – ")
  }

  static func by(_ origin: Explanation.Origin) -> String {
    "\(origin.time.rfc3339) by \(origin.source) \(origin.id)"
  }

  static func reason(_ reason: Explanation.Identity.Refused.Reason) -> String {
    switch reason {
    case .unique: "unique, they are two people: one would have two values of a unique type"
    case .limit: "limit, one customer would have more values of a type than allowed"
    case .ambiguous: "one of them stood for no one by then"
    }
  }

  static func cause(_ cause: Cause) -> String {
    switch cause {
    case .interaction(let id, let touchpoint, let channel, let time):
      "\(touchpoint) on \(channel) (\(id), \(time.rfc3339))"
    case .outcome(let suggestion, let outcome, let time):
      "\(suggestion) \(outcome.name) (\(time.rfc3339))"
    case .trait(let name, let value, let time):
      "trait \(name) \(value) (set \(time.rfc3339))"
    case .attribute(let name, let value, let time):
      "attribute \(name) \(value) (\(time.rfc3339))"
    }
  }

  static func line(_ cap: Explanation.Cap) -> String {
    let per =
      switch cap.window {
      case .rolling(let span): Scalars.text(span)
      case .calendarDay: "calendar day"
      case .calendarWeek: "calendar week"
      case .calendarMonth: "calendar month"
      }
    let scope = (cap.channels ?? []) + (cap.purposes ?? [])
    var line = "\(cap.name): \(cap.taken) of \(cap.max) per \(per) taken"
    if !scope.isEmpty { line += " (\(scope.joined(separator: ", ")))" }
    if !cap.binds { return line + ", does not bind this customer" }
    if cap.taken < cap.max { return line + ", room for \(cap.max - cap.taken)" }
    return line + ", no room" + (cap.frees.map { " until \($0.rfc3339)" } ?? "")
  }

  // MARK: Rules

  /// Whether there is more to tell than that it has not begun.
  static func hasNews(_ rule: Explanation.Rule) -> Bool {
    !rule.occasions.isEmpty || !rule.attempts.isEmpty || rule.ended != nil
  }

  static func lines(_ rule: Explanation.Rule) -> [String] {
    var lines: [String] = []
    if rule.isControl { lines.append("in the control group: what it makes is kept back") }
    for occasion in rule.occasions { lines += self.lines(occasion) }
    for attempt in rule.attempts { lines.append(line(attempt, of: rule)) }
    let more = rule.attemptCount - rule.attempts.count
    if more > 0 { lines.append("and \(more) more under way") }
    if let ended = rule.ended { lines.append("not begun anew; the last: " + line(ended, of: rule)) }
    return lines
  }

  private static func lines(_ occasion: Explanation.Occasion) -> [String] {
    let head =
      "complete \(occasion.completed.rfc3339), expires \(occasion.expires.rfc3339)"
      + (occasion.journey.map { ", journey \($0)" } ?? "")
    switch occasion.answer {
    case .made(let id): return ["\(head): \(id) was made"]
    case .refusedForGood: return ["\(head): answered for good, refused by again_after"]
    case .passedOver: return ["\(head): passed over for a newer one"]
    case .candidate(let channels):
      let score = occasion.score.map { ", score \(number($0.total))" } ?? ""
      let next = occasion.next.map { ", looked at again \($0.rfc3339)" } ?? ""
      if channels.isEmpty { return ["\(head): failed on every channel"] }
      return ["\(head): a candidate\(score)\(next)"] + channels.map { "  " + line($0) }
    }
  }

  static func line(_ channel: Explanation.Channel) -> String {
    guard let refused = channel.refused else { return "\(channel.channel): nothing is against it" }
    var line = "\(channel.channel): refused by \(refused)"
    let notes = channel.notes.map(note).joined(separator: ", ")
    if !notes.isEmpty { line += " – \(notes)" }
    if let until = channel.until { line += ", until \(until.rfc3339)" }
    return line
  }

  static func note(_ note: Explanation.Note) -> String {
    switch note {
    case .fails(let predicate): "\(PredicateText.text(predicate)) does not hold"
    case .holds(let predicate): "\(PredicateText.text(predicate)) holds"
    case .noIdentifier(let type): "there is no \(type)"
    case .consent(let state): "it is \(state.rawValue)"
    case .journey(let status?, let phase):
      "its journey is \(status)" + (phase.map { " in phase \($0)" } ?? "")
    case .journey(nil, _): "there is no such journey"
    case .suggestion(let id): "\(id)"
    }
  }

  static func line(_ attempt: Explanation.Attempt, of rule: Explanation.Rule) -> String {
    let begun =
      attempt.because.isEmpty
      ? "" : "; so far \(attempt.because.map(cause).joined(separator: ", "))"
    guard rule.steps.indices.contains(attempt.step) else {
      return "all steps were done\(state(attempt.state))\(begun)"
    }
    let step = rule.steps[attempt.step]
    var counted = ""
    if case .seen(let seen) = step, seen.times > 1 {
      counted = ", \(attempt.counted) of \(seen.times) came"
    }
    return "step \(attempt.step + 1) of \(rule.steps.count), \(StepText.text(step))\(counted):"
      + " \(state(attempt.state))\(begun)"
  }

  private static func state(_ state: Explanation.Attempt.State) -> String {
    switch state {
    case .waitsForEvent(let before):
      "waits" + (before.map { ", must come before \($0.rfc3339)" } ?? "")
    case .waitsForTime(let moment): "waits until \(moment.rfc3339)"
    case .waitsForDate: "waits, there is no date yet"
    case .broken(let origin?): "broken off \(by(origin))"
    case .broken(nil): "broken off by an outcome"
    case .tooLate(let moment): "too late since \(moment.rfc3339)"
    case .notNext: "broken off, something else came next"
    case .made(let moment, let id): " \(moment.rfc3339): \(id) was made"
    case .expired(let moment): " \(moment.rfc3339), and that has expired"
    case .outOfBounds(let moment):
      " \(moment.rfc3339), outside of “from” and “until”"
    case .notGiven(let moment, let none) where none.isEmpty:
      " \(moment.rfc3339), and belong to no journey of this rule"
    case .notGiven(let moment, let predicates):
      " \(moment.rfc3339), but this of “given” did not hold then: "
        + predicates.map(PredicateText.text).joined(separator: ", ")
    }
  }
}
