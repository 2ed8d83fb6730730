import JourneyModel

/// Which rules have to be looked at again, beside those that wait for a deadline or have something open.
struct Concerned {
  var all = false
  var touchpoint: NameID?
  /// A trait or a consent changed, or the customer turned out to be known longer.
  var facts = false

  static let everything = Concerned(all: true)
  static let due = Concerned()
}

/// Decides for one customer at one moment (spec 3.6): withdraws what may no longer stand, makes what may be made.
struct Decider {
  let look: Look
  let gates: Gates
  let holdout: Bool
  let trigger: Decision.Trigger
  let isDeadline: Bool
  let firstLoaded: [NameID: Moment]
  let expiredBy: Moment
  let traceparent: String
  let tracestate: String

  var effects: [Effect] = []
  var made: [SuggestionID] = []
  var withdrawn = 0
  var refusals: [Refusal] = []
  /// Occasions that came up now and had expired by the clock already.
  var expired = 0
  var candidates: [Candidate] = []

  var plan: CompiledPlan { look.plan }
  var customer: UnsafeMutablePointer<Customer> { look.customer }
  var now: Moment { look.now }

  struct Candidate {
    let rule: Int
    let occasion: Occasion
    let failed: [NameID]
    let score: Score
    let expires: Moment
    var answers: [(channel: NameID, refusal: Refusal?)] = []
    var madeAs: (channel: NameID, id: SuggestionID)?
    /// Where it could have been made, but for what was made instead.
    var couldBe: NameID?
    /// As many were open already before anything was made now.
    var wasBlocked = false
  }

  init(
    look: Look, holdout: Bool, trigger: Decision.Trigger,
    traceparent: String, tracestate: String, firstLoaded: [NameID: Moment], expiredBy: Moment
  ) {
    self.look = look
    self.holdout = holdout
    self.trigger = trigger
    self.traceparent = traceparent
    self.tracestate = tracestate
    self.firstLoaded = firstLoaded
    self.expiredBy = expiredBy
    if case .deadline = trigger { isDeadline = true } else { isDeadline = false }
    gates = Gates(look: look)
  }

  /// Runs the decision. `merged`: customers were joined just now, so that of two open ones of a rule one is left over.
  mutating func run(_ concerned: Concerned, merged: Bool, collectsDecisions: Bool) {
    var again = true
    var rounds = 0
    var wanted = concerned
    while again, rounds < 16 {
      rounds += 1
      evaluate(wanted)
      withdrawWhatFails(merged: merged && rounds == 1)
      findCandidates()
      let before = made.count + withdrawn
      makeBest()
      if rounds == 1 || made.count + withdrawn > before { record(collectsDecisions) }
      // What follows from a suggestion's own outcome may be complete at once.
      again = made.count + withdrawn > before && plan.followsOutcomes
      wanted = .due
    }
    for index in customer.pointee.suggestions.indices { wakeForSettling(index) }
  }

  /// An open one expires, and silence stands for a sending or gives a slot back.
  func wakeForSettling(_ index: Int) {
    let expires = customer.pointee.suggestions[index].expires
    let made = customer.pointee.suggestions[index].made
    guard expires > now || made + plan.longestReserve > now else { return }
    let suggestion = customer.pointee.suggestions[index]
    guard suggestion.withdrawn == nil, !suggestion.isControl else { return }
    look.wake(expires)
    if suggestion.receipts.isEmpty, suggestion.outcomes.isEmpty {
      look.wake(made + plan.reserveFor(suggestion.channel))
    }
  }

  // MARK: Candidates

  mutating func findCandidates() {
    candidates.removeAll(keepingCapacity: true)
    for entry in look.complete {
      let (number, occasions) = (entry.rule, entry.occasions)
      let rule = plan.rules[number]
      for instance in instances(of: occasions) {
        let own = occasions.filter { $0.key.instance == instance }
        let unanswered = own.filter { !isAnswered($0.key) }
        // The newest, and what failed and is tried otherwise.
        let newest = unanswered.last { !wasTried($0.key) }
        for occasion in unanswered where wasTried(occasion.key) || occasion.key == newest?.key {
          let expires = occasion.key.moment + rule.plan.expires
          guard expires > expiredBy else {
            if occasion.key.moment == now { expired += 1 }
            continue
          }
          let failed = customer.pointee.suggestions.filter { $0.isOf(occasion.key) }.map(\.channel)
          candidates.append(
            Candidate(
              rule: number, occasion: occasion, failed: failed, score: score(number, occasion.key),
              expires: expires))
        }
      }
    }
    if candidates.count > 1 { candidates.sort(by: ranksBefore) }
  }

