package import JourneyModel

/// All that is known of one customer at a moment, and why: what `journeyd explain` shows. Plain values.
package struct Explanation: Equatable, Sendable {
  package var moment: Moment
  package var picture: CustomerPicture
  package var identity = Identity()
  package var traits: [Trait] = []
  package var consents: [Consent] = []
  /// What is in the history, oldest first.
  package var timeline: [Contact] = []
  /// All that are kept, by time made; those that a holdout kept back included.
  package var suggestions: [Suggestion] = []
  /// In the order of the configuration.
  package var rules: [Rule] = []
  package var caps: [Cap] = []
  package var pauses: [Pause] = []
  /// Nil where nothing is kept back.
  package var service: Service?
  /// When time alone can change something next.
  package var next: Moment?

  package init(moment: Moment, picture: CustomerPicture) {
    self.moment = moment
    self.picture = picture
  }

  /// The interaction that something comes from.
  package struct Origin: Equatable, Sendable {
    package var source: String
    package var id: String
    package var time: Moment
    package init(source: String, id: String, time: Moment) {
      self.source = source
      self.id = id
      self.time = time
    }
  }

  package struct Trait: Equatable, Sendable {
    package var name: String
    /// Null: it was cleared.
    package var value: JSONValue
    package var origin: Origin
  }

  package struct Consent: Equatable, Sendable {
    package var channel: String
    package var purpose: String
    package var isGranted: Bool
    package var origin: Origin
  }

  package struct Contact: Equatable, Sendable {
    package var origin: Origin
    package var touchpoint: String
    package var channel: String
    package var satisfaction: Double?
    package var attributes: [NamedValue]
    /// The strongest identifier that it came with.
    package var identifier: NamedText
    /// The journeys it belongs to.
    package var journeys: [JourneyID]
    /// When it leaves the history.
    package var leaves: Moment
  }

  package struct Suggestion: Equatable, Sendable {
    package var id: SuggestionID
    package var rule: String
    package var touchpoint: String
    package var channel: String
    package var purpose: String
    package var journey: JourneyID?
    package var completed: Moment
    package var made: Moment
    package var expires: Moment
    /// `open`, `sent`, `failed`, `accepted`, `dismissed`, `expired`, `withdrawn` or `control`.
    package var status: String
    package var withdrawn: Withdrawal?
    /// What was told of it, by time.
    package var outcomes: [Told]
    package var because: [Cause]

    package struct Withdrawal: Equatable, Sendable {
      package var reason: WithdrawalReason
      package var time: Moment
    }
    package struct Told: Equatable, Sendable {
      package var outcome: Outcome
      package var time: Moment
    }
  }

  package struct Cap: Equatable, Sendable {
    package var name: String
    package var max: Int
    package var window: ContactPlan.CapWindow
    /// Nil: every channel, every purpose.
    package var channels: [String]?
    package var purposes: [String]?
    /// Whether it binds this customer now.
    package var binds: Bool
    /// Slots taken now.
    package var taken: Int
    /// Of a full one: when a slot is free again; nil where that is never.
    package var frees: Moment?
  }

  package struct Pause: Equatable, Sendable {
    package var rule: String
    package var channel: String
    package var until: Moment
  }

  package struct Service: Equatable, Sendable {
    /// Nil during the cooling-off.
    package var issue: CustomerPicture.Issue?
    /// When that can change by time alone: an issue is given up, or the cooling-off is over.
    package var until: Moment
  }
}

// MARK: Identity

