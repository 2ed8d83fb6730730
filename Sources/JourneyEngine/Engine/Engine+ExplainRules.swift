import JourneyModel

// Where each rule stands: what is complete and which gate is against it, and what is under way.
extension Explainer {
  mutating func tellRules() {
    decider.evaluate(.everything)
    decider.findCandidates()
    var answers: [OccasionKey: (channels: [Explanation.Channel], score: Score, next: Moment?)] = [:]
    for index in decider.candidates.indices {
      let outer = look.next
      look.next = .distantFuture
      decider.judge(index, isFirst: true)
      let candidate = decider.candidates[index]
      let next = look.next
      let channels = candidate.answers.map { channel($0, of: candidate) }
      look.next = min(outer, next)
      answers[candidate.occasion.key] = (
        channels, candidate.score, next < .distantFuture ? next : nil
      )
    }
    explanation.rules = plan.rules.indices.map { number in
      var story = story(of: number)
      let found = look.occasions(of: number) ?? []
      story.occasions = found.reversed().map { occasion in
        let answer = answers[occasion.key]
        return Explanation.Occasion(
          completed: occasion.key.moment,
          expires: occasion.key.moment + plan.rules[number].plan.expires,
          journey: occasion.key.instance, because: presentation.because(occasion),
          score: answer?.score,
          answer: answer.map { .candidate($0.channels) } ?? self.answer(occasion.key),
          next: answer?.next)
      }
      if plan.rules[number].plan.isActive { tellAttempts(of: number, found, &story) }
      return story
    }
  }

  var presentation: Presentation {
    Presentation(look: look)
  }

  private func story(of number: Int) -> Explanation.Rule {
    let rule = plan.rules[number]
    return Explanation.Rule(
      name: rule.plan.name, title: rule.plan.title, isActive: rule.plan.isActive,
      from: rule.plan.from ?? decider.firstLoaded[rule.name], until: rule.plan.until,
      isControl: decider.isControl(rule), steps: rule.plan.steps)
  }

  private func answer(_ key: OccasionKey) -> Explanation.Occasion.Answer {
    if let made = customer.pointee.suggestions.last(where: { $0.isOf(key) }) {
      return .made(made.id)
    }
    let isForGood = customer.pointee.answered.contains {
      $0.rule == key.rule && $0.instance == key.instance && $0.moment == key.moment && $0.isForGood
    }
    return isForGood ? .refusedForGood : .passedOver
  }

  // MARK: Gates

  private func channel(
    _ answer: (channel: NameID, refusal: Refusal?), of candidate: Decider.Candidate
  ) -> Explanation.Channel {
    var shown = Explanation.Channel(
      channel: names.text(answer.channel), refused: answer.refusal?.name, notes: [])
    guard let refusal = answer.refusal else { return shown }
    let rule = plan.rules[candidate.rule]
    let key = candidate.occasion.key
    let judged = gates.judged(key, rule, view: now)
    switch refusal {
    case .excluded: shown.notes = exclusions(rule, judged)
    case .noAddress: shown.notes = missing(answer.channel, judged)
    case .consent:
      shown.notes = [
        .consent(customer.pointee.consent(channel: answer.channel, purpose: rule.purpose))
      ]
    case .condition: shown.notes = conditions(rule, key, judged)
    case .serviceFirst: shown.until = customer.pointee.serviceLane(at: now, plan: plan).changes
    case .paused: shown.until = gates.pauseEnd(rule, answer.channel)
    case .againAfter:
      if let last = lastCounted(rule, key) {
        shown.notes = [.suggestion(last.id)]
        shown.until = rule.plan.againAfter.map { last.made + $0 }
      }
    case .atOnce, .outranked:
      let open = gates.openSuggestions(of: rule.purpose).map { customer.pointee.suggestions[$0] }
      shown.notes = open.map { .suggestion($0.id) }
      shown.until = open.map(\.expires).min()
    case .pressure(let name):
      shown.until = plan.policy.caps.first { $0.plan.name == name }.flatMap {
        gates.use(of: $0).frees
      }
    case .quietHours:
      look.next = .distantFuture
      _ = gates.isQuiet(answer.channel, completed: key.moment)
      shown.until = look.next < .distantFuture ? look.next : nil
    }
    return shown
  }

  private func exclusions(_ rule: CompiledRule, _ judged: Judged) -> [Explanation.Note] {
    zip(plan.policy.never, plan.policy.plan.never).flatMap { never, written in
      let isMeant = never.purposes?.contains(rule.purpose) ?? true
      guard isMeant, look.holdAll(never.conditions, judged) else { return [Explanation.Note]() }
      return written.conditions.map { .holds($0) }
    }
  }

