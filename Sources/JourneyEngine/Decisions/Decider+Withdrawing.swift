import JourneyModel

// What is open and may no longer stand.
extension Decider {
  mutating func withdrawWhatFails(merged: Bool) {
    var again = true
    while again {
      again = false
      for index in customer.pointee.suggestions.indices
      where now < customer.pointee.suggestions[index].expires {
        let suggestion = customer.pointee.suggestions[index]
        guard suggestion.isOpen(at: now, plan: plan), suggestion.made <= now else {
          if suggestion.made > now { look.wake(suggestion.made) }
          continue
        }
        if let reason = reasonAgainst(suggestion) {
          withdraw(index, reason)
          again = plan.followsOutcomes || plan.readsOutcomes
        }
      }
      if again { evaluate(.due) }
    }
    if merged { withdrawLeftOver() }
  }

  /// Why an open suggestion may no longer stand: the first in the order of the gates.
  func reasonAgainst(_ suggestion: Suggested) -> WithdrawalReason? {
    guard let number = plan.ruleIndex(suggestion.rule), plan.rules[number].plan.isActive else {
      return .inactive
    }
    let rule = plan.rules[number]
    let judged = gates.judged(suggestion.key, rule, view: min(suggestion.made, now))
    if gates.isExcluded(rule, judged) { return .excluded }
    if !gates.hasConsent(suggestion.channel, suggestion.purpose) { return .consentWithdrawn }
    if !stands(suggestion, number) || !gates.conditionsHold(rule, suggestion.key, judged) {
      return .conditionNoLongerHolds
    }
    if gates.isServiceFirst(suggestion.purpose) { return .serviceFirst }
    if gates.isPaused(rule, suggestion.channel) { return .paused }
    // What failed was sent after all: what was tried instead is left over.
    let first = customer.pointee.suggestions.contains {
      $0.isOf(suggestion.key) && $0.id != suggestion.id && $0.made <= suggestion.made
        && $0.sent(at: now, plan: plan) != nil
    }
    return first ? .superseded : nil
  }

  /// Whether the occasion of an open suggestion is still there.
  func stands(_ suggestion: Suggested, _ number: Int) -> Bool {
    if look.occasions(of: number)?.contains(where: { $0.key == suggestion.key }) ?? false {
      return true
    }
    // What was decided is not undone because its reason has left the history.
    guard customer.pointee.touches.contains(where: { $0.left <= now }) else { return false }
    return occasions(of: number, view: suggestion.made - TimeSpan(1))
      .contains { $0.key == suggestion.key }
  }

  /// After a merge: of two open ones of a rule the later, then, beyond `at_once`, the lowest ranked.
  mutating func withdrawLeftOver() {
    let open = customer.pointee.suggestions.indices.filter {
      customer.pointee.suggestions[$0].isOpen(at: now, plan: plan)
    }
    var kept: [Int] = []
    for index in open.sorted(by: {
      customer.pointee.suggestions[$0].made < customer.pointee.suggestions[$1].made
    }) {
      let suggestion = customer.pointee.suggestions[index]
      let isLeftOver = kept.contains {
        let earlier = customer.pointee.suggestions[$0]
        return earlier.rule == suggestion.rule && earlier.half != suggestion.half
      }
      if isLeftOver { withdraw(index, .merged) } else { kept.append(index) }
    }
    guard !plan.policyIsOff else { return }
    for purpose in Set(kept.map { customer.pointee.suggestions[$0].purpose }).sorted() {
      var same = kept.filter { customer.pointee.suggestions[$0].purpose == purpose }
      while same.count > plan.policy.plan.atOnce,
        Set(same.map { customer.pointee.suggestions[$0].half }).count > 1,
        let lowest = lowest(of: same)
      {
        withdraw(lowest, .merged)
        same.removeAll { $0 == lowest }
      }
    }
  }

  /// The lowest ranked of open suggestions now; of equal ones the latest.
  func lowest(of indices: [Int]) -> Int? {
    indices.min { a, b in
      let (x, y) = (customer.pointee.suggestions[a], customer.pointee.suggestions[b])
      let (s, t) = (score(of: x), score(of: y))
      if s.total != t.total { return s.total < t.total }
      if s.propensity != t.propensity { return s.propensity < t.propensity }
      if x.expires != y.expires { return x.expires > y.expires }
      if x.rule != y.rule { return !plan.names.precedes(x.rule, y.rule) }
      return x.made > y.made
    }
  }

  func score(of suggestion: Suggested) -> Score {
    guard let number = plan.ruleIndex(suggestion.rule) else {
      return Score(total: 0, propensity: 0, value: 0, boost: 1)
    }
    return score(number, suggestion.key)
  }

  func score(_ number: Int, _ key: OccasionKey) -> Score {
    let rule = plan.rules[number]
    let judged = gates.judged(key, rule, view: now)
    var total = rule.plan.propensity * rule.plan.value
    var boost = 1.0
    for (condition, percent) in rule.boosts where look.holds(condition, judged) {
      total *= 1 + percent / 100
      boost *= 1 + percent / 100
    }
    return Score(
      total: total, propensity: rule.plan.propensity, value: rule.plan.value, boost: boost)
  }

  mutating func withdraw(_ index: Int, _ reason: WithdrawalReason) {
    customer.pointee.suggestions[index].withdrawn = reason
    customer.pointee.suggestions[index].withdrawnAt = now
    withdrawn += 1
    effects.append(
      .withdrawn(
        Presentation(look: look).withdrawn(
          customer.pointee.suggestions[index], reason)))
  }
}
