import JourneyModel

extension Customer {
  /// Lets go of what has left the history by a moment, and of what is too much. Journeys keep what they counted.
  mutating func forget(at now: Moment, plan: CompiledPlan) -> Int {
    let evicted = evictBeyondLimit(at: now, plan: plan)
    guard let first = touches.first, first.left <= now || evicted > 0 else { return evicted }
    // An open suggestion is judged with all that was kept when it was made.
    let oldestOpen = suggestions.lazy.filter { $0.isOpen(at: now, plan: plan) }.map(\.made).min()
    func isGone(_ touch: Touch) -> Bool {
      guard touch.left <= now else { return false }
      return oldestOpen.map { touch.left <= $0 } ?? true
    }
    guard !plan.journeys.isEmpty else {
      removeTouches(isGone)
      return evicted
    }
    let prefix = touches.firstIndex { !isGone($0) } ?? touches.count
    if prefix > 0 { foldIntoPast(prefix, plan: plan) }
    let kept = plan.journeys.contains { $0.plan.includesAll }
    let bound = touches.dropFirst(prefix).first?.time ?? .distantPast
    removeTouches { touch in isGone(touch) && (!kept || touch.time < bound) }
    return evicted
  }

  /// Of more touches than may be kept those that nothing names leave first, the oldest of them first.
  private mutating func evictBeyondLimit(at now: Moment, plan: CompiledPlan) -> Int {
    let limit = plan.plan.history.touchpointsMax
    guard touches.count > limit else { return 0 }
    var excess = touches.count { $0.isKept(at: now) } - limit
    guard excess > 0 else { return 0 }
    let total = excess
    for mayBeNamed in [false, true] where excess > 0 {
      for index in touches.indices where excess > 0 && touches[index].isKept(at: now) {
        guard mayBeNamed || !plan.named.contains(touches[index].touchpoint) else { continue }
        touches[index].left = now
        excess -= 1
      }
    }
    return total
  }

  private mutating func foldIntoPast(_ prefix: Int, plan: CompiledPlan) {
    var past: [JourneyInstance] = []
    for journey in plan.journeys {
      var fold = JourneyFold()
      fold.instances = pastJourneys.filter { $0.journey == journey.name }
      fold.membership = Array(repeating: -1, count: prefix)
      for index in 0..<prefix { apply(touch: index, to: &fold, journey, plan: plan) }
      past.append(contentsOf: fold.instances)
    }
    // Instances of journeys that are no longer configured stay as they are.
    past.append(contentsOf: pastJourneys.filter { plan.journeyIndex($0.journey) == nil })
    // Of those touched last at one moment it stays known which was the last.
    let order = past.indices.sorted { past[$0].lastIndex < past[$1].lastIndex }
    for (rank, index) in order.enumerated() { past[index].lastIndex = rank - past.count }
    if past.count > Limits.journeysPerCustomerMax {
      past.sort {
        ($0.ended ?? .distantFuture, $0.started) > ($1.ended ?? .distantFuture, $1.started)
      }
      past.removeLast(past.count - Limits.journeysPerCustomerMax)
      past.sort { $0.started < $1.started }
    }
    pastJourneys = past
    let cut = prefix
    var index = 0
    removeTouches { _ in
      defer { index += 1 }
      return index < cut
    }
  }

  /// Forgets suggestions that nothing of the configuration can ask for any more.
  mutating func forgetSuggestions(before horizon: Moment, at now: Moment, plan: CompiledPlan)
    -> [SuggestionID]
  {
    var gone: [SuggestionID] = []
    suggestions.removeAll { suggestion in
      guard suggestion.made < horizon, suggestion.expires <= now else { return false }
      gone.append(suggestion.id)
      return true
    }
    while suggestions.count > Limits.suggestionsPerCustomerMax {
      guard let index = suggestions.firstIndex(where: { !$0.isOpen(at: now, plan: plan) }) else {
        break
      }
      gone.append(suggestions.remove(at: index).id)
    }
    answered.removeAll { answer in
      guard let rule = plan.ruleIndex(answer.rule) else { return true }
      return answer.moment + plan.rules[rule].plan.expires <= now
    }
    return gone
  }

  /// When the last of what is kept for a time only is to go; nil where nothing is.
  func lastKept(span: TimeSpan) -> Moment? {
    if let touch = touches.last { return touch.left }
    return suggestions.last.map { max($0.made + span, $0.expires) }
  }
}
