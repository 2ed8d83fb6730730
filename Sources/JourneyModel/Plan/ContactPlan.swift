/// The contact policy (spec 2.7).
package struct ContactPlan: Equatable, Sendable {
  package enum ConsentRule: String, Sendable { case required, implied }
  package struct PurposeConsent: Equatable, Sendable {
    package var purpose: String
    package var rule: ConsentRule
    package init(purpose: String, rule: ConsentRule) {
      self.purpose = purpose
      self.rule = rule
    }
  }
  package struct Never: Equatable, Sendable {
    /// All of these.
    package var conditions: [PredicatePlan]
    /// Nil: every purpose.
    package var purposes: [String]?
    package init(conditions: [PredicatePlan], purposes: [String]? = nil) {
      self.conditions = conditions
      self.purposes = purposes
    }
  }
  package enum CapWindow: Equatable, Sendable {
    case rolling(TimeSpan)
    case calendarDay, calendarWeek, calendarMonth
  }
  package struct Cap: Equatable, Sendable {
    package var name: String
    /// Nil: every channel, every purpose.
    package var channels: [String]?
    package var purposes: [String]?
    package var max: Int
    package var window: CapWindow
    /// Binds only whom all of these hold for.
    package var condition: [PredicatePlan] = []
    package init(name: String, max: Int, window: CapWindow) {
      self.name = name
      self.max = max
      self.window = window
    }
  }
  package struct QuietHours: Equatable, Sendable {
    /// Nil: all.
    package var channels: [String]?
    /// Minutes since midnight; `until` is 1440 for 24:00.
    package var from: Int
    package var until: Int
    /// 0 is Monday.
    package var days: Set<Int> = Set(0...6)
    package var spread = TimeSpan.zero
    package init(from: Int, until: Int) {
      self.from = from
      self.until = until
    }
  }
  package struct Pause: Equatable, Sendable {
    package enum Scope: String, Sendable { case suggestion, channel, all }
    package var outcomes: [Outcome]
    package var times = 1
    /// Nil: ever.
    package var within: TimeSpan?
    package var pause: TimeSpan
    package var scope = Scope.suggestion
    package init(outcomes: [Outcome], pause: TimeSpan) {
      self.outcomes = outcomes
      self.pause = pause
    }
  }
  package struct ServiceFirst: Equatable, Sendable {
    package enum Opening: Equatable, Sendable {
      case seen(MatcherPlan)
      /// The interaction's own satisfaction.
      case satisfaction([Comparison])
    }
    package var opens: [Opening]
    package var closes: [MatcherPlan] = []
    package var key: String?
    package var coolingOff = TimeSpan.zero
    package var givesUpAfter = TimeSpan.days(30)
    package init(opens: [Opening]) { self.opens = opens }
  }
  package struct Holdout: Equatable, Sendable {
    package var share: Double
    package var every: TimeSpan
    package var purposes: [String] = ["marketing"]
    package init(share: Double, every: TimeSpan) {
      self.share = share
      self.every = every
    }
  }

  package var timezone = "UTC"
  /// Rules by purpose; a purpose that is not here is `required`.
  package var consent: [PurposeConsent] = [
    PurposeConsent(purpose: "marketing", rule: .required),
    PurposeConsent(purpose: "service", rule: .implied),
  ]
  package var atOnce = 1
  package var never: [Never] = []
  package var pressure: [Cap] = []
  package var exempt: [String] = ["service"]
  package var reserveFor = TimeSpan.hours(24)
  package var quietHours: [QuietHours] = []
  package var pauses: [Pause] = []
  package var serviceFirst: ServiceFirst?
  package var holdout: Holdout?
  package init() {}

  /// What holds without a `contact` section.
  package static let standard = ContactPlan()
}
