/// What the engine wants done: the runtime performs it, in this order.
package enum Effect: Equatable, Sendable {
  case made(SuggestionMade)
  case withdrawn(SuggestionWithdrawn)
  case decided(Decision)
  case identity(IdentityChange)
  /// The customer's picture is no longer valid: an erased one, or the losing id of a merge.
  case gone(CustomerID)
}

/// A customer as outputs show one.
package struct CustomerShown: Equatable, Sendable {
  package var id: CustomerID
  package var identifiers: [IdentifierValues]
  package init(id: CustomerID, identifiers: [IdentifierValues]) {
    self.id = id
    self.identifiers = identifiers
  }
}

/// All values of one identifier type, as bytes in order.
package struct IdentifierValues: Equatable, Sendable {
  package var type: String
  package var values: [String]
  package init(type: String, values: [String]) {
    self.type = type
    self.values = values
  }
}

/// What stands in `because`.
package enum Cause: Equatable, Sendable {
  case interaction(id: String, touchpoint: String, channel: String, time: Moment)
  case outcome(suggestion: SuggestionID, outcome: Outcome, time: Moment)
  case trait(name: String, value: String, time: Moment)
  case attribute(name: String, value: String, time: Moment)
}

package struct Score: Equatable, Sendable {
  package var total: Double
  package var propensity: Double
  package var value: Double
  package var boost: Double
  package init(total: Double, propensity: Double, value: Double, boost: Double) {
    self.total = total
    self.propensity = propensity
    self.value = value
    self.boost = boost
  }
}

package struct JourneyShown: Equatable, Sendable {
  package var id: JourneyID
  package var name: String
  package var phase: String?
  package init(id: JourneyID, name: String, phase: String?) {
    self.id = id
    self.name = name
    self.phase = phase
  }
}

package struct NamedValue: Equatable, Sendable {
  package var name: String
  package var value: JSONValue
  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}

package struct RunnerUp: Equatable, Sendable {
  package var suggestion: String
  package var channel: String
  package var score: Double
  package var refused: String
  package init(suggestion: String, channel: String, score: Double, refused: String) {
    self.suggestion = suggestion
    self.channel = channel
    self.score = score
    self.refused = refused
  }
}

/// `journeyd.suggestion.made`
package struct SuggestionMade: Equatable, Sendable {
  package var id: SuggestionID
  package var time: Moment
  package var rule: String
  package var touchpoint: String
  package var channel: String
  package var purpose: String
  package var customer: CustomerShown
  package var journey: JourneyShown?
  /// Of the identifier types that the channel needs, the value seen last.
  package var to: [NamedText] = []
  package var content: [NamedValue] = []
  package var because: [Cause] = []
  package var causedBy: NamedText?
  package var expires: Moment
  package var score: Score
  package var runnersUp: [RunnerUp] = []
  /// Kept back by the holdout: recorded in `decisions`, not in `suggestions`.
  package var isControl = false
  /// Of the interaction that caused it; empty where it had none.
  package var traceparent = ""
  package var tracestate = ""

  package init(
    id: SuggestionID, time: Moment, rule: String, touchpoint: String, channel: String,
    purpose: String, customer: CustomerShown, expires: Moment, score: Score
  ) {
    self.id = id
    self.time = time
    self.rule = rule
    self.touchpoint = touchpoint
    self.channel = channel
    self.purpose = purpose
    self.customer = customer
    self.expires = expires
    self.score = score
  }
}

package struct NamedText: Equatable, Sendable {
  package var name: String
  package var text: String
  package init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}

/// Why a suggestion was taken back, in the order of precedence.
package enum WithdrawalReason: String, CaseIterable, Sendable {
  case erased
  case inactive
  case excluded
  case consentWithdrawn = "consent_withdrawn"
  case conditionNoLongerHolds = "condition_no_longer_holds"
  case serviceFirst = "service_first"
  case paused
  case merged
  case superseded
}

/// `journeyd.suggestion.withdrawn`
package struct SuggestionWithdrawn: Equatable, Sendable {
  package var id: SuggestionID
  package var time: Moment
  package var rule: String
  package var touchpoint: String
  package var channel: String
  package var purpose: String
  package var customer: CustomerShown
  package var because: [Cause]
  package var reason: WithdrawalReason
  /// Control suggestions have none of these shown in `suggestions`.
  package var isControl = false

  package init(
    id: SuggestionID, time: Moment, rule: String, touchpoint: String, channel: String,
    purpose: String, customer: CustomerShown, because: [Cause], reason: WithdrawalReason
  ) {
    self.id = id
    self.time = time
    self.rule = rule
    self.touchpoint = touchpoint
    self.channel = channel
    self.purpose = purpose
    self.customer = customer
    self.because = because
    self.reason = reason
  }
}

