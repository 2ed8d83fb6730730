import JourneyModel

// Which rules are complete.
extension Decider {
  mutating func evaluate(_ concerned: Concerned) {
    look.clearNumbers()
    if concerned.all { for number in plan.rules.indices { look.add(number) } }
    if concerned.facts { for number in plan.rulesByFacts { look.add(number) } }
    if let touchpoint = concerned.touchpoint {
      for number in plan.rulesByTouchpoint[touchpoint] ?? [] { look.add(number) }
      for number in plan.rulesAlways { look.add(number) }
    }
    for waiting in customer.pointee.waiting where waiting.hasUnanswered || waiting.next <= now {
      if let number = plan.ruleIndex(waiting.rule) { look.add(number) }
    }
    // What is open has to stand, and what failed may be tried otherwise.
    for index in customer.pointee.suggestions.indices
    where now < customer.pointee.suggestions[index].expires && isLive(index) {
      if let number = plan.ruleIndex(customer.pointee.suggestions[index].rule) { look.add(number) }
    }
    if plan.followsOutcomes, !customer.pointee.suggestions.isEmpty {
      for number in plan.rules.indices where plan.rules[number].followsOutcomes { look.add(number) }
    }
    customer.pointee.waiting.removeAll { waiting in
      plan.ruleIndex(waiting.rule).map { look.isLookedAt($0) } ?? true
    }
    for waiting in customer.pointee.waiting { look.wakeForDeadline(waiting.next) }
    look.complete.removeAll(keepingCapacity: true)
    look.numbers.sort()
    for number in look.numbers { evaluate(number) }
  }

  /// Open, or failed and to be tried otherwise.
  func isLive(_ index: Int) -> Bool {
    let suggestion = customer.pointee.suggestions[index]
    return suggestion.withdrawn == nil
      && (suggestion.hasFailed(plan) || suggestion.isOpen(at: now, plan: plan))
  }

  func evaluate(_ number: Int) {
    let outer = look.next
    look.next = .distantFuture
    let occasions = occasions(of: number, view: now)
    if !occasions.isEmpty {
      look.complete.append(RuleOccasions(rule: number, occasions: occasions))
    }
    if plan.rules[number].journey != nil { followInstances(of: number, occasions) }
    let next = look.next
    look.next = min(outer, next)
    let hasUnanswered = occasions.contains { !isAnswered($0.key) }
    if next < .distantFuture || hasUnanswered {
      customer.pointee.waiting.append(
        WaitingRule(rule: plan.rules[number].name, next: next, hasUnanswered: hasUnanswered))
    }
  }

  /// A late interaction can give a journey an earlier start, and so another id: what was suggested in it is the same.
  private func followInstances(of number: Int, _ occasions: [Occasion]) {
    let rule = plan.rules[number]
    let presentation = Presentation(look: look)
    for index in customer.pointee.suggestions.indices
    where customer.pointee.suggestions[index].rule == rule.name {
      let key = customer.pointee.suggestions[index].key
      if occasions.contains(where: { $0.key == key }) { continue }
      let same = occasions.first { occasion in
        occasion.key.moment == key.moment
          && presentation.origin(of: occasion) == customer.pointee.suggestions[index].origin
          && !customer.pointee.suggestions.contains { $0.isOf(occasion.key) }
      }
      if let same { customer.pointee.suggestions[index].instance = same.key.instance }
    }
    for index in customer.pointee.answered.indices
    where customer.pointee.answered[index].rule == rule.name {
      let answer = customer.pointee.answered[index]
      let then = occasions.filter { $0.key.moment == answer.moment }
      if then.count == 1, let same = then.first, same.key.instance != answer.instance {
        customer.pointee.answered[index].instance = same.key.instance
      }
    }
  }

