import JourneyModel

/// One attempt at a rule's steps: how far it has come.
struct Attempt {
  /// The moment of the step before.
  private(set) var time = Moment.distantPast
  private(set) var causes: [CauseRef] = []
  private(set) var lastTouch = -1
  private(set) var endsAtDeadline = false
  /// Later interactions stand at this place or behind it.
  private(set) var position = 0
  /// A moment that later interactions must not be before; not yet turned into a place, since mostly no step follows.
  private var waitsUntil: Moment?
  /// Steps of one suggestion mean the same occasion of it.
  private var bound: [(rule: NameID, occasion: OccasionKey)] = []
  /// `unseen` without a span: judged when the next step is taken.
  private(set) var forbidden: [(step: CompiledStep.Unseen, position: Int, time: Moment)] = []

  /// Places of what the last `seen` step counted.
  private(set) var taken: [Int] = []

  /// Forgets all and keeps its buffers.
  mutating func begin() {
    time = .distantPast
    if !causes.isEmpty { causes.removeAll(keepingCapacity: true) }
    lastTouch = -1
    endsAtDeadline = false
    position = 0
    waitsUntil = nil
    if !bound.isEmpty { bound.removeAll(keepingCapacity: true) }
    if !forbidden.isEmpty { forbidden.removeAll(keepingCapacity: true) }
  }

  /// Takes the next step, and says whether that was possible.
  mutating func take(_ step: CompiledStep, matching: Matching) -> Bool {
    if let moment = waitsUntil {
      position = Swift.max(position, matching.look.customer.pointee.firstIndex(at: moment))
      waitsUntil = nil
    }
    switch step {
    case .seen(let seen):
      if let outcome = seen.matcher.outcome {
        return takeOutcome(outcome, seen, matching: matching)
      }
      return take(seen, startingAt: nil, matching: matching)
    case .unseen(let unseen):
      guard let span = unseen.span else {
        forbidden.append((unseen, position, time))
        return true
      }
      return takeAbsence(unseen, span, matching: matching)
    case .wait(let span):
      guard isQuiet(before: time + span, matching: matching) else { return false }
      wait(until: time + span, cause: nil, matching: matching)
      return true
    case .waitForDate(let date): return takeDate(date, matching: matching)
    }
  }

  /// Takes a `seen` step, as the first one from a given place, else from the next that fits.
  mutating func take(_ seen: CompiledStep.Seen, startingAt first: Int?, matching: Matching) -> Bool
  {
    let customer = matching.look.customer
    let previous = lastTouch
    taken.removeAll(keepingCapacity: true)
    var index = first ?? position
    let end = customer.pointee.touches.count
    while taken.count < seen.times, index < end {
      defer { index += 1 }
      guard matching.sees(index) else { continue }
      let touch = customer.pointee.touches[index]
      if let within = seen.within {
        // The bound is exclusive, after the step before or, of the first step, after its own first event.
        let since = first == nil ? time : taken.first.map { customer.pointee.touches[$0].time }
        if let since, touch.time - since >= within { return false }
      }
      let reference = taken.first ?? (previous >= 0 ? previous : nil)
      let fits =
        customer.pointee.fits(seen.matcher, index, plan: matching.look.plan)
        && agrees(
          index, with: reference, same: seen.same, differs: seen.differs, matching: matching)
      guard fits else {
        if seen.immediately { return false }
        continue
      }
      if let apart = seen.apart, let last = taken.last,
        touch.time - customer.pointee.touches[last].time < apart
      {
        if seen.immediately { return false }
        continue
      }
      taken.append(index)
    }
    guard taken.count == seen.times, let last = taken.last else { return false }
    guard isQuiet(upTo: last, matching: matching) else { return false }
    for index in taken { causes.append(.touch(index)) }
    time = customer.pointee.touches[last].time
    position = last + 1
    lastTouch = last
    endsAtDeadline = false
    return true
  }

  /// Starts at an outcome.
  mutating func take(_ event: OutcomeEvent, rule: NameID, matching: Matching) {
    bound.append((rule, event.occasion))
    causes.append(.outcome(suggestion: event.suggestion, event.outcome, event.time))
    time = event.time
    position = Swift.max(position, matching.look.customer.pointee.firstIndex(after: event.time))
    endsAtDeadline = false
  }

  private mutating func takeOutcome(
    _ outcome: CompiledOutcome, _ seen: CompiledStep.Seen, matching: Matching
  ) -> Bool {
    let occasion = bound.first { $0.rule == outcome.rule }?.occasion
    let event = matching.outcomeEvents(outcome).first { event in
      event.time >= time && (occasion == nil || occasion == event.occasion)
        && !hasUsed(event)
    }
    guard let event else { return false }
    if let within = seen.within, event.time - time >= within { return false }
    guard isQuiet(upToOutcomeAt: event.time, matching: matching) else { return false }
    take(event, rule: outcome.rule, matching: matching)
    return true
  }

  private func hasUsed(_ event: OutcomeEvent) -> Bool {
    causes.contains {
      if case .outcome(let suggestion, let outcome, _) = $0 {
        return suggestion == event.suggestion && outcome == event.outcome
      }
      return false
    }
  }

