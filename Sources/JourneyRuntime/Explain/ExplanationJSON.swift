package import JourneyEngine
package import JourneyModel

internal import EventFormats

/// An explanation as one JSON object, for programs.
///
/// Keys, in this order: `time`; `asked` (a suggestion's id or null); `customer` (the picture, as the output
/// `journeys` has it); `identifiers`, `links` and `refused_links`; `traits`; `consents`; `timeline`;
/// `suggestions`; `rules`, each with `occasions`, `attempts` and `ended`; `caps`; `pauses`; `service`; `next`.
/// An interaction is `{"source", "id", "time"}`, an identifier `{"type", "value"}`, a rule's `step` counts from 1.
package enum ExplanationJSON {
  /// The object on one line, ended.
  package static func text(_ explanation: Explanation, asked: SuggestionID? = nil) -> String {
    var out = JSONWriter(reserving: 4096)
    out.object {
      $0.member("time", explanation.moment)
      $0.member("asked", orNull: asked?.description)
      $0.key("customer")
      $0.raw(OutputWriter(groupID: "").record(explanation.picture).value ?? Array("null".utf8))
      $0.write(explanation.identity)
      $0.each("traits", explanation.traits) {
        $0.member("name", $1.name)
        $0.key("value")
        $0.value($1.value)
        $0.member("by", $1.origin)
      }
      $0.each("consents", explanation.consents) {
        $0.member("channel", $1.channel)
        $0.member("purpose", $1.purpose)
        $0.member("decision", $1.isGranted ? "granted" : "denied")
        $0.member("by", $1.origin)
      }
      $0.each("timeline", explanation.timeline) { $0.write($1) }
      $0.each("suggestions", explanation.suggestions) { $0.write($1) }
      $0.each("rules", explanation.rules) { $0.write($1) }
      $0.writePolicy(explanation)
      $0.member("next", orNull: explanation.next)
    }
    return out.text + "\n"
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, orNull value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  fileprivate mutating func member(_ name: String, orNull value: Moment?) {
    key(name)
    if let value { moment(value) } else { null() }
  }

  fileprivate mutating func member(_ name: String, texts: [String]?) {
    key(name)
    guard let texts else { return null() }
    list { for text in texts { $0.string(text) } }
  }

  fileprivate mutating func each<Element>(
    _ name: String, _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
  ) {
    key(name)
    list { list in for element in elements { list.object { body(&$0, element) } } }
  }

  fileprivate mutating func member(_ name: String, _ origin: Explanation.Origin?) {
    key(name)
    guard let origin else { return null() }
    object {
      $0.member("source", origin.source)
      $0.member("id", origin.id)
      $0.member("time", origin.time)
    }
  }

  fileprivate mutating func member(_ name: String, _ identifiers: [NamedText]) {
    each(name, identifiers) {
      $0.member("type", $1.name)
      $0.member("value", $1.text)
    }
  }

  fileprivate mutating func member(_ name: String, _ causes: [Cause]) {
    each(name, causes) { out, cause in
      switch cause {
      case .interaction(let id, let touchpoint, let channel, let time):
        out.member("id", id)
        out.member("touchpoint", touchpoint)
        out.member("channel", channel)
        out.member("time", time)
      case .outcome(let suggestion, let outcome, let time):
        out.member("suggestion", suggestion.description)
        out.member("outcome", outcome.name)
        out.member("time", time)
      case .trait(let name, let value, let time):
        out.member("trait", name)
        out.member("value", value)
        out.member("time", time)
      case .attribute(let name, let value, let time):
        out.member("attribute", name)
        out.member("value", value)
        out.member("time", time)
      }
    }
  }
}

// MARK: Parts

extension JSONWriter {
  fileprivate mutating func write(_ identity: Explanation.Identity) {
    each("identifiers", identity.identifiers) {
      $0.member("type", $1.identifier.name)
      $0.member("value", $1.identifier.text)
      $0.member("first", $1.first)
      $0.member("last_seen", orNull: $1.last)
      $0.member("stands_for_no_one_since", $1.ambiguous)
    }
    each("links", identity.links) {
      $0.member("identifiers", $1.identifiers)
      $0.member("by", $1.origin)
      $0.member("joined", orNull: $1.joined?.description)
    }
    each("refused_links", identity.refused) {
      $0.member("identifiers", $1.identifiers)
      $0.member("reason", $1.reason.rawValue)
      $0.member("by", $1.origin)
      $0.member("others", texts: $1.others.map(\.description))
    }
  }

  fileprivate mutating func write(_ contact: Explanation.Contact) {
    member("id", contact.origin.id)
    member("source", contact.origin.source)
    member("time", contact.origin.time)
    member("touchpoint", contact.touchpoint)
    member("channel", contact.channel)
    key("satisfaction")
    if let satisfaction = contact.satisfaction { number(satisfaction) } else { null() }
    key("attributes")
    object {
      for attribute in contact.attributes {
        $0.key(attribute.name)
        $0.value(attribute.value)
      }
    }
    member("identifier", [contact.identifier])
    member("journeys", texts: contact.journeys.map(\.description))
    member("leaves", contact.leaves)
  }

  fileprivate mutating func write(_ told: Explanation.Suggestion) {
    member("id", told.id.description)
    member("suggestion", told.rule)
    member("touchpoint", told.touchpoint)
    member("channel", told.channel)
    member("purpose", told.purpose)
    member("journey", orNull: told.journey?.description)
    member("completed", told.completed)
    member("made", told.made)
    member("expires", told.expires)
    member("status", told.status)
    key("withdrawn")
    if let withdrawn = told.withdrawn {
      object {
        $0.member("reason", withdrawn.reason.rawValue)
        $0.member("time", withdrawn.time)
      }
    } else {
      null()
    }
    each("outcomes", told.outcomes) {
      $0.member("outcome", $1.outcome.name)
      $0.member("time", $1.time)
    }
    member("because", told.because)
  }

  fileprivate mutating func writePolicy(_ explanation: Explanation) {
    each("caps", explanation.caps) {
      $0.member("name", $1.name)
      $0.member("max", $1.max)
      $0.member("taken", $1.taken)
      $0.member("binds", $1.binds)
      $0.member("channels", texts: $1.channels)
      $0.member("purposes", texts: $1.purposes)
      $0.member("frees", orNull: $1.frees)
    }
    each("pauses", explanation.pauses) {
      $0.member("suggestion", $1.rule)
      $0.member("channel", $1.channel)
      $0.member("until", $1.until)
    }
    key("service")
    guard let service = explanation.service else { return null() }
    object {
      $0.member("opened", orNull: service.issue?.opened)
      $0.member("by", orNull: service.issue?.by)
      $0.member("until", service.until)
    }
  }
}

// MARK: Rules

extension JSONWriter {
  fileprivate mutating func write(_ rule: Explanation.Rule) {
    member("name", rule.name)
    member("title", orNull: rule.title)
    member("active", rule.isActive)
    member("from", orNull: rule.from)
    member("until", orNull: rule.until)
    member("group", rule.isControl ? "control" : "treatment")
    member("steps", texts: rule.steps.map(StepText.text))
    each("occasions", rule.occasions) { $0.write($1) }
    each("attempts", rule.attempts) { $0.write($1) }
    member("under_way", rule.attemptCount)
    key("ended")
    if let ended = rule.ended { object { $0.write(ended) } } else { null() }
  }

  fileprivate mutating func write(_ occasion: Explanation.Occasion) {
    member("completed", occasion.completed)
    member("expires", occasion.expires)
    member("journey", orNull: occasion.journey?.description)
    member("because", occasion.because)
    key("score")
    if let score = occasion.score { number(score.total) } else { null() }
    var channels: [Explanation.Channel] = []
    switch occasion.answer {
    case .made(let id):
      member("answer", "made")
      member("suggestion", id.description)
    case .refusedForGood: member("answer", "refused_for_good")
    case .passedOver: member("answer", "passed_over")
    case .candidate(let tried):
      member("answer", "candidate")
      channels = tried
    }
    each("channels", channels) {
      $0.member("channel", $1.channel)
      $0.member("refused", orNull: $1.refused)
      $0.member("notes", texts: $1.notes.map(Phrases.note))
      $0.member("until", orNull: $1.until)
    }
    member("next", orNull: occasion.next)
  }

  fileprivate mutating func write(_ attempt: Explanation.Attempt) {
    member("step", attempt.step + 1)
    member("because", attempt.because)
    member("since", orNull: attempt.since)
    member("counted", attempt.counted)
    let (name, moment) = state(attempt.state)
    member("state", name)
    member("until", orNull: attempt.isUnderWay ? moment : nil)
    member("at", orNull: attempt.isUnderWay ? nil : moment)
    if case .broken(let origin) = attempt.state { member("by", origin) }
    if case .made(_, let id) = attempt.state { member("suggestion", id.description) }
    if case .notGiven(_, let predicates) = attempt.state {
      member("given", texts: predicates.map(PredicateText.text))
    }
  }

  private func state(_ state: Explanation.Attempt.State) -> (String, Moment?) {
    switch state {
    case .waitsForEvent(let before): ("waits_for_event", before)
    case .waitsForTime(let moment): ("waits_for_time", moment)
    case .waitsForDate: ("waits_for_date", nil)
    case .broken: ("broken", nil)
    case .tooLate(let moment): ("too_late", moment)
    case .notNext: ("not_next", nil)
    case .made(let moment, _): ("made", moment)
    case .expired(let moment): ("expired", moment)
    case .outOfBounds(let moment): ("out_of_bounds", moment)
    case .notGiven(let moment, _): ("not_given", moment)
    }
  }
}
