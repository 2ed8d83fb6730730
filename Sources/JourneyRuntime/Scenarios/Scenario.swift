package import JourneyModel
package import Settings

/// One scenario as its file says it (spec part 5): what happens, and what is expected of it.
package struct Scenario: Sendable {
  package var name: String
  package var place: Place
  package var start: Moment
  /// In the order written.
  package var events: [ScenarioEvent] = []
  /// After the start; nil: 30 days after the last event.
  package var until: TimeSpan?
  /// In order of time; nil: not checked.
  package var expected: [ExpectedSuggestion]?
  package var refused: [ExpectedRefusal] = []
  /// Nil: not checked.
  package var rejected: [ExpectedRejection]?
  package var customers: [ExpectedCustomer] = []
  package var customerCount: ExpectedCount?
  /// Where the key of `expect` or of `rejected` stands, for findings about the whole list.
  package var expectedPlace: Place
  package var rejectedPlace: Place
  package var hasPolicy = true
  package var hasHoldout = false

  package init(name: String, place: Place, start: Moment) {
    self.name = name
    self.place = place
    self.start = start
    expectedPlace = place
    rejectedPlace = place
  }

  /// A Monday, where a scenario names no start.
  package static let standardStart = Moment(1_767_614_400_000)

  /// The moment up to which everything is compared.
  package var end: Moment {
    let last = events.map(\.arrival).max() ?? .zero
    return start + (until ?? TimeSpan(last.milliseconds.addingClamped(30 * 86_400_000)))
  }
}

/// One event of a scenario: an interaction of the native format, times as offsets from the start.
package struct ScenarioEvent: Sendable {
  package var place: Place
  /// Its id, or how lists name it where the id cannot be read.
  package var label: String
  package var source: String
  package var at: TimeSpan
  package var arrival: TimeSpan
  /// All fields as written, the id first, without a time.
  package var fields: [JSONValue.Member]
  /// The suggestion that an outcome is told of, where it is named by its rule.
  package var suggestion: NamedSuggestion?

  package init(
    place: Place, label: String, source: String = "test", at: TimeSpan, arrival: TimeSpan,
    fields: [JSONValue.Member]
  ) {
    self.place = place
    self.label = label
    self.source = source
    self.at = at
    self.arrival = arrival
    self.fields = fields
  }
}

/// `mortgage_article#2`: the customer's second suggestion of that rule; without a number the latest.
package struct NamedSuggestion: Equatable, Sendable {
  package var rule: String
  /// From 1.
  package var ordinal: Int?
  package init(rule: String, ordinal: Int? = nil) {
    self.rule = rule
    self.ordinal = ordinal
  }
}

/// What a field must be: anything, nothing at all, or this.
package enum Wanted<Value: Sendable & Equatable>: Sendable, Equatable {
  case anything
  case nothing
  case value(Value)

  package var isChecked: Bool { self != .anything }

  package func admits(_ actual: Value?) -> Bool {
    switch self {
    case .anything: true
    case .nothing: actual == nil
    case .value(let value): actual == value
    }
  }
}

/// One entry of `expect`.
package struct ExpectedSuggestion: Sendable {
  package var place: Place
  package var isWithdrawal: Bool
  package var rule: String
  package var at: TimeSpan?
  package var touchpoint: String?
  package var channel: String?
  package var purpose: String?
  /// Identifiers that the customer must have.
  package var to: [NamedText] = []
  package var because: [String]?
  package var content: [NamedValue]?
  package var address = Wanted<String>.anything
  package var journey = Wanted<String>.anything
  package var phase = Wanted<String>.anything
  package var reason: WithdrawalReason?
  /// `group: control` is true, `group: treatment` false.
  package var isControl: Bool?

  package init(place: Place, rule: String, isWithdrawal: Bool) {
    self.place = place
    self.rule = rule
    self.isWithdrawal = isWithdrawal
  }
}

/// One entry of `refused`; what is nil is not checked.
package struct ExpectedRefusal: Sendable {
  package var place: Place
  package var at: TimeSpan?
  package var rule: String?
  package var channel: String?
  /// As decisions write it; `pressure` alone stands for any cap.
  package var reason: String?
  package init(place: Place) { self.place = place }
}

/// One entry of `rejected`.
package struct ExpectedRejection: Sendable {
  package var place: Place
  package var id: String
  package var code: RejectCode
  package init(place: Place, id: String, code: RejectCode) {
    self.place = place
    self.id = id
    self.code = code
  }
}

package struct ExpectedCount: Sendable {
  package var place: Place
  package var count: Int
  package init(place: Place, count: Int) {
    self.place = place
    self.count = count
  }
}

/// One entry of `customers`.
package struct ExpectedCustomer: Sendable {
  package struct Consent: Sendable {
    package var channel: String
    package var purpose: String
    package var state: ConsentState
    package init(channel: String, purpose: String, state: ConsentState) {
      self.channel = channel
      self.purpose = purpose
      self.state = state
    }
  }
  package struct Journeys: Sendable {
    package var name: String
    /// Of the one started last, or of all in order of their start.
    package var instances: [ExpectedJourney]
    package var areAll: Bool
    package init(name: String, instances: [ExpectedJourney], areAll: Bool) {
      self.name = name
      self.instances = instances
      self.areAll = areAll
    }
  }

  package var place: Place
  package var identifiers: [NamedText] = []
  package var touchpoints: Int?
  /// A null: the trait is not there.
  package var traits: [NamedValue] = []
  package var consents: [Consent] = []
  package var satisfaction = Wanted<Double>.anything
  package var journeys: [Journeys] = []
  package init(place: Place) { self.place = place }
}

package struct ExpectedJourney: Sendable {
  package enum Channels: Sendable, Equatable {
    case counts([CustomerPicture.NamedCount])
    case names(Set<String>)
  }
  package var phase = Wanted<String>.anything
  package var status: JourneyStatus?
  package var touchpoints: Int?
  package var channels: Channels?
  package init() {}
}
