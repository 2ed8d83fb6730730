import JourneyModel

// Deciding, and the deadline that comes next.
extension Worker {
  /// The id is shown in decisions only.
  func trigger(of interaction: Interaction) -> Decision.Trigger {
    .interaction(collects.contains(.decisions) ? interaction.text(interaction.id) : "")
  }

  func decide(
    _ ref: CustomerRef, at clock: Moment, trigger: Decision.Trigger, _ concerned: Concerned,
    merged: Bool,
    interaction: Interaction?
  ) {
    let now = max(clock, customers.pointer(ref).pointee.newest)
    // A deadline that the clock has not passed, its grace included, is not reached yet.
    let horizon = clock - plan.time.grace - TimeSpan(1)
    decide(
      ref, now: now, horizon: horizon, trigger: trigger, concerned, merged: merged,
      interaction: interaction)
  }

  func decide(
    _ ref: CustomerRef, now: Moment, horizon: Moment, trigger: Decision.Trigger,
    _ concerned: Concerned,
    merged: Bool, interaction: Interaction?
  ) {
    let customer = customers.pointer(ref)
    noteID(of: ref)
    counts.evicted += customer.pointee.forget(at: now, plan: compiled)
    if collectsChanges { changed.insert(ref) }
    // A deadline that came up has to be followed by the next one.
    let isDeadline = if case .deadline = trigger { true } else { false }
    guard isDeadline || mustDecide(customer, concerned, at: now) else {
      return schedule(ref, min(customer.pointee.due, tidyTime(of: customer, at: now)))
    }
    look.begin(customer, now: now, horizon: horizon)
    var decider = Decider(
      look: look, holdout: mode.holdout, trigger: trigger,
      traceparent: interaction.map { $0.text($0.traceparent) } ?? "",
      tracestate: interaction.map { $0.text($0.tracestate) } ?? "", firstLoaded: boundsOfRules,
      expiredBy: expiredBy)
    decider.run(concerned, merged: merged, collectsDecisions: collects.contains(.decisions))
    finish(decider, ref)
  }

  func finish(_ decider: Decider, _ ref: CustomerRef) {
    for id in decider.made { holders[id] = ref }
    for effect in decider.effects {
      switch effect {
      case .made(let made): if made.isControl { counts.control += 1 } else { counts.made += 1 }
      case .withdrawn: counts.withdrawn += 1
      case .decided, .identity, .gone: break
      }
    }
    counts.expired += decider.expired
    for refusal in decider.refusals {
      let name = if case .pressure = refusal { "pressure" } else { refusal.name }
      counts.refused[name, default: 0] += 1
    }
    log.append(decider.effects)
    let customer = look.customer
    if customer.pointee.suggestions.count > 8 || customer.pointee.touches.isEmpty {
      let gone = customer.pointee.forgetSuggestions(
        before: look.now - compiled.suggestionSpan, at: look.now, plan: compiled)
      for id in gone { holders[id] = nil }
    }
    schedule(ref, min(look.next, tidyTime(of: customer, at: look.now)))
  }

  /// When a customer who does nothing more is looked at, so that what has left the history leaves the row as well.
  ///
  /// It moves once a day only, not with every interaction, and at another time of the day for everyone.
  private func tidyTime(
    of customer: UnsafeMutablePointer<Customer>, at now: Moment
  ) -> Moment {
    let day = TimeSpan.days(1).milliseconds
    guard let last = customer.pointee.lastKept(span: compiled.suggestionSpan),
      last.milliseconds < .max - 2 * day
    else { return .distantFuture }
    let time = Int64(bitPattern: customer.pointee.id.rawValue % UInt64(day))
    return Moment((max(last, now).milliseconds / day + 1) * day + time)
  }

  /// Whether anything can be decided: mostly no rule names what came, and nothing is open or due.
  func mustDecide(
    _ customer: UnsafeMutablePointer<Customer>, _ concerned: Concerned, at now: Moment
  ) -> Bool {
    if concerned.all || !compiled.rulesAlways.isEmpty { return true }
    if concerned.facts, !compiled.rulesByFacts.isEmpty { return true }
    if let touchpoint = concerned.touchpoint, compiled.rulesByTouchpoint[touchpoint] != nil {
      return true
    }
    for waiting in customer.pointee.waiting where waiting.hasUnanswered || waiting.next <= now {
      return true
    }
    for suggestion in customer.pointee.suggestions where suggestion.expires > now { return true }
    return false
  }
}
