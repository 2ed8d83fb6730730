internal import JourneyModel

extension Builder {
  func journey(_ entry: YAMLEntry) -> JourneyPlan {
    let node = entry.value
    var journey = JourneyPlan(name: entry.key, starts: matchers(node["starts"]))
    journey.title = node["title"]?.text
    journey.key = node["key"]?.text
    let includes = node["includes"]?.items ?? []
    journey.includesAll = includes.contains { $0.text == "*" }
    journey.includes = includes.filter { $0.text != "*" }.map(matcher)
    journey.phases = (node["phases"]?.items ?? []).flatMap(phases)
    journey.won = matchers(node["won"])
    journey.lost = matchers(node["lost"])
    journey.endsAfter = node.span("ends_after")
    return journey
  }

  private func phases(_ node: YAMLNode) -> [JourneyPlan.Phase] {
    if let name = node.text { return [JourneyPlan.Phase(name)] }
    return node.entries.map { JourneyPlan.Phase($0.key, matchers($0.value)) }
  }

  func rule(_ entry: YAMLEntry) -> RulePlan {
    let node = entry.value
    let suggest = node["suggest"]
    var rule = RulePlan(
      name: entry.key, steps: (node["when"]?.items ?? []).compactMap(step),
      touchpoint: suggest?["touchpoint"]?.text ?? "", channels: suggest?.texts("channels") ?? [])
    rule.title = node["title"]?.text
    rule.journey = node["journey"]?.text
    if let states = node.texts("journey_is") {
      rule.journeyIs = states.compactMap { JourneyStatus($0) }
    }
    rule.phases = node.texts("phase")
    rule.given = predicates(node["given"])
    rule.conditions = predicates(node["if"])
    rule.exceptions = predicates(node["unless"])
    rule.content = (suggest?.named("with") ?? []).compactMap(content)
    node.set(&rule.purpose, "purpose")
    node.set(&rule.value, "value")
    if let share = node["propensity"]?.share { rule.propensity = share }
    rule.boosts = (node["boost"]?.items ?? []).compactMap(boost)
    node.set(&rule.expires, "expires")
    rule.againAfter = node.span("again_after") ?? (rule.journey == nil ? .days(30) : nil)
    node.set(&rule.isActive, "active")
    rule.from = node["from"]?.text.flatMap { Moment(rfc3339: $0) }
    rule.until = node["until"]?.text.flatMap { Moment(rfc3339: $0) }
    return rule
  }

  private func content(_ entry: YAMLEntry) -> ContentPlan? {
    if let path = entry.value["attribute"]?.text { return ContentPlan(entry.key, .attribute(path)) }
    if let trait = entry.value["trait"]?.text { return ContentPlan(entry.key, .trait(trait)) }
    return entry.value["const"].map { ContentPlan(entry.key, .const($0.json)) }
  }

  private func boost(_ node: YAMLNode) -> BoostPlan? {
    guard let condition = node["if"].flatMap(predicate) else { return nil }
    return BoostPlan(condition: condition, percent: node["percent"]?.number ?? 0)
  }

  // MARK: Matchers

  func matchers(_ node: YAMLNode?) -> [MatcherPlan] { (node?.items ?? []).map(matcher) }

  private func matcher(_ node: YAMLNode) -> MatcherPlan {
    if let name = node.text { return MatcherPlan([name]) }
    return matcher(node, "seen")
  }

  /// What stands under `key`, narrowed by the settings beside it.
  func matcher(_ node: YAMLNode, _ key: String) -> MatcherPlan {
    var matcher = MatcherPlan()
    if let seen = node[key] {
      if let suggestion = seen["suggestion"]?.text {
        let outcomes = (seen.texts("outcome") ?? []).compactMap { Outcome($0) }
        matcher.outcome = OutcomePlan(suggestion: suggestion, outcomes: outcomes)
      } else {
        matcher.touchpoints = seen.texts
      }
    }
    matcher.channels = node.texts("channel")
    matcher.side = node["side"]?.text.flatMap(CataloguePlan.Side.init)
    matcher.conditions = node.named("where").map { entry in
      AttributeCondition(path: entry.key, comparisons: comparisons(entry.value))
    }
    return matcher
  }

  private func comparisons(_ node: YAMLNode) -> [Comparison] {
    switch node.content {
    case .scalar: [Comparison(.equals, node.json)]
    case .list: [Comparison(.in, node.json)]
    case .map(let entries): comparisons(entries)
    }
  }

  /// Those of the entries that are operators, in the order written.
  func comparisons(_ entries: [YAMLEntry]) -> [Comparison] {
    entries.compactMap { entry in
      guard let op = Comparison.Operator(rawValue: entry.key) else { return nil }
      guard op == .in else { return Comparison(op, entry.value.json) }
      return Comparison(op, .list(entry.value.items.map(\.json)))
    }
  }

  // MARK: Steps

  private func step(_ node: YAMLNode) -> StepPlan? {
    if node["seen"] != nil { return .seen(seen(node)) }
    if node["unseen"] != nil {
      var step = StepPlan.Unseen(matcher(node, "unseen"))
      step.span = node.span("for")
      step.same = node.texts("same") ?? []
      step.differs = node.texts("differs") ?? []
      return .unseen(step)
    }
    guard let wait = node["wait"] else { return nil }
    if let span = wait.span { return .wait(span) }
    let origin: StepPlan.DateWait.Origin =
      wait["trait"]?.text.map { .trait($0) } ?? .attribute(wait["attribute"]?.text ?? "")
    var date = StepPlan.DateWait(origin)
    if let after = wait.span("after") { date.offset = after }
    if let before = wait.span("before") { date.offset = -before }
    date.everyYear = wait["every"] != nil
    return .waitForDate(date)
  }

  private func seen(_ node: YAMLNode) -> StepPlan.Seen {
    var step = StepPlan.Seen(matcher(node, "seen"))
    node.set(&step.times, "times")
    step.within = node.span("within")
    step.apart = node.span("apart")
    step.same = node.texts("same") ?? []
    step.differs = node.texts("differs") ?? []
    node.set(&step.immediately, "immediately")
    return step
  }
}