  private mutating func takeAbsence(
    _ unseen: CompiledStep.Unseen, _ span: TimeSpan, matching: Matching
  ) -> Bool {
    let end = time + span
    guard isQuiet(before: end, matching: matching) else { return false }
    if let outcome = unseen.matcher.outcome {
      if hasOutcome(outcome, from: time, before: end, matching: matching) { return false }
    } else {
      let customer = matching.look.customer
      // Of interactions at the very moment of the step before only those behind it in the order count.
      var index = position
      while index < customer.pointee.touches.count, customer.pointee.touches[index].time < end {
        if isForbidden(index, unseen, matching: matching) { return false }
        index += 1
      }
    }
    wait(until: end, cause: nil, matching: matching)
    return true
  }

  private mutating func takeDate(_ wait: CompiledStep.DateWait, matching: Matching) -> Bool {
    let customer = matching.look.customer
    let date: CalendarDate?
    let cause: CauseRef
    switch wait.origin {
    case .trait(let name, _):
      guard let index = matching.latestTraitIndex(name) else { return false }
      date = CalendarDate(customer.pointee.traits[index])
      cause = .trait(index)
    case .attribute(let name):
      guard lastTouch >= 0 else { return false }
      date = customer.pointee.withAttribute(name, of: lastTouch) { $0.flatMap { CalendarDate($0) } }
      cause = .attribute(touch: lastTouch, name: name)
    }
    guard
      let moment = date?.moment(
        from: time, offset: wait.offset, everyYear: wait.everyYear, zone: matching.look.zone),
      moment >= time, isQuiet(before: moment, matching: matching)
    else { return false }
    self.wait(until: moment, cause: cause, matching: matching)
    return true
  }

  /// Goes on at a moment that time alone brings.
  mutating func wait(until moment: Moment, cause: CauseRef?, matching: Matching) {
    time = moment
    waitsUntil = moment
    if let cause { causes.append(cause) }
    endsAtDeadline = true
  }

  // MARK: What must not have come in between

  private mutating func isQuiet(upTo last: Int, matching: Matching) -> Bool {
    guard !forbidden.isEmpty else { return true }
    let end = matching.look.customer.pointee.touches[last].time
    return isQuiet(matching: matching, touches: { $0 < last }, outcomesBefore: end)
  }

  private mutating func isQuiet(upToOutcomeAt end: Moment, matching: Matching) -> Bool {
    guard !forbidden.isEmpty else { return true }
    let touches = matching.look.customer.pointee.firstIndex(after: end)
    return isQuiet(matching: matching, touches: { $0 < touches }, outcomesBefore: end)
  }

  private mutating func isQuiet(before end: Moment, matching: Matching) -> Bool {
    guard !forbidden.isEmpty else { return true }
    let touches = matching.look.customer.pointee.firstIndex(at: end)
    return isQuiet(matching: matching, touches: { $0 < touches }, outcomesBefore: end)
  }

  private mutating func isQuiet(
    matching: Matching, touches: (Int) -> Bool, outcomesBefore end: Moment
  ) -> Bool {
    defer { forbidden.removeAll(keepingCapacity: true) }
    for (unseen, start, since) in forbidden {
      if let outcome = unseen.matcher.outcome {
        if hasOutcome(outcome, from: since, before: end, matching: matching) { return false }
        continue
      }
      var index = start
      while index < matching.look.customer.pointee.touches.count, touches(index) {
        if isForbidden(index, unseen, matching: matching) { return false }
        index += 1
      }
    }
    return true
  }

  func isForbidden(_ index: Int, _ unseen: CompiledStep.Unseen, matching: Matching) -> Bool {
    matching.look.customer.pointee.fits(unseen.matcher, index, plan: matching.look.plan)
      && matching.sees(index)
      && agrees(
        index, with: lastTouch >= 0 ? lastTouch : nil, same: unseen.same, differs: unseen.differs,
        matching: matching)
  }

  func hasOutcome(
    _ outcome: CompiledOutcome, from start: Moment, before end: Moment, matching: Matching
  ) -> Bool {
    let occasion = bound.first { $0.rule == outcome.rule }?.occasion
    return matching.outcomeEvents(outcome).contains { event in
      event.time >= start && event.time < end && (occasion == nil || occasion == event.occasion)
        && !hasUsed(event)
    }
  }

  private func agrees(
    _ index: Int, with reference: Int?, same: [NameID], differs: [NameID], matching: Matching
  ) -> Bool {
    guard !same.isEmpty || !differs.isEmpty, let reference else { return true }
    let customer = matching.look.customer
    func compare(_ name: NameID, _ wanted: Bool) -> Bool {
      customer.pointee.withAttribute(name, of: reference) { old in
        customer.pointee.withAttribute(name, of: index) { new in
          guard let old, let new, old.kind != .null, new.kind != .null else { return false }
          return old.sameValue(as: new) == wanted
        }
      }
    }
    return same.allSatisfy { compare($0, true) } && differs.allSatisfy { compare($0, false) }
  }
}
