import JourneyModel

/// When a rule completes, found by trying: written from the words of spec 3.4, for small histories.
struct SlowRule {
  let steps: [StepPlan]
  let sides: [String: CataloguePlan.Side]
  /// Everything told of the customer so far, in the order of spec 3.1.
  let told: [Happening]
  /// The contacts among it.
  let history: [Happening]

  init(_ steps: [StepPlan], _ sides: [String: CataloguePlan.Side], told: [Happening]) {
    self.steps = steps
    self.sides = sides
    self.told = told.sorted(by: Happening.comesBefore)
    history = self.told.filter(\.isContact)
  }

  struct Completion: Equatable {
    var moment: Int64
    /// It is not an interaction that completed it.
    var isDeadline: Bool
    var because: [String]
  }

  /// Every attempt that completes, in the order in which they began.
  func completions() -> [Completion] {
    switch steps[0] {
    case .seen(let seen):
      return history.indices.compactMap { index in
        fits(seen.matcher, index) ? finish(take(seen, from: Attempt(), startingAt: index)) : nil
      }
    case .waitForDate(let wait):
      guard let trait = trait(wait), let known = told.first?.time else { return [] }
      return moments(trait.value, wait).filter { $0 >= known }.map { moment in
        var attempt = Attempt()
        attempt.moment = moment
        attempt.isDeadline = true
        attempt.because = [trait.cause]
        return attempt
      }.compactMap(finish)
    case .unseen, .wait: return []
    }
  }

  /// How far an attempt has come.
  private struct Attempt {
    var moment = Int64.min
    /// The last interaction taken.
    var last = -1
    var lastSeen = -1
    var isDeadline = false
    var because: [String] = []
    /// An `unseen` without `for` that the next step ends.
    var pending: StepPlan.Unseen?
  }

  private func finish(_ begun: Attempt?) -> Completion? {
    guard var attempt = begun else { return nil }
    for step in steps.dropFirst() {
      guard let next = take(step, from: attempt) else { return nil }
      attempt = next
    }
    return Completion(
      moment: attempt.moment, isDeadline: attempt.isDeadline, because: attempt.because)
  }

  private func take(_ step: StepPlan, from attempt: Attempt) -> Attempt? {
    switch step {
    case .seen(let seen): return take(seen, from: attempt, startingAt: nil)
    case .unseen(let unseen):
      guard let span = unseen.span else {
        var next = attempt
        next.pending = unseen
        return next
      }
      let end = attempt.moment + span.milliseconds
      let isBroken = later(attempt).contains {
        history[$0].time < end && forbids(unseen, $0, attempt)
      }
      return isBroken ? nil : wait(attempt, until: end)
    case .wait(let span): return wait(attempt, until: attempt.moment + span.milliseconds)
    case .waitForDate(let wait):
      guard let (value, cause) = date(wait, attempt),
        let moment = moments(value, wait).first(where: { !wait.everyYear || $0 >= attempt.moment }),
        moment >= attempt.moment
      else { return nil }
      return self.wait(attempt, until: moment, because: cause)
    }
  }

  /// Interactions behind the step before, in the order of spec 3.1; behind a deadline those at its moment or later.
  private func later(_ attempt: Attempt) -> [Int] {
    history.indices.filter { $0 > attempt.last && history[$0].time >= attempt.moment }
  }

  private func wait(_ attempt: Attempt, until end: Int64, because cause: String? = nil) -> Attempt?
  {
    if let unseen = attempt.pending,
      later(attempt).contains(where: { history[$0].time < end && forbids(unseen, $0, attempt) })
    {
      return nil
    }
    var next = attempt
    next.moment = end
    next.isDeadline = true
    next.pending = nil
    if let cause { next.because.append(cause) }
    return next
  }

