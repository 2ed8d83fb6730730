package import JourneyModel

/// What a scenario came to: what is compared with its expectations.
package struct Observation: Equatable, Sendable {
  /// Up to the end of the scenario, in the order in which they came about.
  package var happenings: [Happening] = []
  package var decisions: [Decision] = []
  package var rejected: [RejectedEvent] = []
  /// At the end, each once.
  package var customers: [CustomerPicture] = []
  package var customerCount = 0
  package init() {}
}

package struct RejectedEvent: Equatable, Sendable {
  package var id: String
  package var rejection: Rejection
  package init(id: String, rejection: Rejection) {
    self.id = id
    self.rejection = rejection
  }
}

/// A suggestion made or withdrawn, in the words of a scenario.
package struct Happening: Equatable, Sendable {
  package var time: Moment
  package var rule: String
  package var touchpoint: String
  package var channel: String
  package var purpose: String
  package var customer: CustomerShown
  /// Ids of events, `NAME:OUTCOME`, `trait:NAME` or `attribute:NAME`.
  package var because: [String]
  package var content: [NamedValue] = []
  package var addresses: [String] = []
  package var journey: String?
  package var phase: String?
  /// Nil: it was made, not withdrawn.
  package var reason: WithdrawalReason?
  package var isControl: Bool

  package var isWithdrawal: Bool { reason != nil }
}

/// Turns the engine's effects into an observation: a withdrawal is told with what was said when it was made.
package struct Observer {
  package private(set) var observation = Observation()
  private let end: Moment
  private var made: [SuggestionID: SuggestionMade] = [:]

  /// What comes later than `end` is left out.
  package init(until end: Moment) { self.end = end }

  package mutating func take(_ effects: some Sequence<Effect>) {
    for effect in effects {
      switch effect {
      case .made(let suggestion):
        made[suggestion.id] = suggestion
        if suggestion.time <= end { observation.happenings.append(happening(suggestion)) }
      case .withdrawn(let suggestion):
        if suggestion.time <= end { observation.happenings.append(happening(suggestion)) }
      case .decided(let decision):
        if decision.time <= end { observation.decisions.append(decision) }
      case .identity, .gone: break
      }
    }
  }

  package mutating func reject(_ id: String, _ rejection: Rejection) {
    observation.rejected.append(RejectedEvent(id: id, rejection: rejection))
  }

  package mutating func finish(_ customers: [CustomerPicture], count: Int) {
    observation.customers = customers
    observation.customerCount = count
  }

  private func happening(_ suggestion: SuggestionMade) -> Happening {
    var happening = Happening(
      time: suggestion.time, rule: suggestion.rule, touchpoint: suggestion.touchpoint,
      channel: suggestion.channel, purpose: suggestion.purpose, customer: suggestion.customer,
      because: suggestion.because.map(label), isControl: suggestion.isControl)
    tell(suggestion, &happening)
    return happening
  }

  private func happening(_ suggestion: SuggestionWithdrawn) -> Happening {
    var happening = Happening(
      time: suggestion.time, rule: suggestion.rule, touchpoint: suggestion.touchpoint,
      channel: suggestion.channel, purpose: suggestion.purpose, customer: suggestion.customer,
      because: suggestion.because.map(label), reason: suggestion.reason,
      isControl: suggestion.isControl)
    if let made = made[suggestion.id] { tell(made, &happening) }
    return happening
  }

  private func tell(_ suggestion: SuggestionMade, _ happening: inout Happening) {
    happening.content = suggestion.content
    happening.addresses = suggestion.to.map(\.text)
    happening.journey = suggestion.journey?.name
    happening.phase = suggestion.journey?.phase
  }

  private func label(_ cause: Cause) -> String {
    switch cause {
    case .interaction(let id, _, _, _): id
    case .outcome(let suggestion, let outcome, _):
      "\(made[suggestion]?.rule ?? suggestion.description):\(outcome.name)"
    case .trait(let name, _, _): "trait:\(name)"
    case .attribute(let name, _, _): "attribute:\(name)"
    }
  }
}
