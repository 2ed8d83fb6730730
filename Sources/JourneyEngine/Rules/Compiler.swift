import JourneyModel

/// The configuration with every name a number and every rule listed under the touchpoints it names.
final class CompiledPlan {
  let plan: Plan
  let names: NameTable
  let journeys: [CompiledJourney]
  let rules: [CompiledRule]
  let channels: [NameID: CompiledChannel]
  let policy: CompiledPolicy
  let momentsOfTruth: Set<NameID>
  let identifierTypes: [String]
  /// Touchpoints that a rule, a journey or the policy names: they stay longest in the history.
  let named: Set<NameID>
  /// Rules to look at again when a touchpoint comes, by the touchpoint's number.
  let rulesByTouchpoint: [NameID: [Int]]
  /// Rules to look at again whatever comes.
  let rulesAlways: [Int]
  /// Rules to look at again when a trait or a consent changes, or the customer turns out to be known longer.
  let rulesByFacts: [Int]
  let followsOutcomes: Bool
  /// A condition asks for outcomes of suggestions.
  let readsOutcomes: Bool
  /// A trait's or a consent's past is asked for.
  let readsPastFacts: Bool
  let keepsIssues: Bool
  let exemptPurposes: Set<NameID>
  let longestReserve: TimeSpan
  /// How long a suggestion can still be asked for after it was made.
  let suggestionSpan: TimeSpan

  private let sides: [NameID: CataloguePlan.Side]

  /// Gates and settings left out for scenarios with `policy: off`.
  let policyIsOff: Bool

  init(_ plan: Plan, names: NameTable, policyIsOff: Bool) {
    self.plan = plan
    self.names = names
    self.policyIsOff = policyIsOff
    let compiler = NameCompiler(plan: plan, names: names)
    journeys = plan.journeys.map(compiler.journey)
    rules = plan.rules.map(compiler.rule)
    policy = compiler.policy(policyIsOff ? ContactPlan.standard : plan.contact)
    identifierTypes = plan.identity.kinds.map(\.name)
    var channels: [NameID: CompiledChannel] = [:]
    var sides: [NameID: CataloguePlan.Side] = [:]
    for channel in plan.catalogue.channels {
      let id = compiler.id(channel.name)
      channels[id] = compiler.channel(channel, withoutNeeds: policyIsOff)
      sides[id] = channel.side
    }
    self.channels = channels
    longestReserve = channels.values.map(\.reserveFor).reduce(plan.contact.reserveFor, max)
    self.sides = sides
    momentsOfTruth = Set(
      plan.catalogue.touchpoints.filter(\.isMomentOfTruth).map { compiler.id($0.name) })
    var index = TouchpointIndex()
    for (number, rule) in rules.enumerated() { index.add(rule, number, journeys: journeys) }
    rulesByTouchpoint = index.byTouchpoint
    rulesAlways = index.always
    rulesByFacts = index.byFacts
    suggestionSpan = NameCompiler.longestSpan(plan)
    named = compiler.named
    followsOutcomes = rules.contains(where: \.followsOutcomes)
    readsOutcomes = rules.contains { rule in
      var found = false
      for predicate in rule.given + rule.conditions + rule.exceptions {
        predicate.forEachMatcher { if $0.outcome != nil { found = true } }
      }
      return found
    }
    readsPastFacts = rules.contains { !$0.given.isEmpty }
    keepsIssues = policy.plan.serviceFirst != nil
    exemptPurposes = Set(policy.plan.exempt.map(compiler.id))
  }

  func side(of channel: NameID) -> CataloguePlan.Side? { sides[channel] }

  func zone(named text: String) -> TimeZone? { zones.zone(text) ?? policy.zone }
  private let zones = ZoneCache()