  func instances(of occasions: [Occasion]) -> [JourneyID?] {
    guard let first = occasions.first else { return [] }
    if occasions.allSatisfy({ $0.key.instance == first.key.instance }) {
      return [first.key.instance]
    }
    return Set(occasions.map(\.key.instance)).sorted { $0?.rawValue ?? 0 < $1?.rawValue ?? 0 }
  }

  func wasTried(_ key: OccasionKey) -> Bool {
    customer.pointee.suggestions.contains { $0.isOf(key) }
  }

  func ranksBefore(_ a: Candidate, _ b: Candidate) -> Bool {
    let (x, y) = (plan.rules[a.rule], plan.rules[b.rule])
    let (xService, yService) = (x.purpose == plan.policy.service, y.purpose == plan.policy.service)
    if xService != yService { return xService }
    if a.score.total != b.score.total { return a.score.total > b.score.total }
    if a.score.propensity != b.score.propensity { return a.score.propensity > b.score.propensity }
    if a.expires != b.expires { return a.expires < b.expires }
    if x.plan.name != y.plan.name {
      return x.plan.name.utf8.lexicographicallyPrecedes(y.plan.name.utf8)
    }
    if a.occasion.key.moment != b.occasion.key.moment {
      return a.occasion.key.moment > b.occasion.key.moment
    }
    return a.occasion.key.instance?.rawValue ?? 0 < b.occasion.key.instance?.rawValue ?? 0
  }

  func order(of rule: CompiledRule, without failed: [NameID]) -> [NameID] {
    var channels = rule.channels
    if plan.policyIsOff {
      return channels.filter { !failed.contains($0) }
    }
    if let preferred = customer.pointee.traitText("preferred_channel", names: plan.names),
      let id = plan.names.lookup(preferred), let place = channels.firstIndex(of: id)
    {
      channels.remove(at: place)
      channels.insert(id, at: 0)
    }
    return channels.filter { !failed.contains($0) }
  }

  /// Asks the gates for every channel of a candidate.
  mutating func judge(_ index: Int, isFirst: Bool) {
    let candidate = candidates[index]
    let rule = plan.rules[candidate.rule]
    let key = candidate.occasion.key
    let judged = gates.judged(key, rule, view: now)
    let isControl = isControl(rule)
    let isExcluded = gates.isExcluded(rule, judged)
    let holds = gates.conditionsHold(rule, key, judged)
    let isServiceFirst = gates.isServiceFirst(rule.purpose)
    let isTooSoon = gates.isTooSoon(rule, key)
    let isFull =
      !plan.policyIsOff && !isControl
      && gates.openSuggestions(of: rule.purpose).count >= plan.policy.plan.atOnce
    if isFirst { candidates[index].wasBlocked = isFull }
    var answers: [(channel: NameID, refusal: Refusal?)] = []
    for channel in order(of: rule, without: candidate.failed) {
      var refusal: Refusal?
      if isExcluded {
        refusal = .excluded
      } else if !gates.hasAddress(channel, judged) {
        refusal = .noAddress
      } else if !gates.hasConsent(channel, rule.purpose) {
        refusal = .consent
      } else if !holds {
        refusal = .condition
      } else if isServiceFirst {
        refusal = .serviceFirst
      } else if gates.isPaused(rule, channel) {
        refusal = .paused
      } else if isTooSoon {
        refusal = .againAfter
      } else {
        refusal = laterRefusal(
          rule, channel, judged, key, isFull: isFull, wasBlocked: candidates[index].wasBlocked)
      }
      answers.append((channel, refusal))
      if refusal == nil { break }
    }
    candidates[index].answers = answers
    if isFirst { candidates[index].couldBe = passingChannel(candidates[index]) }
  }

  /// The gates that depend on what else is open or was made.
  func laterRefusal(
    _ rule: CompiledRule, _ channel: NameID, _ judged: Judged, _ key: OccasionKey, isFull: Bool,
    wasBlocked: Bool
  ) -> Refusal? {
    if isFull, wasBlocked { return .atOnce }
    if let cap = gates.fullCap(rule, channel, judged) { return .pressure(cap) }
    if gates.isQuiet(channel, completed: key.moment) { return .quietHours }
    return isFull ? .outranked : nil
  }

}
