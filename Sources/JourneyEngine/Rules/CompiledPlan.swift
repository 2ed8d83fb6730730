import JourneyModel

/// What an interaction must be like, with names as numbers.
final class CompiledMatcher {
  let touchpoints: [NameID]
  let outcome: CompiledOutcome?
  let channels: [NameID]?
  let side: CataloguePlan.Side?
  let conditions: [CompiledCondition]

  init(
    touchpoints: [NameID], outcome: CompiledOutcome?, channels: [NameID]?,
    side: CataloguePlan.Side?,
    conditions: [CompiledCondition]
  ) {
    self.touchpoints = touchpoints
    self.outcome = outcome
    self.channels = channels
    self.side = side
    self.conditions = conditions
  }

  /// Nothing but the touchpoint matters, so that counters can answer.
  var isPlain: Bool { channels == nil && side == nil && conditions.isEmpty && outcome == nil }
}

struct CompiledOutcome {
  let rule: NameID
  let outcomes: OutcomeSet
}

struct CompiledCondition {
  let attribute: NameID
  let comparisons: [CompiledComparison]
}

struct OutcomeSet {
  var bits: UInt16 = 0
  init(_ outcomes: [Outcome]) { for outcome in outcomes { bits |= 1 << UInt16(outcome.rawValue) } }
  func contains(_ outcome: Outcome) -> Bool { bits & (1 << UInt16(outcome.rawValue)) != 0 }
}

enum CompiledStep {
  case seen(Seen)
  case unseen(Unseen)
  case wait(TimeSpan)
  case waitForDate(DateWait)

  final class Seen {
    let matcher: CompiledMatcher
    let times: Int
    let within: TimeSpan?
    let apart: TimeSpan?
    let same: [NameID]
    let differs: [NameID]
    let immediately: Bool

    init(
      matcher: CompiledMatcher, times: Int, within: TimeSpan?, apart: TimeSpan?, same: [NameID],
      differs: [NameID], immediately: Bool
    ) {
      self.matcher = matcher
      self.times = times
      self.within = within
      self.apart = apart
      self.same = same
      self.differs = differs
      self.immediately = immediately
    }
  }
  final class Unseen {
    let matcher: CompiledMatcher
    let span: TimeSpan?
    let same: [NameID]
    let differs: [NameID]

    init(
      matcher: CompiledMatcher, span: TimeSpan?, same: [NameID], differs: [NameID]
    ) {
      self.matcher = matcher
      self.span = span
      self.same = same
      self.differs = differs
    }
  }
  final class DateWait {
    enum Origin { case trait([UInt8], String), attribute(NameID) }
    let origin: Origin
    let offset: TimeSpan
    let everyYear: Bool

    init(
      origin: Origin, offset: TimeSpan, everyYear: Bool
    ) {
      self.origin = origin
      self.offset = offset
      self.everyYear = everyYear
    }
  }
}

indirect enum CompiledPredicate {
  case seen(CompiledMatcher, within: TimeSpan?, count: CountRange)
  case sample(name: String, share: Double)
  case journey(Int?, status: JourneyStatus?, phases: [Int]?)
  case satisfaction([CompiledComparison], journey: Int?)
  case trait([UInt8], [CompiledComparison])
  case consent(channel: NameID, purpose: NameID, ConsentState)
  case all([CompiledPredicate])
  case any([CompiledPredicate])
  case not(CompiledPredicate)
}

final class CompiledRule {
  let plan: RulePlan
  let name: NameID
  let touchpoint: NameID
  let journey: Int?
  let journeyHasKey: Bool
  let phases: [Int]?
  let steps: [CompiledStep]
  let given: [CompiledPredicate]
  let conditions: [CompiledPredicate]
  let exceptions: [CompiledPredicate]
  let channels: [NameID]
  let purpose: NameID
  let boosts: [(condition: CompiledPredicate, percent: Double)]
  let content: [(name: String, origin: CompiledContent)]
  let isExempt: Bool
  /// Steps or what is given follow from outcomes, traits or dates, so that touchpoints alone do not tell when to look.
  let followsOutcomes: Bool
  /// The longest an attempt can take from its first interaction to its end; nil where nothing bounds it.
  let longest: TimeSpan?

