import JourneyModel

// Making the best of the candidates.
extension Decider {
  mutating func makeBest() {
    let before = effects.count
    var open: [Int] = []
    for index in candidates.indices {
      judge(index, isFirst: true)
      if !isAnsweredForGood(index) { open.append(index) }
    }
    while true {
      var chosen: (index: Int, channel: NameID, replaces: Int?)?
      for index in open {
        if let channel = passingChannel(candidates[index]) {
          chosen = (index, channel, nil)
          break
        }
        if let (channel, replaces) = replacement(candidates[index]) {
          chosen = (index, channel, replaces)
          break
        }
      }
      guard let (index, channel, replaces) = chosen else { break }
      if let replaces { withdraw(replaces, .superseded) }
      make(index, channel)
      open.removeAll { $0 == index }
      open.removeAll { rest in
        judge(rest, isFirst: false)
        return isAnsweredForGood(rest)
      }
    }
    nameRunnersUp(since: before)
  }

  /// Tells with what was made which others could have been, and why they were not.
  private mutating func nameRunnersUp(since before: Int) {
    var runnersUp: [RunnerUp] = []
    for candidate in candidates where candidate.madeAs == nil {
      guard let channel = candidate.couldBe,
        let refusal = candidate.answers.first(where: { $0.channel == channel })?.refusal
      else { continue }
      runnersUp.append(
        RunnerUp(
          suggestion: plan.rules[candidate.rule].plan.name, channel: plan.names.text(channel),
          score: candidate.score.total, refused: refusal.name))
    }
    guard !runnersUp.isEmpty else { return }
    for index in before..<effects.count {
      guard case .made(var made) = effects[index] else { continue }
      made.runnersUp = runnersUp
      effects[index] = .made(made)
    }
  }

  func passingChannel(_ candidate: Candidate) -> NameID? {
    candidate.answers.first { $0.refusal == nil }?.channel
  }

  /// Where only `at_once` stands in the way: the open one with a strictly lower score that gives way, and on which channel.
  func replacement(_ candidate: Candidate) -> (NameID, Int)? {
    let rule = plan.rules[candidate.rule]
    guard candidate.answers.contains(where: { mayGiveWay($0.refusal) }), !isControl(rule) else {
      return nil
    }
    let same = gates.openSuggestions(of: rule.purpose)
    guard same.count == plan.policy.plan.atOnce, let lowest = lowest(of: same),
      score(of: customer.pointee.suggestions[lowest]).total < candidate.score.total
    else { return nil }
    let judged = gates.judged(candidate.occasion.key, rule, view: now)
    for (channel, refusal) in candidate.answers where mayGiveWay(refusal) {
      if gates.fullCap(rule, channel, judged, leavingOut: lowest) == nil,
        !gates.isQuiet(channel, completed: candidate.occasion.key.moment)
      {
        return (channel, lowest)
      }
    }
    return nil
  }

  /// What another that gives way could clear: also what was made just now can have taken the last place.
  private func mayGiveWay(_ refusal: Refusal?) -> Bool {
    switch refusal {
    case .atOnce, .outranked, .pressure: true
    case .excluded, .noAddress, .consent, .condition, .serviceFirst, .paused, .againAfter,
      .quietHours, nil:
      false
    }
  }

  func isControl(_ rule: CompiledRule) -> Bool {
    guard holdout, !plan.policyIsOff, let holdout = plan.policy.plan.holdout,
      plan.policy.holdoutPurposes.contains(rule.purpose)
    else { return false }
    let every = max(1, holdout.every.milliseconds)
    let epoch = Int64((Double(now.milliseconds) / Double(every)).rounded(.down))
    return look.isIn(share: holdout.share, of: ["holdout", String(epoch), look.id.description])
  }

  mutating func make(_ index: Int, _ channel: NameID) {
    let candidate = candidates[index]
    let rule = plan.rules[candidate.rule]
    let isControl = isControl(rule)
    let presentation = Presentation(look: look)
    let id = presentation.suggestionID(rule, candidate.occasion, failed: candidate.failed)
    let stem = presentation.stem(of: candidate.occasion)
    let because = presentation.because(candidate.occasion)
    customer.pointee.suggestions.append(
      Suggested(
        id: id, rule: rule.name, instance: candidate.occasion.key.instance,
        completed: candidate.occasion.key.moment,
        made: now, expires: candidate.expires,
        touchpoint: rule.touchpoint,
        channel: channel, purpose: rule.purpose, stem: stem,
        origin: presentation.origin(of: candidate.occasion), because: because, isControl: isControl,
        withdrawn: nil))
    made.append(id)
    answerOlder(candidate.occasion.key, isForGood: false)
    candidates[index].madeAs = (channel, id)
    var effect = presentation.made(rule, candidate, channel: channel, id: id, because: because)
    effect.isControl = isControl
    (effect.traceparent, effect.tracestate) =
      presentation.trace(of: candidate.occasion) ?? (traceparent, tracestate)
    effects.append(.made(effect))
  }

  /// Refused by `again_after`, an occasion is answered for good.
  mutating func isAnsweredForGood(_ index: Int) -> Bool {
    guard candidates[index].answers.contains(where: { $0.refusal == .againAfter }) else {
      return false
    }
    answerOlder(candidates[index].occasion.key, isForGood: true)
    return true
  }

  /// When an occasion is answered, so are the older ones of its rule and instance.
  mutating func answerOlder(_ key: OccasionKey, isForGood: Bool) {
    guard let number = plan.ruleIndex(key.rule) else { return }
    let presentation = Presentation(look: look)
    for occasion in look.occasions(of: number) ?? []
    where occasion.key.instance == key.instance && occasion.key.moment <= key.moment {
      let isSame = occasion.key == key
      if !isSame, wasTried(occasion.key) { continue }
      if isSame, !isForGood { continue }
      customer.pointee.answered.append(
        AnsweredOccasion(
          rule: key.rule, instance: key.instance, moment: occasion.key.moment,
          stem: presentation.stem(of: occasion), origin: presentation.origin(of: occasion),
          isForGood: isSame && isForGood))
    }
  }
}