extension Explanation {
  package struct Identity: Equatable, Sendable {
    package var identifiers: [Identifier] = []
    /// In the order of their interactions.
    package var links: [Link] = []
    package var refused: [Refused] = []

    package struct Identifier: Equatable, Sendable {
      package var identifier: NamedText
      /// The first interaction that it was the strongest of, or that linked it.
      package var first: Origin?
      /// When it was last seen.
      package var last: Moment?
      /// Since when it stands for no one.
      package var ambiguous: Origin?
    }

    /// Two identifiers that are one person since an interaction carried both.
    package struct Link: Equatable, Sendable {
      package var identifiers: [NamedText]
      package var origin: Origin
      /// The customer that became one with this one thereby.
      package var joined: CustomerID?
    }

    package struct Refused: Equatable, Sendable {
      package enum Reason: String, Sendable {
        /// Two values of a `unique` type would have become one person's.
        case unique
        /// More values of a type than its `limit`.
        case limit
        /// One of both stood for no one.
        case ambiguous
      }
      package var identifiers: [NamedText]
      package var reason: Reason
      package var origin: Origin
      /// Whose the others are now.
      package var others: [CustomerID]
    }
  }
}

// MARK: Rules

extension Explanation {
  /// Where one rule stands.
  package struct Rule: Equatable, Sendable {
    package var name: String
    package var title: String?
    package var isActive: Bool
    /// Only what completes in [from, until) counts; where the configuration has no `from`, since the rule is known.
    package var from: Moment?
    package var until: Moment?
    /// A holdout keeps back what it would make.
    package var isControl: Bool
    package var steps: [StepPlan]
    /// Complete and not expired, newest first.
    package var occasions: [Occasion] = []
    /// Under way, those that came furthest first; at most ``attemptsShownMax``.
    package var attempts: [Attempt] = []
    package var attemptCount = 0
    /// The newest that came to nothing, where nothing is complete or under way.
    package var ended: Attempt?

    package static let attemptsShownMax = 3
  }

  package struct Occasion: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
      case made(SuggestionID)
      /// Refused by `again_after`: answered for good.
      case refusedForGood
      /// Answered with a newer one, or not the newest.
      case passedOver
      /// Each channel in the order tried, up to the first that nothing is against.
      case candidate([Channel])
    }
    package var completed: Moment
    package var expires: Moment
    package var journey: JourneyID?
    package var because: [Cause]
    package var score: Score?
    package var answer: Answer
    /// When time alone can change the answer next.
    package var next: Moment?
  }

  package struct Channel: Equatable, Sendable {
    package var channel: String
    /// The gate, as `pressure:emails_weekly`; nil where nothing is against it.
    package var refused: String?
    package var notes: [Note]
    /// When the gate opens by time alone, as far as that is known.
    package var until: Moment?
  }

  /// What a gate met.
  package enum Note: Equatable, Sendable {
    case fails(PredicatePlan)
    case holds(PredicatePlan)
    case noIdentifier(String)
    case consent(ConsentState)
    /// How the occasion's journey stands; nil: there is none.
    case journey(JourneyStatus?, phase: String?)
    case suggestion(SuggestionID)
  }

  /// One way through a rule's steps.
  package struct Attempt: Equatable, Sendable {
    package enum State: Equatable, Sendable {
      /// For an interaction or an outcome; before a moment where there is a bound.
      case waitsForEvent(before: Moment?)
      case waitsForTime(until: Moment)
      /// There is no date where the step looks for one.
      case waitsForDate
      /// What must not come came; nil: an outcome.
      case broken(by: Origin?)
      case tooLate(since: Moment)
      /// Something else came in between.
      case notNext
      /// It completed then, and a suggestion was made of it.
      case made(Moment, SuggestionID)
      case expired(Moment)
      case outOfBounds(Moment)
      /// What did not hold of `given`.
      case notGiven(Moment, [PredicatePlan])
    }
    /// The step that it stands at, from 0; beyond the last: all were done.
    package var step: Int
    /// What was done so far.
    package var because: [Cause]
    /// The moment of the step before.
    package var since: Moment?
    /// Of a step with `times` how many have come.
    package var counted: Int
    package var state: State

    package var isUnderWay: Bool {
      switch state {
      case .waitsForEvent, .waitsForTime, .waitsForDate: true
      case .broken, .tooLate, .notNext, .made, .expired, .outOfBounds, .notGiven: false
      }
    }
  }
}