  func ruleIndex(_ name: NameID) -> Int? { ruleNumbers[name] }
  private lazy var ruleNumbers = Dictionary(
    rules.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  func journeyIndex(_ name: NameID) -> Int? { journeyNumbers[name] }
  private lazy var journeyNumbers = Dictionary(
    journeys.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

  func reserveFor(_ channel: NameID) -> TimeSpan {
    channels[channel]?.reserveFor ?? policy.plan.reserveFor
  }
  func expectsReceipts(_ channel: NameID) -> Bool { channels[channel]?.expectsReceipts ?? false }
}

/// Zones by name, each read once.
private final class ZoneCache {
  private var zones: [String: TimeZone?] = [:]
  func zone(_ name: String) -> TimeZone? {
    if let known = zones[name] { return known }
    let zone = TimeZone(name)
    if zones.count < Limits.planEntriesMax { zones[name] = zone }
    return zone
  }
}

private struct TouchpointIndex {
  var byTouchpoint: [NameID: [Int]] = [:]
  var always: [Int] = []
  var byFacts: [Int] = []

  mutating func add(_ rule: CompiledRule, _ number: Int, journeys: [CompiledJourney]) {
    var touchpoints: Set<NameID> = []
    var isAlways = false
    var readsFacts = !rule.given.isEmpty
    defer { if readsFacts { byFacts.append(number) } }
    func add(_ matcher: CompiledMatcher) { touchpoints.formUnion(matcher.touchpoints) }
    for step in rule.steps {
      switch step {
      case .seen(let seen):
        add(seen.matcher)
        if seen.immediately { isAlways = true }
      case .unseen(let unseen): add(unseen.matcher)
      case .wait: break
      case .waitForDate: readsFacts = true
      }
    }
    if let journey = rule.journey {
      let journey = journeys[journey]
      for matcher in journey.starts + journey.won + journey.lost + journey.includes
        + journey.phases.joined()
      {
        add(matcher)
      }
      if journey.plan.includesAll { isAlways = true }
    }
    for predicate in rule.given {
      predicate.forEachMatcher(add)
      if predicate.readsHistoryWhole { isAlways = true }
    }
    if isAlways { return always.append(number) }
    for touchpoint in touchpoints { byTouchpoint[touchpoint, default: []].append(number) }
  }
}

extension CompiledPredicate {
  /// Any contact can change its answer.
  var readsHistoryWhole: Bool {
    switch self {
    case .journey, .satisfaction: true
    case .seen, .sample, .trait, .consent: false
    case .all(let parts), .any(let parts): parts.contains(where: \.readsHistoryWhole)
    case .not(let part): part.readsHistoryWhole
    }
  }

  func forEachMatcher(_ body: (CompiledMatcher) -> Void) {
    switch self {
    case .seen(let matcher, _, _): body(matcher)
    case .sample, .journey, .satisfaction, .trait, .consent: break
    case .all(let parts), .any(let parts): for part in parts { part.forEachMatcher(body) }
    case .not(let part): part.forEachMatcher(body)
    }
  }
}

/// Turns names of the configuration into numbers, and remembers the touchpoints it met.
private final class NameCompiler {
  let plan: Plan
  let names: NameTable
  private(set) var named: Set<NameID> = []
  private let journeyNumbers: [String: Int]

  init(plan: Plan, names: NameTable) {
    self.plan = plan
    self.names = names
    journeyNumbers = Dictionary(
      plan.journeys.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The longest span by which anything looks back on suggestions.
  static func longestSpan(_ plan: Plan) -> TimeSpan {
    var longest = plan.history.keep
    func add(_ span: TimeSpan?) { if let span { longest = max(longest, span) } }
    func add(_ predicates: [PredicatePlan]) {
      for predicate in predicates {
        switch predicate {
        case .seen(_, let within, _), .unseen(_, let within): add(within)
        case .all(let parts), .any(let parts): add(parts)
        case .not(let part): add([part])
        case .sample, .journey, .satisfaction, .trait, .consent: break
        }
      }
    }
    for rule in plan.rules {
      add(rule.againAfter)
      add(rule.expires)
      add(rule.given + rule.conditions + rule.exceptions + rule.boosts.map(\.condition))
    }
    for cap in plan.contact.pressure {
      if case .rolling(let span) = cap.window { add(span) } else { add(.days(32)) }
    }
    for pause in plan.contact.pauses {
      add(pause.pause)
      add(pause.within)
    }
    add(plan.contact.reserveFor)
    add(plan.contact.holdout?.every)
    return longest
  }

  /// A table that is full answers with `*`, which no touchpoint, channel or attribute is called.
  func id(_ name: String) -> NameID { names.intern(name) ?? .any }

  func matcher(_ plan: MatcherPlan) -> CompiledMatcher {
    let touchpoints = plan.touchpoints.map(id)
    named.formUnion(touchpoints)
    return CompiledMatcher(
      touchpoints: touchpoints,
      outcome: plan.outcome.map {
        CompiledOutcome(rule: id($0.suggestion), outcomes: OutcomeSet($0.outcomes))
      }, channels: plan.channels?.map(id), side: plan.side,
      conditions: plan.conditions.map {
        CompiledCondition(
          attribute: id($0.path), comparisons: $0.comparisons.map(CompiledComparison.init))
      })
  }

  func step(_ plan: StepPlan) -> CompiledStep {
    switch plan {
    case .seen(let seen):
      .seen(
        CompiledStep.Seen(
          matcher: matcher(seen.matcher), times: seen.times, within: seen.within, apart: seen.apart,
          same: seen.same.map(id), differs: seen.differs.map(id), immediately: seen.immediately))
    case .unseen(let unseen):
      .unseen(
        CompiledStep.Unseen(
          matcher: matcher(unseen.matcher), span: unseen.span, same: unseen.same.map(id),
          differs: unseen.differs.map(id)))
    case .wait(let span): .wait(span)
    case .waitForDate(let wait):
      switch wait.origin {
      case .trait(let name):
        .waitForDate(
          CompiledStep.DateWait(
            origin: .trait(Array(name.utf8), name), offset: wait.offset, everyYear: wait.everyYear))
      case .attribute(let path):
        .waitForDate(
          CompiledStep.DateWait(
            origin: .attribute(id(path)), offset: wait.offset, everyYear: wait.everyYear))
      }
    }
  }

  func predicate(_ plan: PredicatePlan) -> CompiledPredicate {
    switch plan {
    case .seen(let matcher, let within, let count):
      return .seen(self.matcher(matcher), within: within, count: count)
    case .unseen(let matcher, let within):
      return .seen(self.matcher(matcher), within: within, count: CountRange(least: 0, most: 0))
    case .sample(let name, let share): return .sample(name: name, share: share)
    case .journey(let name, let status, let phases):
      let number = journeyNumbers[name]
      return .journey(number, status: status, phases: phases.map { self.phases($0, of: number) })
    case .satisfaction(let comparisons, let journey):
      return .satisfaction(
        comparisons.map(CompiledComparison.init), journey: journey.flatMap { journeyNumbers[$0] })
    case .trait(let name, let comparisons):
      return .trait(Array(name.utf8), comparisons.map(CompiledComparison.init))
    case .consent(let channel, let purpose, let state):
      return .consent(channel: id(channel), purpose: id(purpose), state)
    case .all(let parts): return .all(parts.map(predicate))
    case .any(let parts): return .any(parts.map(predicate))
    case .not(let part): return .not(predicate(part))
    }
  }

  private func phases(_ wanted: [String], of journey: Int?) -> [Int] {
    guard let journey else { return [] }
    return wanted.compactMap { name in plan.journeys[journey].phases.firstIndex { $0.name == name }
    }
  }

  func journey(_ plan: JourneyPlan) -> CompiledJourney {
    CompiledJourney(
      plan: plan, name: id(plan.name), starts: plan.starts.map(matcher), key: plan.key.map(id),
      includes: plan.includes.map(matcher), phases: plan.phases.map { $0.entries.map(matcher) },
      won: plan.won.map(matcher), lost: plan.lost.map(matcher))
  }

  func rule(_ rule: RulePlan) -> CompiledRule {
    let journey = rule.journey.flatMap { journeyNumbers[$0] }
    let steps = rule.steps.map(step)
    let followsOutcomes = steps.contains {
      switch $0 {
      case .seen(let seen): seen.matcher.outcome != nil
      case .unseen(let unseen): unseen.matcher.outcome != nil
      case .wait, .waitForDate: false
      }
    }
    return CompiledRule(
      plan: rule, name: id(rule.name), touchpoint: id(rule.touchpoint), journey: journey,
      journeyHasKey: journey.map { plan.journeys[$0].key != nil } ?? false,
      phases: rule.phases.map { phases($0, of: journey) }, steps: steps,
      given: rule.given.map(predicate), conditions: rule.conditions.map(predicate),
      exceptions: rule.exceptions.map(predicate), channels: rule.channels.map(id),
      purpose: id(rule.purpose), boosts: rule.boosts.map { (predicate($0.condition), $0.percent) },
      content: rule.content.map { ($0.name, content($0.origin)) },
      isExempt: plan.contact.exempt.contains(rule.purpose), followsOutcomes: followsOutcomes,
      longest: longest(steps))
  }

  private func longest(_ steps: [CompiledStep]) -> TimeSpan? {
    var sum = TimeSpan.zero
    for (number, step) in steps.enumerated() {
      switch step {
      case .seen(let seen):
        if number == 0, seen.times == 1 { continue }
        guard let within = seen.within else { return nil }
        sum = TimeSpan(sum.milliseconds.addingClamped(within.milliseconds))
      case .unseen(let unseen):
        sum = TimeSpan(sum.milliseconds.addingClamped(unseen.span?.milliseconds ?? 0))
      case .wait(let span): sum = TimeSpan(sum.milliseconds.addingClamped(span.milliseconds))
      case .waitForDate: return nil
      }
    }
    return sum
  }

  private func content(_ origin: ContentPlan.Origin) -> CompiledContent {
    switch origin {
    case .attribute(let path): .attribute(id(path))
    case .trait(let name): .trait(Array(name.utf8))
    case .const(let value): .const(value)
    }
  }

  func channel(_ channel: CataloguePlan.Channel, withoutNeeds: Bool) -> CompiledChannel {
    let kinds = plan.identity.kinds
    let needs = channel.needs.compactMap { need in kinds.firstIndex { $0.name == need } }
    return CompiledChannel(
      side: channel.side, expectsReceipts: channel.expectsReceipts,
      needs: withoutNeeds ? [] : needs.map { IdentifierType(UInt16($0)) },
      conditions: withoutNeeds ? [] : channel.needsConditions.map(predicate),
      reserveFor: channel.reserveFor ?? plan.contact.reserveFor)
  }

  func policy(_ contact: ContactPlan) -> CompiledPolicy {
    var openMatchers: [CompiledMatcher] = []
    var openSatisfactions: [[CompiledComparison]] = []
    for opening in contact.serviceFirst?.opens ?? [] {
      switch opening {
      case .seen(let plan): openMatchers.append(matcher(plan))
      case .satisfaction(let comparisons):
        openSatisfactions.append(comparisons.map(CompiledComparison.init))
      }
    }
    return CompiledPolicy(
      plan: contact, zone: TimeZone(contact.timezone) ?? TimeZone("UTC"),
      consentImplied: contact.consent.filter { $0.rule == .implied }.map { id($0.purpose) },
      never: contact.never.map { ($0.conditions.map(predicate), $0.purposes?.map(id)) },
      caps: contact.pressure.map {
        CompiledCap(
          plan: $0, channels: $0.channels?.map(id), purposes: $0.purposes?.map(id),
          condition: $0.condition.map(predicate))
      },
      quietHours: contact.quietHours.map { ($0, $0.channels?.map(id)) }, service: id("service"),
      opens: contact.serviceFirst?.opens ?? [], openMatchers: openMatchers,
      openSatisfactions: openSatisfactions,
      closes: contact.serviceFirst?.closes.map(matcher) ?? [],
      issueKey: contact.serviceFirst?.key.map(id),
      holdoutPurposes: contact.holdout?.purposes.map(id) ?? [])
  }
}
