import JourneyModel

/// How far one attempt at a rule's steps has come.
struct AttemptStanding {
  enum State: Equatable {
    case waitsForEvent(before: Moment?)
    case waitsForTime(Moment)
    case waitsForDate
    /// By the touch at a place; nil: by an outcome.
    case broken(by: Int?)
    case tooLate(Moment)
    case notNext
    case done
  }
  var step: Int
  var causes: [CauseRef]
  /// The moment of the step before.
  var since: Moment
  /// That of completion, where all is done.
  var time: Moment
  var counted = 0
  var state: State

  var isUnderWay: Bool {
    switch state {
    case .waitsForEvent, .waitsForTime, .waitsForDate: true
    case .broken, .tooLate, .notNext, .done: false
    }
  }

  /// Whether two runs found the same: attempts without a touch of any instance are each instance's.
  func isSame(_ other: AttemptStanding) -> Bool {
    step == other.step && since == other.since && time == other.time && state == other.state
      && causes.count == other.causes.count && zip(causes, other.causes).allSatisfy { $0 == $1 }
  }
}

extension Matching {
  /// All attempts at the rule in the order of their beginnings, also those that came to nothing.
  func standings() -> [AttemptStanding] {
    guard let first = rule.steps.first else { return [] }
    switch first {
    case .seen(let seen):
      if let outcome = seen.matcher.outcome {
        return outcomeEvents(outcome).map { event in
          look.attempt.begin()
          look.attempt.take(event, rule: outcome.rule, matching: self)
          return follow()
        }
      }
      return standings(from: seen)
    case .waitForDate(let wait):
      guard let dates = dates(of: wait) else { return [] }
      return dates.moments.map { moment in
        look.attempt.begin()
        look.attempt.wait(until: moment, cause: .trait(dates.trait), matching: self)
        return follow()
      }
    case .unseen, .wait: return []
    }
  }

  private func standings(from seen: CompiledStep.Seen) -> [AttemptStanding] {
    let customer = look.customer
    return customer.pointee.touches.indices.compactMap { index in
      guard customer.pointee.fits(seen.matcher, index, plan: look.plan), sees(index) else {
        return nil
      }
      look.attempt.begin()
      let before = look.attempt
      if look.attempt.take(seen, startingAt: index, matching: self) { return follow() }
      var standing = standing(at: 0, after: before)
      standing.causes = look.attempt.taken.map { .touch($0) }
      standing.since = customer.pointee.touches[index].time
      return standing
    }
  }

  /// Goes on behind the first step, as far as it goes.
  private func follow() -> AttemptStanding {
    var since = Moment.distantPast
    for number in 0..<rule.steps.count {
      let before = look.attempt
      if number > 0, !look.attempt.take(rule.steps[number], matching: self) {
        return standing(at: number, after: before)
      }
      if look.attempt.endsAtDeadline, look.attempt.time > look.horizon {
        return AttemptStanding(
          step: number, causes: before.causes, since: since, time: look.attempt.time,
          state: .waitsForTime(look.attempt.time))
      }
      since = look.attempt.time
    }
    return AttemptStanding(
      step: rule.steps.count, causes: look.attempt.causes, since: since, time: since, state: .done)
  }

  /// Why a step was not taken; `before` is the attempt as it was then.
  private func standing(at number: Int, after before: Attempt) -> AttemptStanding {
    var standing = AttemptStanding(
      step: number, causes: before.causes, since: before.time, time: before.time,
      state: .waitsForEvent(before: nil))
    switch rule.steps[number] {
    case .seen(let seen):
      let isOutcome = seen.matcher.outcome != nil
      standing.counted = isOutcome ? 0 : look.attempt.taken.count
      standing.state = state(of: seen, isOutcome: isOutcome, isFirst: number == 0, before)
    case .unseen(let unseen):
      let end = before.time + (unseen.span ?? .zero)
      standing.state =
        breaker(of: before, until: end) ?? .broken(by: forbidden(unseen, before, until: end))
    case .wait(let span):
      standing.state =
        breaker(of: before, until: before.time + span) ?? .tooLate(before.time + span)
    case .waitForDate(let wait): standing.state = state(of: wait, before)
    }
    return standing
  }

  private func state(
    of seen: CompiledStep.Seen, isOutcome: Bool, isFirst: Bool, _ before: Attempt
  ) -> AttemptStanding.State {
    let taken = look.attempt.taken
    if let broken = breaker(of: before, until: look.now + TimeSpan(1)) { return broken }
    if seen.immediately, !isOutcome {
      let behind = look.customer.pointee.touches.indices.dropFirst(look.attempt.position)
      if behind.count(where: { sees($0) }) > taken.count { return .notNext }
    }
    guard let within = seen.within else { return .waitsForEvent(before: nil) }
    let since = isFirst ? taken.first.map { look.customer.pointee.touches[$0].time } : before.time
    guard let end = since.map({ $0 + within }) else { return .waitsForEvent(before: nil) }
    return look.now >= end || hasTouch(at: end) ? .tooLate(end) : .waitsForEvent(before: end)
  }

  /// Whether something at or behind a moment is known already.
  private func hasTouch(at moment: Moment) -> Bool {
    look.customer.pointee.touches.last.map { $0.time >= moment } ?? false
  }

  private func state(
    of wait: CompiledStep.DateWait, _ before: Attempt
  ) -> AttemptStanding.State {
    let customer = look.customer
    let date: CalendarDate?
    switch wait.origin {
    case .trait(let name, _):
      date = latestTraitIndex(name).flatMap { CalendarDate(customer.pointee.traits[$0]) }
    case .attribute(let name):
      date =
        before.lastTouch < 0
        ? nil
        : customer.pointee.withAttribute(name, of: before.lastTouch) {
          $0.flatMap { CalendarDate($0) }
        }
    }
    guard let date else { return .waitsForDate }
    let moment = date.moment(
      from: before.time, offset: wait.offset, everyYear: wait.everyYear, zone: look.zone)
    guard let moment, moment >= before.time else { return .tooLate(before.time) }
    return breaker(of: before, until: moment) ?? .tooLate(moment)
  }

  // MARK: What came in between

  /// What broke an absence without a span that the attempt had to keep up to a moment; nil: nothing did.
  private func breaker(of attempt: Attempt, until end: Moment) -> AttemptStanding.State? {
    let touches = look.customer.pointee.touches
    for (unseen, start, since) in attempt.forbidden {
      if let outcome = unseen.matcher.outcome {
        if attempt.hasOutcome(outcome, from: since, before: end, matching: self) {
          return .broken(by: nil)
        }
        continue
      }
      for index in touches.indices.dropFirst(start)
      where touches[index].time < end && attempt.isForbidden(index, unseen, matching: self) {
        return .broken(by: index)
      }
    }
    return nil
  }

  private func forbidden(
    _ unseen: CompiledStep.Unseen, _ attempt: Attempt, until end: Moment
  ) -> Int? {
    guard unseen.matcher.outcome == nil else { return nil }
    let touches = look.customer.pointee.touches
    return touches.indices.dropFirst(look.attempt.position).first {
      touches[$0].time < end && attempt.isForbidden($0, unseen, matching: self)
    }
  }
}
