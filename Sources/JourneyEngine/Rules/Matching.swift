import JourneyModel

/// Matches one rule's steps against one customer's history (spec 3.4).
///
/// Every interaction, outcome or date that fits the first step starts an attempt; an attempt is run from scratch, so that
/// late interactions, merges and changed rules need no other code.
struct Matching {
  let look: Look
  let rule: CompiledRule
  /// The history as it was at this moment: what has left it before is not seen.
  let view: Moment
  /// Of a keyed journey: the instance whose attempts are wanted and the fold that tells what belongs to others.
  let instance: Int?
  let fold: JourneyFold?
  /// Only what completes at or after this moment is wanted.
  let since: Moment

  private(set) var occasions: [Occasion] = []
  private var customer: UnsafeMutablePointer<Customer> { look.customer }

  init(
    look: Look, rule: CompiledRule, view: Moment, instance: Int?, fold: JourneyFold?, since: Moment
  ) {
    self.since = since
    self.look = look
    self.rule = rule
    self.view = view
    self.instance = instance
    self.fold = fold
  }

  /// Finds all completed occasions, each moment once; which instance they belong to is not yet said.
  mutating func run() {
    guard let first = rule.steps.first else { return }
    switch first {
    case .seen(let seen):
      if let outcome = seen.matcher.outcome {
        startAtOutcomes(outcome)
      } else {
        startAtTouches(seen)
      }
    case .waitForDate(let wait): startAtDates(wait)
    case .unseen, .wait: return
    }
  }

  func sees(_ index: Int) -> Bool {
    guard customer.pointee.touches[index].isKept(at: view) else { return false }
    guard let fold, let instance else { return true }
    let member = fold.membership[index]
    return member < 0 || member == instance
  }

  private mutating func startAtTouches(_ seen: CompiledStep.Seen) {
    // An attempt that began earlier would have completed, or failed, before what is wanted.
    // What completes at a deadline that the clock has not reached does not expire before it is.
    let earliest = min(since, look.horizon + TimeSpan(1))
    var index = rule.longest.map { customer.pointee.firstIndex(at: earliest - $0) } ?? 0
    while index < customer.pointee.touches.count {
      defer { index += 1 }
      guard customer.pointee.fits(seen.matcher, index, plan: look.plan), sees(index) else {
        continue
      }
      look.attempt.begin()
      guard look.attempt.take(seen, startingAt: index, matching: self) else { continue }
      finish()
    }
  }

  private mutating func startAtOutcomes(_ outcome: CompiledOutcome) {
    for event in outcomeEvents(outcome) {
      look.attempt.begin()
      look.attempt.take(event, rule: outcome.rule, matching: self)
      finish()
    }
  }

  private mutating func startAtDates(_ wait: CompiledStep.DateWait) {
    guard let dates = dates(of: wait) else { return }
    for moment in dates.moments {
      look.attempt.begin()
      look.attempt.wait(until: moment, cause: .trait(dates.trait), matching: self)
      finish()
    }
  }

  /// The moments that a date in a trait names, as far as they can matter: those that have passed and the next one.
  func dates(of wait: CompiledStep.DateWait) -> (trait: Int, moments: [Moment])? {
    guard case .trait(let name, _) = wait.origin,
      let index = latestTraitIndex(name), let date = CalendarDate(customer.pointee.traits[index])
    else { return nil }
    let known = customer.pointee.firstSeen
    // With steps behind it an attempt can have begun in any year.
    let isShort = wait.everyYear && rule.steps.count == 1
    var moments: [Moment] = []
    var moment = date.moment(
      from: isShort ? Swift.max(known, look.now - rule.plan.expires - .days(366)) : known,
      offset: wait.offset, everyYear: wait.everyYear, zone: look.zone)
    // Those that have passed, one a year, and the next one that will come.
    while let found = moment, found >= known {
      moments.append(found)
      guard wait.everyYear, found <= look.now else { break }
      moment = date.moment(
        from: found + TimeSpan(1), offset: wait.offset, everyYear: true, zone: look.zone)
    }
    return (index, moments)
  }

  /// Runs the attempt through the steps behind the first.
  private mutating func finish() {
    for number in 1..<max(1, rule.steps.count) {
      guard look.attempt.take(rule.steps[number], matching: self) else { return }
    }
    if look.attempt.endsAtDeadline, look.attempt.time > look.horizon {
      look.wakeForDeadline(look.attempt.time)
      return
    }
    guard look.attempt.time >= since else { return }
    let attempt = look.attempt
    let moment = attempt.time
    if let known = occasions.firstIndex(where: { $0.key.moment == moment }) {
      // Attempts that complete at one moment are one occasion, and the one that began first names it.
      if isEarlier(attempt, than: occasions[known]) {
        occasions[known].causes = attempt.causes
        occasions[known].lastTouch = attempt.lastTouch
      }
      return
    }
    occasions.append(
      Occasion(
        key: OccasionKey(rule: rule.name, instance: nil, moment: moment), causes: attempt.causes,
        lastTouch: attempt.lastTouch))
  }

  private func isEarlier(_ attempt: Attempt, than known: Occasion) -> Bool {
    guard let new = attempt.causes.first, let old = known.causes.first else { return false }
    switch (new, old) {
    case (.touch(let a), .touch(let b)): return a < b
    default: return start(of: new) < start(of: old)
    }
  }

  private func start(of cause: CauseRef) -> Moment {
    switch cause {
    case .touch(let index), .attribute(let index, _): customer.pointee.touches[index].time
    case .outcome(_, _, let time): time
    case .trait(let index): customer.pointee.traits[index].origin.time
    }
  }

  func latestTraitIndex(_ name: [UInt8]) -> Int? {
    var latest: Int?
    let traits = customer.pointee.traits
    for index in traits.indices where traits[index].name == name {
      if let known = latest, !traits[known].origin.precedes(traits[index].origin, names: look.names)
      {
        continue
      }
      latest = index
    }
    return latest
  }
}

/// An outcome of one occasion of a suggestion, all that was tried of it on one channel after another.
struct OutcomeEvent {
  let suggestion: Int
  let occasion: OccasionKey
  let outcome: Outcome
  let time: Moment
}

extension Matching {
  /// The earliest outcome of a set of each occasion of a suggestion, in order of time.
  func outcomeEvents(_ wanted: CompiledOutcome) -> [OutcomeEvent] {
    var events: [OutcomeEvent] = []
    let suggestions = customer.pointee.suggestions
    for index in suggestions.indices where suggestions[index].rule == wanted.rule {
      guard
        let found = suggestions[index].earliest(of: wanted.outcomes, at: look.now, plan: look.plan)
      else { continue }
      let event = OutcomeEvent(
        suggestion: index, occasion: suggestions[index].key, outcome: found.outcome,
        time: found.time)
      if let known = events.firstIndex(where: { $0.occasion == event.occasion }) {
        if event.time < events[known].time { events[known] = event }
      } else {
        events.append(event)
      }
    }
    return events.sorted { ($0.time, $0.suggestion) < ($1.time, $1.suggestion) }
  }
}
