internal import JourneyEngine
internal import JourneyModel
internal import Settings

// Why a rule made nothing: the scenario runs again with ever more of the rule's steps, until one is not done.
extension ScenarioRunner {
  /// The first step that was not done by the customer of these identifiers; empty where that cannot be said.
  ///
  /// Cost: that of one run of the scenario per step.
  func explain(_ name: String, of identifiers: [NamedText], in scenario: Scenario) -> [String] {
    guard let place = plan.rules.firstIndex(where: { $0.name == name }) else { return [] }
    let rule = plan.rules[place]
    guard rule.isActive else { return ["“\(name)” is not active"] }
    var bare = rule
    bare.given = []
    bare.from = nil
    bare.until = nil
    for count in 1...max(rule.steps.count, 1) {
      bare.steps = Array(rule.steps.prefix(count))
      // An absence without a time of its own is only over with the step after it.
      if case .unseen(let unseen) = bare.steps.last, unseen.span == nil { continue }
      if completes(bare, at: place, of: identifiers, in: scenario) { continue }
      guard count <= rule.steps.count, let step = bare.steps.last else { return [] }
      let which = rule.steps.count == 1 ? "its step" : "step \(count) of \(rule.steps.count)"
      return ["“\(name)” did not complete: \(which), \(StepText.text(step)), was not done"]
    }
    bare.given = rule.given
    if !completes(bare, at: place, of: identifiers, in: scenario) {
      return ["all steps of “\(name)” were done, but “given” did not hold at that moment"]
    }
    if !completes(rule, at: place, of: identifiers, in: scenario), rule.from ?? rule.until != nil {
      return ["“\(name)” completed outside of its “from” and “until”"]
    }
    return []
  }

  /// Whether the rule, in place of the one that stands there, ever was a candidate.
  private func completes(
    _ rule: RulePlan, at place: Int, of identifiers: [NamedText], in scenario: Scenario
  ) -> Bool {
    var changed = plan
    changed.rules[place] = rule
    guard let observation = try? observe(scenario, engine(for: scenario, on: changed)) else {
      return false
    }
    let comparison = ScenarioComparison(scenario, observation, identity: plan.identity)
    return !comparison.decisions(on: rule.name, near: nil, of: identifiers).isEmpty
  }
}

/// A step as the configuration writes it.
enum StepText {
  static func text(_ step: StepPlan) -> String {
    var parts: [String] = []
    switch step {
    case .seen(let seen):
      parts = ["seen: \(what(seen.matcher))"] + narrowed(seen.matcher)
      if seen.times > 1 { parts.append("times: \(seen.times)") }
      if let within = seen.within { parts.append("within: \(Scalars.text(within))") }
      if let apart = seen.apart { parts.append("apart: \(Scalars.text(apart))") }
      parts += compared(seen.same, seen.differs)
      if seen.immediately { parts.append("immediately: true") }
    case .unseen(let unseen):
      parts = ["unseen: \(what(unseen.matcher))"] + narrowed(unseen.matcher)
      if let span = unseen.span { parts.append("for: \(Scalars.text(span))") }
      parts += compared(unseen.same, unseen.differs)
    case .wait(let span): parts = ["wait: \(Scalars.text(span))"]
    case .waitForDate(let wait): parts = ["wait: {\(date(wait).joined(separator: ", "))}"]
    }
    return "{\(parts.joined(separator: ", "))}"
  }

  static func what(_ matcher: MatcherPlan) -> String {
    if let outcome = matcher.outcome {
      let outcomes = list(outcome.outcomes.map(\.name))
      return "{suggestion: \(ScenarioText.scalar(outcome.suggestion)), outcome: \(outcomes)}"
    }
    return list(matcher.touchpoints)
  }

  static func narrowed(_ matcher: MatcherPlan) -> [String] {
    var parts: [String] = []
    if let channels = matcher.channels { parts.append("channel: \(list(channels))") }
    if let side = matcher.side { parts.append("side: \(side.rawValue)") }
    if !matcher.conditions.isEmpty {
      let conditions = matcher.conditions.map { condition in
        let operators = condition.comparisons.map {
          "\($0.operator.rawValue): \(ScenarioText.value($0.operand))"
        }
        return "\(ScenarioText.scalar(condition.path)): {\(operators.joined(separator: ", "))}"
      }
      parts.append("where: {\(conditions.joined(separator: ", "))}")
    }
    return parts
  }

  private static func compared(_ same: [String], _ differs: [String]) -> [String] {
    var parts: [String] = []
    if !same.isEmpty { parts.append("same: \(list(same))") }
    if !differs.isEmpty { parts.append("differs: \(list(differs))") }
    return parts
  }

  private static func date(_ wait: StepPlan.DateWait) -> [String] {
    var parts: [String] = []
    switch wait.origin {
    case .trait(let name): parts.append("trait: \(ScenarioText.scalar(name))")
    case .attribute(let path): parts.append("attribute: \(ScenarioText.scalar(path))")
    }
    if wait.offset < .zero { parts.append("before: \(Scalars.text(-wait.offset))") }
    if wait.offset > .zero { parts.append("after: \(Scalars.text(wait.offset))") }
    if wait.everyYear { parts.append("every: year") }
    return parts
  }

  static func list(_ items: [String]) -> String {
    items.count == 1 ? ScenarioText.scalar(items[0]) : ScenarioText.list(items)
  }
}