  private func missing(_ channel: NameID, _ judged: Judged) -> [Explanation.Note] {
    guard let needs = plan.channels[channel] else { return [] }
    var notes: [Explanation.Note] = needs.needs.filter {
      !customer.pointee.face.has($0)
    }.map { .noIdentifier(plan.identifierTypes[Int($0.rawValue)]) }
    let name = names.text(channel)
    let written = plan.plan.catalogue.channels.first { $0.name == name }?.needsConditions ?? []
    for (condition, plan) in zip(needs.conditions, written) where !look.holds(condition, judged) {
      notes.append(.fails(plan))
    }
    return notes
  }

  private func conditions(
    _ rule: CompiledRule, _ key: OccasionKey, _ judged: Judged
  ) -> [Explanation.Note] {
    var notes: [Explanation.Note] = []
    for (condition, plan) in zip(rule.conditions, rule.plan.conditions)
    where !look.holds(condition, judged) {
      notes.append(.fails(plan))
    }
    for (exception, plan) in zip(rule.exceptions, rule.plan.exceptions)
    where look.holds(exception, judged) {
      notes.append(.holds(plan))
    }
    if let journey = rule.journey, notes.isEmpty {
      let compiled = plan.journeys[journey].plan
      let instance = look.fold(journey).instances.first { $0.id == key.instance }
      notes.append(
        .journey(
          instance?.status(at: now, endsAfter: compiled.endsAfter),
          phase: instance.flatMap {
            compiled.phases.indices.contains($0.phase) ? compiled.phases[$0.phase].name : nil
          }))
    }
    return notes
  }

  /// The suggestion that `again_after` counts from.
  private func lastCounted(_ rule: CompiledRule, _ key: OccasionKey) -> Suggested? {
    customer.pointee.suggestions.last {
      $0.rule == rule.name && $0.countsForAgainAfter(plan)
        && (rule.plan.againAfter != nil || $0.instance == key.instance)
    }
  }
}

// MARK: Attempts

extension Explainer {
  private func tellAttempts(
    of number: Int, _ found: [Occasion], _ story: inout Explanation.Rule
  ) {
    let rule = plan.rules[number]
    var standings: [AttemptStanding] = []
    let fold = rule.journey.map { look.fold($0) }
    let runs: [Int?] =
      rule.journeyHasKey && fold?.instances.isEmpty == false
      ? fold?.instances.indices.map { $0 } ?? [nil] : [nil]
    for instance in runs {
      let matching = Matching(
        look: look, rule: rule, view: now, instance: instance, fold: instance == nil ? nil : fold,
        since: .distantPast)
      let own = matching.standings()
      // What belongs to no instance is found for each of them.
      standings +=
        runs.count == 1 ? own : own.filter { new in !standings.contains { $0.isSame(new) } }
    }
    let underWay = standings.indices.filter { standings[$0].isUnderWay }
    story.attemptCount = underWay.count
    story.attempts = underWay.sorted {
      let (a, b) = (standings[$0], standings[$1])
      return (b.step, b.counted, $1) < (a.step, a.counted, $0)
    }.prefix(Explanation.Rule.attemptsShownMax).map { attempt(standings[$0], of: rule) }
    if found.isEmpty, underWay.isEmpty {
      story.ended = standings.last.map { attempt($0, of: rule) }
    }
  }

  private func attempt(
    _ standing: AttemptStanding, of rule: CompiledRule
  ) -> Explanation.Attempt {
    let state: Explanation.Attempt.State
    switch standing.state {
    case .waitsForEvent(let bound): state = .waitsForEvent(before: bound)
    case .waitsForTime(let moment): state = .waitsForTime(until: moment)
    case .waitsForDate: state = .waitsForDate
    case .broken(let place): state = .broken(by: place.map { origin(customer.pointee.touches[$0]) })
    case .tooLate(let moment): state = .tooLate(since: moment)
    case .notNext: state = .notNext
    case .done: state = reason(rule, completed: standing.time)
    }
    return Explanation.Attempt(
      step: standing.step,
      because: presentation.because(
        Occasion(
          key: OccasionKey(rule: rule.name, instance: nil, moment: standing.time),
          causes: standing.causes, lastTouch: -1)),
      since: standing.since == .distantPast ? nil : standing.since, counted: standing.counted,
      state: state)
  }

  /// Why what completed is no occasion.
  private func reason(
    _ rule: CompiledRule, completed: Moment
  ) -> Explanation.Attempt.State {
    let made = customer.pointee.suggestions.last {
      $0.rule == rule.name && $0.completed == completed
    }
    if let made { return .made(completed, made.id) }
    let from = rule.plan.from ?? decider.firstLoaded[rule.name] ?? .distantPast
    if completed < from || completed >= rule.plan.until ?? .distantFuture {
      return .outOfBounds(completed)
    }
    if now >= completed + rule.plan.expires { return .expired(completed) }
    let judged = Judged(
      moment: completed, limit: completed, view: now,
      own: OccasionKey(rule: rule.name, instance: nil, moment: completed), instance: nil)
    return .notGiven(
      completed, zip(rule.given, rule.plan.given).filter { !look.holds($0.0, judged) }.map(\.1))
  }
}