/// One record of `decisions`.
package struct Decision: Equatable, Sendable {
  package enum Trigger: Equatable, Sendable {
    case interaction(String)
    case deadline(Moment)
  }
  package struct ChannelTried: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
      case made(SuggestionID)
      /// The gate, as `pressure:emails_weekly`.
      case refused(String)
    }
    package var channel: String
    package var answer: Answer
    package init(channel: String, answer: Answer) {
      self.channel = channel
      self.answer = answer
    }
  }
  package struct Candidate: Equatable, Sendable {
    package var suggestion: String
    package var completed: Moment
    package var score: Score
    package var channels: [ChannelTried]
    package init(suggestion: String, completed: Moment, score: Score, channels: [ChannelTried]) {
      self.suggestion = suggestion
      self.completed = completed
      self.score = score
      self.channels = channels
    }
  }
  package var time: Moment
  package var customer: CustomerID
  package var trigger: Trigger
  package var isControl: Bool
  package var candidates: [Candidate]
  package init(
    time: Moment, customer: CustomerID, trigger: Trigger, isControl: Bool, candidates: [Candidate]
  ) {
    self.time = time
    self.customer = customer
    self.trigger = trigger
    self.isControl = isControl
    self.candidates = candidates
  }
}

/// One record of `identities`.
package struct IdentityChange: Equatable, Sendable {
  package enum What: String, Sendable { case linked, refused, merged, divided, ambiguous }
  package var time: Moment
  package var what: What
  package var customer: CustomerID
  package var other: CustomerID?
  package var identifiers: [IdentifierValues]
  /// Of a refusal: `unique`, `limit` or `bound`.
  package var reason: String?
  package var causeSource: String
  package var causeID: String
  package init(
    time: Moment, what: What, customer: CustomerID, other: CustomerID? = nil,
    identifiers: [IdentifierValues], reason: String? = nil, causeSource: String, causeID: String
  ) {
    self.time = time
    self.what = what
    self.customer = customer
    self.other = other
    self.identifiers = identifiers
    self.reason = reason
    self.causeSource = causeSource
    self.causeID = causeID
  }
}

/// A customer's whole picture, as `journeys` shows it.
package struct CustomerPicture: Equatable, Sendable {
  package struct ConsentShown: Equatable, Sendable {
    package var channel: String
    package var purpose: String
    package var granted: Bool
    package init(channel: String, purpose: String, granted: Bool) {
      self.channel = channel
      self.purpose = purpose
      self.granted = granted
    }
  }
  package struct Journey: Equatable, Sendable {
    package var id: JourneyID
    package var name: String
    package var key: JSONValue?
    package var status: JourneyStatus
    package var phase: String?
    package var started: Moment
    package var last: Moment
    package var ended: Moment?
    package var touchpoints: Int
    package var channels: [NamedCount]
    package init(
      id: JourneyID, name: String, key: JSONValue?, status: JourneyStatus, phase: String?,
      started: Moment, last: Moment, ended: Moment?, touchpoints: Int, channels: [NamedCount]
    ) {
      self.id = id
      self.name = name
      self.key = key
      self.status = status
      self.phase = phase
      self.started = started
      self.last = last
      self.ended = ended
      self.touchpoints = touchpoints
      self.channels = channels
    }
  }
  package struct NamedCount: Equatable, Sendable {
    package var name: String
    package var count: Int
    package init(_ name: String, _ count: Int) {
      self.name = name
      self.count = count
    }
  }
  package struct Touch: Equatable, Sendable {
    package var id: String
    package var time: Moment
    package var touchpoint: String
    package var channel: String
    package init(id: String, time: Moment, touchpoint: String, channel: String) {
      self.id = id
      self.time = time
      self.touchpoint = touchpoint
      self.channel = channel
    }
  }
  package struct Suggestion: Equatable, Sendable {
    package var id: SuggestionID
    package var suggestion: String
    package var channel: String
    package var made: Moment
    package var status: String
    package init(
      id: SuggestionID, suggestion: String, channel: String, made: Moment, status: String
    ) {
      self.id = id
      self.suggestion = suggestion
      self.channel = channel
      self.made = made
      self.status = status
    }
  }
  package struct Issue: Equatable, Sendable {
    package var opened: Moment
    package var by: String
    package init(opened: Moment, by: String) {
      self.opened = opened
      self.by = by
    }
  }

  package var customer: CustomerID
  package var aliases: [CustomerID] = []
  package var firstSeen: Moment
  package var lastSeen: Moment
  package var touchpoints: Int
  package var identifiers: [IdentifierValues] = []
  package var traits: [NamedValue] = []
  package var consents: [ConsentShown] = []
  package var satisfaction: Double?
  package var journeys: [Journey] = []
  package var latest: [Touch] = []
  package var suggestions: [Suggestion] = []
  package var issue: Issue?
  package init(customer: CustomerID, firstSeen: Moment, lastSeen: Moment, touchpoints: Int) {
    self.customer = customer
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.touchpoints = touchpoints
  }
}
