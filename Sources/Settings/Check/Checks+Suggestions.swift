internal import JourneyModel

extension Checks {
  mutating func suggestions() {
    for entry in root.named("suggestions") where entry.value.map != nil {
      let rule = builder.rule(entry)
      steps(entry.value)
      journey(entry, rule)
      for key in ["given", "if", "unless"] {
        for node in entry.value[key]?.items ?? [] { predicate(node) }
      }
      for node in entry.value["boost"]?.items ?? [] { node["if"].map { predicate($0) } }
      lookBacks(entry.value)
      conditions(entry, rule)
      spans(entry, rule)
    }
    cycles()
    for entry in root.named("channels") {
      for node in entry.value["needs"]?.items ?? [] where node.map != nil { predicate(node) }
    }
  }

  private mutating func journey(_ entry: YAMLEntry, _ rule: RulePlan) {
    let node = entry.value
    for key in ["journey_is", "phase"]
    where node["journey"] == nil && !strangers.mean("journey", in: node) {
      guard let found = node.entry(key) else { continue }
      error(
        "needs-journey", at: found.keyPlace, "“\(key)” without “journey”",
        help: "say which journey is meant: add “journey”")
    }
    guard let name = rule.journey, let journey = plan.journeys.first(where: { $0.name == name })
    else { return }
    phases(node["phase"], of: name)
    for item in node["journey_is"]?.items ?? [] {
      guard let status = item.text.flatMap({ JourneyStatus($0) }), !canBecome(status, name)
      else { continue }
      never(item.place, "the journey “\(name)” is never \(status)", cure(status))
    }
    leaves(entry, rule, journey)
    let endless = journey.won.isEmpty && journey.lost.isEmpty && journey.endsAfter == nil
    if endless, journey.key == nil, rule.againAfter == nil, let place = node.entry("journey") {
      warning(
        "once-for-ever", at: place.keyPlace,
        "once per journey, and the journey “\(name)” never ends: a customer gets this once for ever",
        help: "add “ends_after” to the journey, or “again_after” here")
    }
  }

  /// The last interaction itself takes the journey out of the state or the phases that the rule asks for.
  private mutating func leaves(_ entry: YAMLEntry, _ rule: RulePlan, _ journey: JourneyPlan) {
    let last = rule.steps.lastIndex {
      if case .seen(let seen) = $0 { seen.matcher.outcome == nil } else { false }
    }
    guard let last, case .seen(let seen) = rule.steps[last],
      let place = entry.value["when"]?.items[last].entry("seen")?.keyPlace
    else { return }
    func all(_ matchers: [MatcherPlan]) -> Bool {
      let sure = matchers.filter { $0.conditions.isEmpty && $0.channels == nil && $0.side == nil }
      return seen.matcher.touchpoints.allSatisfy(sure.flatMap(\.touchpoints).contains)
    }
    let names = seen.matcher.touchpoints.map { "“\($0)”" }.joined(separator: ", ")
    let ends: [(JourneyStatus, [MatcherPlan])] = [(.won, journey.won), (.lost, journey.lost)]
    for (status, matchers) in ends where all(matchers) && !rule.journeyIs.contains(status) {
      guard status == .won || !all(journey.won) else { continue }
      return never(
        place,
        "\(names) makes the journey “\(journey.name)” \(status), and the rule asks for another state",
        "add journey_is: [\(status)]")
    }
    guard let phases = rule.phases else { return }
    let furthest = journey.phases.lastIndex { phases.contains($0.name) }
    guard let furthest, furthest + 1 < journey.phases.count else { return }
    for phase in journey.phases[(furthest + 1)...] where all(phase.entries) {
      return never(
        place, "\(names) enters the phase “\(phase.name)”, and the rule asks for an earlier one",
        "add “\(phase.name)” to “phase”")
    }
  }