  init(
    plan: RulePlan,
    name: NameID,
    touchpoint: NameID,
    journey: Int?,
    journeyHasKey: Bool,
    phases: [Int]?,
    steps: [CompiledStep],
    given: [CompiledPredicate],
    conditions: [CompiledPredicate],
    exceptions: [CompiledPredicate],
    channels: [NameID],
    purpose: NameID,
    boosts: [(condition: CompiledPredicate, percent: Double)],
    content: [(name: String, origin: CompiledContent)],
    isExempt: Bool,
    followsOutcomes: Bool,
    longest: TimeSpan?
  ) {
    self.plan = plan
    self.name = name
    self.touchpoint = touchpoint
    self.journey = journey
    self.journeyHasKey = journeyHasKey
    self.phases = phases
    self.steps = steps
    self.given = given
    self.conditions = conditions
    self.exceptions = exceptions
    self.channels = channels
    self.purpose = purpose
    self.boosts = boosts
    self.content = content
    self.isExempt = isExempt
    self.followsOutcomes = followsOutcomes
    self.longest = longest
  }
}

enum CompiledContent {
  case attribute(NameID)
  case trait([UInt8])
  case const(JSONValue)
}

final class CompiledJourney {
  let plan: JourneyPlan
  let name: NameID
  let starts: [CompiledMatcher]
  let key: NameID?
  let includes: [CompiledMatcher]
  let phases: [[CompiledMatcher]]
  let won: [CompiledMatcher]
  let lost: [CompiledMatcher]

  init(
    plan: JourneyPlan,
    name: NameID,
    starts: [CompiledMatcher],
    key: NameID?,
    includes: [CompiledMatcher],
    phases: [[CompiledMatcher]],
    won: [CompiledMatcher],
    lost: [CompiledMatcher]
  ) {
    self.plan = plan
    self.name = name
    self.starts = starts
    self.key = key
    self.includes = includes
    self.phases = phases
    self.won = won
    self.lost = lost
  }

  func phaseIndex(_ name: String) -> Int? { plan.phases.firstIndex { $0.name == name } }
}

final class CompiledChannel {
  let side: CataloguePlan.Side
  let expectsReceipts: Bool
  let needs: [IdentifierType]
  let conditions: [CompiledPredicate]
  let reserveFor: TimeSpan

  init(
    side: CataloguePlan.Side,
    expectsReceipts: Bool,
    needs: [IdentifierType],
    conditions: [CompiledPredicate],
    reserveFor: TimeSpan
  ) {
    self.side = side
    self.expectsReceipts = expectsReceipts
    self.needs = needs
    self.conditions = conditions
    self.reserveFor = reserveFor
  }
}

final class CompiledCap {
  let plan: ContactPlan.Cap
  let channels: [NameID]?
  let purposes: [NameID]?
  let condition: [CompiledPredicate]

  init(
    plan: ContactPlan.Cap,
    channels: [NameID]?,
    purposes: [NameID]?,
    condition: [CompiledPredicate]
  ) {
    self.plan = plan
    self.channels = channels
    self.purposes = purposes
    self.condition = condition
  }
}

struct CompiledPolicy {
  let plan: ContactPlan
  let zone: TimeZone?
  let consentImplied: [NameID]
  let never: [(conditions: [CompiledPredicate], purposes: [NameID]?)]
  let caps: [CompiledCap]
  let quietHours: [(plan: ContactPlan.QuietHours, channels: [NameID]?)]
  let service: NameID
  let opens: [ContactPlan.ServiceFirst.Opening]
  let openMatchers: [CompiledMatcher]
  let openSatisfactions: [[CompiledComparison]]
  let closes: [CompiledMatcher]
  let issueKey: NameID?
  let holdoutPurposes: [NameID]
}