  /// The unexpired occasions of a rule, oldest first, with the history as it was at `view`.
  func occasions(of number: Int, view: Moment) -> [Occasion] {
    let rule = plan.rules[number]
    guard rule.plan.isActive else { return [] }
    var since = now - rule.plan.expires + TimeSpan(1)
    if let from = rule.plan.from ?? firstLoaded[rule.name] { since = max(since, from) }
    let until = rule.plan.until ?? .distantFuture
    var found: [Occasion] = []
    guard let journey = rule.journey else {
      var matching = Matching(
        look: look, rule: rule, view: view, instance: nil, fold: nil, since: since)
      matching.run()
      found = matching.occasions
      if found.isEmpty { return found }
      found.removeAll { $0.key.moment >= until || !given(rule, $0.key) }
      if found.count > 1 { found.sort { $0.key.moment < $1.key.moment } }
      return found
    }
    let fold = look.fold(journey)
    let runs: [Int?] =
      rule.journeyHasKey && !fold.instances.isEmpty ? fold.instances.indices.map { $0 } : [nil]
    for instance in runs {
      var matching = Matching(
        look: look, rule: rule, view: view, instance: instance, fold: instance == nil ? nil : fold,
        since: since)
      matching.run()
      for var occasion in matching.occasions where occasion.key.moment < until {
        let place = place(of: occasion, rule: rule, journey: journey, fold: fold)
        if let instance, place != instance { continue }
        occasion.key.instance = place.map { fold.instances[$0].id }
        guard !found.contains(where: { $0.key == occasion.key }) else { continue }
        found.append(occasion)
      }
    }
    return found.filter { given(rule, $0.key) }.sorted { $0.key.moment < $1.key.moment }
  }

  /// The instance that an occasion is about.
  func place(of occasion: Occasion, rule: CompiledRule, journey: Int, fold: JourneyFold)
    -> Int?
  {
    if occasion.lastTouch >= 0, fold.membership[occasion.lastTouch] >= 0 {
      return fold.membership[occasion.lastTouch]
    }
    if occasion.lastTouch < 0 {
      for case .outcome(let index, _, _) in occasion.causes.reversed() {
        if let id = customer.pointee.suggestions[index].instance,
          let place = fold.instances.firstIndex(where: { $0.id == id })
        {
          return place
        }
        break
      }
    }
    let moment = occasion.key.moment
    let endsAfter = plan.journeys[journey].plan.endsAfter
    let then = look.fold(journey, until: moment)
    let fitting = then.instances.filter {
      rule.plan.journeyIs.contains($0.status(at: moment, endsAfter: endsAfter))
    }
    let lastTouched = fitting.max { ($0.last, $0.lastIndex) < ($1.last, $1.lastIndex) }
    if let lastTouched { return fold.instances.firstIndex { $0.id == lastTouched.id } }
    // None was there yet: the first that starts later, so that a rule can wait for its journey.
    return fold.instances.indices.filter { fold.instances[$0].started > moment }
      .min { fold.instances[$0].started < fold.instances[$1].started }
  }

  /// `given`: judged for the moment of completion with what had happened up to then.
  func given(_ rule: CompiledRule, _ key: OccasionKey) -> Bool {
    guard !rule.given.isEmpty else { return true }
    var judged = gates.judged(key, rule, view: now)
    judged = Judged(
      moment: key.moment, limit: key.moment, view: now, own: key, instance: judged.instance)
    return look.holdAll(rule.given, judged)
  }

  func isAnswered(_ key: OccasionKey) -> Bool {
    var wasTried = false
    for suggestion in customer.pointee.suggestions where suggestion.isOf(key) {
      wasTried = true
      // Withdrawn, it answered its occasion, also where it is said to have failed later.
      if suggestion.withdrawn != nil || !suggestion.hasFailed(plan) { return true }
    }
    return customer.pointee.answered.contains {
      $0.rule == key.rule && $0.instance == key.instance && $0.moment == key.moment
        && (!wasTried || $0.isForGood)
    }
  }
}
