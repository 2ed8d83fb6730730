/// What an interaction, or the outcome of a suggestion, must be like (spec 3.4).
package struct MatcherPlan: Equatable, Sendable {
  /// Any of these; empty where ``outcome`` is set.
  package var touchpoints: [String] = []
  package var outcome: OutcomePlan?
  /// Any of these; nil: every channel.
  package var channels: [String]?
  package var side: CataloguePlan.Side?
  /// All of these.
  package var conditions: [AttributeCondition] = []
  package init(_ touchpoints: [String] = []) { self.touchpoints = touchpoints }
}

package struct OutcomePlan: Equatable, Sendable {
  package var suggestion: String
  /// Any of these.
  package var outcomes: [Outcome]
  package init(suggestion: String, outcomes: [Outcome]) {
    self.suggestion = suggestion
    self.outcomes = outcomes
  }
}

/// All comparisons must hold for the attribute at a dotted path, each by any element of a list.
package struct AttributeCondition: Equatable, Sendable {
  package var path: String
  package var comparisons: [Comparison]
  package init(path: String, comparisons: [Comparison]) {
    self.path = path
    self.comparisons = comparisons
  }
}

package struct Comparison: Equatable, Sendable {
  package enum Operator: String, CaseIterable, Sendable {
    case equals, not, `in`, above, atLeast = "at_least", below, atMost = "at_most", contains
    case startsWith = "starts_with"
    case exists
  }
  package var `operator`: Operator
  /// Of `in` a list; of `exists` a bool.
  package var operand: JSONValue
  package init(_ op: Operator, _ operand: JSONValue) {
    self.operator = op
    self.operand = operand
  }
}

package enum StepPlan: Equatable, Sendable {
  case seen(Seen)
  case unseen(Unseen)
  case wait(TimeSpan)
  case waitForDate(DateWait)

  package struct Seen: Equatable, Sendable {
    package var matcher: MatcherPlan
    package var times = 1
    package var within: TimeSpan?
    package var apart: TimeSpan?
    package var same: [String] = []
    package var differs: [String] = []
    package var immediately = false
    package init(_ matcher: MatcherPlan) { self.matcher = matcher }
  }
  package struct Unseen: Equatable, Sendable {
    package var matcher: MatcherPlan
    /// Nil: until the next step.
    package var span: TimeSpan?
    package var same: [String] = []
    package var differs: [String] = []
    package init(_ matcher: MatcherPlan) { self.matcher = matcher }
  }
  package struct DateWait: Equatable, Sendable {
    package enum Origin: Equatable, Sendable { case trait(String), attribute(String) }
    package var origin: Origin
    /// Negative: before the date.
    package var offset = TimeSpan.zero
    package var everyYear = false
    package init(_ origin: Origin) { self.origin = origin }
  }
}

package struct CountRange: Equatable, Sendable {
  package var least: Int
  package var most: Int?
  package init(least: Int, most: Int? = nil) {
    self.least = least
    self.most = most
  }
  package static let atLeastOnce = CountRange(least: 1)
}

package enum ConsentState: String, CaseIterable, Sendable { case granted, denied, unknown }

package enum JourneyStatus: UInt8, CaseIterable, Sendable {
  case open, won, lost, ended
  package init?(_ text: String) {
    guard let found = JourneyStatus.allCases.first(where: { "\($0)" == text }) else { return nil }
    self = found
  }
}

/// What must hold of a customer at a moment (spec 3.5).
package indirect enum PredicatePlan: Equatable, Sendable {
  case seen(MatcherPlan, within: TimeSpan?, count: CountRange)
  case unseen(MatcherPlan, within: TimeSpan?)
  case sample(name: String, share: Double)
  /// `status` nil: `is: none`, there never was one.
  case journey(String, status: JourneyStatus?, phases: [String]?)
  case satisfaction([Comparison], journey: String?)
  case trait(String, [Comparison])
  case consent(channel: String, purpose: String, ConsentState)
  case all([PredicatePlan])
  case any([PredicatePlan])
  case not(PredicatePlan)
}

package struct JourneyPlan: Equatable, Sendable {
  package struct Phase: Equatable, Sendable {
    package var name: String
    package var entries: [MatcherPlan]
    package init(_ name: String, _ entries: [MatcherPlan] = []) {
      self.name = name
      self.entries = entries
    }
  }
  package var name: String
  package var title: String?
  package var starts: [MatcherPlan]
  /// The dotted path of an attribute: one instance per value.
  package var key: String?
  package var includes: [MatcherPlan] = []
  package var includesAll = false
  /// The first is entered at the start.
  package var phases: [Phase] = []
  package var won: [MatcherPlan] = []
  package var lost: [MatcherPlan] = []
  package var endsAfter: TimeSpan?
  package init(name: String, starts: [MatcherPlan]) {
    self.name = name
    self.starts = starts
  }
}

/// What a suggestion brings along, by name.
package struct ContentPlan: Equatable, Sendable {
  package enum Origin: Equatable, Sendable {
    case attribute(String)
    case trait(String)
    case const(JSONValue)
  }
  package var name: String
  package var origin: Origin
  package init(_ name: String, _ origin: Origin) {
    self.name = name
    self.origin = origin
  }
}

package struct BoostPlan: Equatable, Sendable {
  package var condition: PredicatePlan
  package var percent: Double
  package init(condition: PredicatePlan, percent: Double) {
    self.condition = condition
    self.percent = percent
  }
}

/// One suggestion of the configuration: when it is due, for whom, what it says, and how it is weighed.
package struct RulePlan: Equatable, Sendable {
  package var name: String
  package var title: String?
  package var journey: String?
  package var journeyIs: [JourneyStatus] = [.open]
  package var phases: [String]?
  package var steps: [StepPlan]
  package var given: [PredicatePlan] = []
  package var conditions: [PredicatePlan] = []
  package var exceptions: [PredicatePlan] = []
  package var touchpoint: String
  /// In order of preference.
  package var channels: [String]
  package var content: [ContentPlan] = []
  package var purpose = "marketing"
  package var value = 1.0
  package var propensity = 1.0
  package var boosts: [BoostPlan] = []
  package var expires = TimeSpan.days(7)
  /// Nil: once per journey instance (only with a journey).
  package var againAfter: TimeSpan?
  package var isActive = true
  package var from: Moment?
  package var until: Moment?
  package init(name: String, steps: [StepPlan], touchpoint: String, channels: [String]) {
    self.name = name
    self.steps = steps
    self.touchpoint = touchpoint
    self.channels = channels
  }
}
