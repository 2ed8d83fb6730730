internal import JourneyModel

extension Checks {
  /// What a single condition cannot be, those inside it included.
  mutating func predicate(_ node: YAMLNode) {
    for key in ["all", "any"] {
      for inner in node[key]?.items ?? [] { predicate(inner) }
    }
    if let inner = node["not"], inner.map != nil, node["trait"] == nil { predicate(inner) }
    if node["seen"] != nil || node["unseen"] != nil {
      lookBack(node)
      outcomePredicate(node)
    } else if let journey = node["journey"]?.text, node["satisfaction"] == nil {
      phases(node["phase"], of: journey)
      if let status = node["is"]?.text.flatMap({ JourneyStatus($0) }), !canBecome(status, journey),
        let place = node["is"]?.place
      {
        never(place, "the journey “\(journey)” is never \(status)", cure(status))
      }
    }
  }

  private mutating func lookBack(_ node: YAMLNode) {
    guard let within = node.entry("within"), let span = within.value.span, span > plan.history.keep
    else { return }
    let seen = node["seen"] ?? node["unseen"]
    if seen?["suggestion"] != nil { return }
    let isPlain = ["where", "channel", "side"].allSatisfy { node[$0] == nil }
    // At least once is answered by the last time, however long ago.
    let count = node["times"]?.whole ?? (node["times"] == nil ? 1 : 2)
    if isPlain, count <= 1 { return }
    beyond(within)
  }

  private mutating func outcomePredicate(_ node: YAMLNode) {
    guard (node["seen"] ?? node["unseen"])?["suggestion"] != nil else { return }
    for key in ["where"] {
      guard let found = node.entry(key) else { continue }
      error(
        "outcome-step", at: found.keyPlace,
        "“\(key)” on a condition about the outcome of a suggestion", help: "leave it out")
    }
  }

  // MARK: Conditions together

  /// Conditions of a rule that cannot all hold.
  mutating func conditions(_ entry: YAMLEntry, _ rule: RulePlan) {
    let node = entry.value
    var deciding = Conditions()
    deciding.assume(fact(rule, plus: rule.expires), at: entry.keyPlace)
    deciding.assume(journeyFact(rule), at: entry.keyPlace)
    add(node["if"], true, &deciding)
    add(node["unless"], false, &deciding)
    tell(deciding)
    var completing = Conditions()
    completing.assume(fact(rule, plus: .zero), at: entry.keyPlace)
    add(node["given"], true, &completing)
    tell(completing)
    for key in ["given", "if", "unless"] {
      for item in node[key]?.items ?? [] { satisfied(item, key != "unless") }
    }
  }

  /// Conditions under which a channel, a cap or `never` holds.
  mutating func alone(_ node: YAMLNode?) {
    var conditions = Conditions()
    add(node, true, &conditions)
    tell(conditions)
  }

  private mutating func add(_ node: YAMLNode?, _ holds: Bool, _ conditions: inout Conditions) {
    for item in node?.items ?? [] where item.map != nil {
      guard let predicate = builder.predicate(item) else { continue }
      conditions.add(predicate, holds, at: item.entries.first?.keyPlace ?? item.place)
    }
  }

  private mutating func tell(_ conditions: Conditions) {
    guard let contradiction = conditions.contradiction() else { return }
    never(contradiction.place, contradiction.message, "so it never holds: change one of them")
  }

  /// What the rule's own last interaction makes true: it was seen, this long ago at most.
  private func fact(_ rule: RulePlan, plus more: TimeSpan) -> PredicatePlan? {
    var span = more.milliseconds
    for step in rule.steps.reversed() {
      switch step {
      case .wait(let wait): span = span.addingClamped(wait.milliseconds)
      case .unseen(let unseen):
        // Until the next step: what that step takes.
        guard let wait = unseen.span else { continue }
        span = span.addingClamped(wait.milliseconds)
      case .waitForDate: return nil
      case .seen(let seen):
        guard seen.matcher.outcome == nil else { return nil }
        return .seen(seen.matcher, within: TimeSpan(span), count: .atLeastOnce)
      }
    }
    return nil
  }

  private func journeyFact(_ rule: RulePlan) -> PredicatePlan? {
    guard let journey = rule.journey, rule.journeyIs.count == 1 else { return nil }
    return .journey(journey, status: rule.journeyIs[0], phases: rule.phases)
  }

  /// `satisfaction: {at_least: 0}` leaves out everyone who said nothing.
  private mutating func satisfied(_ node: YAMLNode, _ holds: Bool) {
    for key in ["all", "any"] {
      for inner in node[key]?.items ?? [] { satisfied(inner, holds) }
    }
    if let inner = node["not"], inner.map != nil, node["trait"] == nil { satisfied(inner, !holds) }
    guard holds, let bounds = node["satisfaction"]?.map, node["trait"] == nil else { return }
    let means = bounds.allSatisfy { bound in
      guard let value = bound.value.number else { return false }
      return (bound.key == "at_least" && value <= 0) || (bound.key == "above" && value < 0)
    }
    guard means, let bound = bounds.first, let place = node.entry("satisfaction") else { return }
    let opposite = bound.key == "at_least" ? "below" : "at_most"
    warning(
      "unknown-left-out", at: place.keyPlace,
      "the satisfaction of most customers is not known, and unknown makes this false",
      help:
        "write {not: {satisfaction: {\(opposite): \(bound.value.text ?? "0")}}} if nobody else is to be left out"
    )
  }
}