  func cure(_ status: JourneyStatus) -> String {
    switch status {
    case .open: "leave it out"
    case .won: "it has no “won”"
    case .lost: "it has no “lost”"
    case .ended: "it has no “ends_after”"
    }
  }

  /// Times and spans that do not fit each other.
  private mutating func spans(_ entry: YAMLEntry, _ rule: RulePlan) {
    let node = entry.value
    if let from = rule.from, let until = rule.until, from >= until, let place = node["until"] {
      never(
        place.place, "“until” is not after “from”: nothing completes between them",
        "“from” is where it begins")
    }
    if let again = node.entry("again_after"), let span = again.value.span {
      for step in rule.steps {
        guard case .seen(let seen) = step, seen.times > 1, let within = seen.within, span < within
        else { continue }
        warning(
          "again-too-soon", at: again.keyPlace,
          "“again_after” (\(Scalars.text(span))) is shorter than “within” of a step with “times” "
            + "(\(Scalars.text(within))): the same interactions can complete it again",
          help: "make it at least \(Scalars.text(within))")
        break
      }
    }
    expiresInQuietHours(entry, rule)
  }

  private mutating func expiresInQuietHours(_ entry: YAMLEntry, _ rule: RulePlan) {
    for channel in rule.channels {
      let week = QuietWeek(plan.contact, channel: channel)
      // Round the clock is told by itself.
      guard let quiet = week.longest, !week.isRoundTheClock else { continue }
      let whole = quiet.stretch.milliseconds + quiet.spread.milliseconds
      guard rule.expires <= quiet.stretch || rule.expires.milliseconds < whole else { continue }
      let spread = quiet.spread > .zero ? " and a spread of \(Scalars.text(quiet.spread))" : ""
      warning(
        "expires-in-quiet-hours", at: entry.value.entry("expires")?.keyPlace ?? entry.keyPlace,
        "“expires” (\(Scalars.text(rule.expires))) is within one stretch of quiet hours on “\(channel)” "
          + "(\(Scalars.text(quiet.stretch))\(spread)): what completes as they begin is never made",
        help: "make it longer than \(Scalars.text(TimeSpan(whole)))")
      return
    }
  }

  mutating func never(_ place: Place, _ message: String, _ help: String? = nil) {
    warning("never", at: place, message, help: help)
  }

  // MARK: Cycles

  /// Rules that wait for each other's outcomes.
  private mutating func cycles() {
    var after: [String: [(name: String, place: Place)]] = [:]
    let rules = root.named("suggestions")
    for entry in rules {
      for step in entry.value["when"]?.items ?? [] {
        for key in ["seen", "unseen"] {
          guard let node = step[key]?["suggestion"], let name = node.text else { continue }
          after[entry.key, default: []].append((name, node.place))
        }
      }
    }
    for entry in rules {
      for edge in after[entry.key] ?? [] {
        guard let path = path(from: edge.name, to: entry.key, after) else { continue }
        let names = ([entry.key] + path).map { "“\($0)”" }
        error(
          "cycle", at: edge.place,
          edge.name == entry.key
            ? "“\(entry.key)” waits for its own outcome"
            : "suggestions wait for each other's outcomes in a circle: "
              + names.joined(separator: ", then "),
          help: "conditions (if, unless, given) may name any suggestion, steps may not come back")
      }
    }
  }

  /// The names from one to another, both included; nil where there is no way. Cost: each edge once.
  private func path(
    from start: String, to end: String, _ after: [String: [(name: String, place: Place)]]
  ) -> [String]? {
    var before: [String: String] = [:]
    var seen: Set<String> = [start]
    var queue = [start]
    var next = 0
    while next < queue.count {
      let name = queue[next]
      next += 1
      if name == end {
        var path = [name]
        while let last = path.last, let previous = before[last] { path.append(previous) }
        return path.reversed()
      }
      for edge in after[name] ?? [] where seen.insert(edge.name).inserted {
        before[edge.name] = name
        queue.append(edge.name)
      }
    }
    return nil
  }
}