  private func take(_ seen: StepPlan.Seen, from attempt: Attempt, startingAt first: Int?)
    -> Attempt?
  {
    let places = first.map { Array($0..<history.count) } ?? later(attempt)
    var taken: [Int] = []
    for place in places {
      if taken.count == seen.times { break }
      let isApart =
        taken.last.map { last in
          seen.apart.map { history[place].time - history[last].time >= $0.milliseconds } ?? true
        } ?? true
      let compared = taken.first ?? (attempt.lastSeen >= 0 ? attempt.lastSeen : nil)
      let isWanted =
        fits(seen.matcher, place) && isApart
        && (first == place || agrees(place, with: compared, seen.same, seen.differs))
      if isWanted {
        taken.append(place)
      } else if seen.immediately {
        return nil
      }
    }
    guard taken.count == seen.times, let last = taken.last else { return nil }
    let since = first == nil ? attempt.moment : history[taken[0]].time
    if let within = seen.within, history[last].time - since >= within.milliseconds { return nil }
    if let unseen = attempt.pending,
      later(attempt).contains(where: { $0 < last && forbids(unseen, $0, attempt) })
    {
      return nil
    }
    var next = attempt
    next.moment = history[last].time
    next.last = last
    next.lastSeen = last
    next.isDeadline = false
    next.pending = nil
    next.because += taken.map { history[$0].id }
    return next
  }

  // MARK: What an interaction is like

  private func fits(_ matcher: MatcherPlan, _ index: Int) -> Bool {
    let happening = history[index]
    return matcher.touchpoints.contains(happening.touchpoint)
      && (matcher.channels?.contains(happening.channel) ?? true)
      && (matcher.side.map { sides[happening.channel] == $0 } ?? true)
      && matcher.conditions.allSatisfy { SlowWhere.fits($0, happening) }
  }

  private func forbids(_ unseen: StepPlan.Unseen, _ index: Int, _ attempt: Attempt) -> Bool {
    fits(unseen.matcher, index)
      && agrees(
        index, with: attempt.lastSeen >= 0 ? attempt.lastSeen : nil, unseen.same, unseen.differs)
  }

  private func agrees(_ index: Int, with other: Int?, _ same: [String], _ differs: [String]) -> Bool
  {
    func isEqual(_ name: String) -> Bool? {
      guard let other, let old = history[other].attribute(name),
        let new = history[index].attribute(name)
      else { return nil }
      return old == new
    }
    return same.allSatisfy { isEqual($0) == true } && differs.allSatisfy { isEqual($0) == false }
  }

  // MARK: Dates

  private func date(_ wait: StepPlan.DateWait, _ attempt: Attempt) -> (JSONValue, String)? {
    switch wait.origin {
    case .trait: return trait(wait).map { ($0.value, $0.cause) }
    case .attribute(let name):
      guard attempt.lastSeen >= 0, let value = history[attempt.lastSeen].attribute(name) else {
        return nil
      }
      return (value, "attribute:\(name)")
    }
  }

  private func trait(_ wait: StepPlan.DateWait) -> (value: JSONValue, cause: String)? {
    guard case .trait(let name) = wait.origin, let value = latest(name) else { return nil }
    return (value, "trait:\(name)")
  }

  private func latest(_ trait: String) -> JSONValue? {
    let value = told.last { $0.traits.contains { $0.name == trait } }?
      .traits.first { $0.name == trait }?.value
    return value == .null ? nil : value
  }

  private var zone: CivilClock {
    if case .string(let name)? = latest("timezone") { return CivilClock(name) }
    return CivilClock("UTC")
  }

  /// The moments that a date names, with its recurrences where it has them, in order.
  private func moments(_ value: JSONValue, _ wait: StepPlan.DateWait) -> [Int64] {
    guard case .string(let text) = value else { return [] }
    let clock = zone
    let offset = wait.offset.milliseconds
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let base: Int64
    if text.count == 10, parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), let midnight = CivilClock.day(year, month, day)
    {
      base = clock.moments(midnight).first
    } else if text.count == 20, let moment = Moment(rfc3339: text) {
      base = moment.milliseconds
    } else {
      return []
    }
    guard wait.everyYear else { return [base + offset] }
    return [base + offset] + recurrences(of: base, clock).map { $0 + offset }
  }

  private func recurrences(of base: Int64, _ clock: CivilClock) -> [Int64] {
    let day: Int64 = 86_400_000
    let local = clock.local(base)
    let date = CivilClock.date(local)
    return (1...12).compactMap { later in
      let year = date.year + later
      let midnight =
        CivilClock.day(year, date.month, date.day) ?? CivilClock.day(year, date.month, 28)
      let time = local - Int64((Double(local) / Double(day)).rounded(.down)) * day
      return midnight.map { clock.moments($0 + time).first }
    }
  }
}
