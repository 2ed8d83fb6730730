extension Plan {
  /// The dotted paths of attributes that rules, journeys and the policy read: what the history keeps of an interaction.
  package var attributesRead: [String] {
    var reader = AttributeReader()
    for journey in journeys {
      reader.add(journey.key)
      reader.add(journey.starts + journey.includes + journey.won + journey.lost)
      for phase in journey.phases { reader.add(phase.entries) }
    }
    for rule in rules { reader.add(rule) }
    for never in contact.never { reader.add(never.conditions) }
    for cap in contact.pressure { reader.add(cap.condition) }
    for channel in catalogue.channels { reader.add(channel.needsConditions) }
    if let service = contact.serviceFirst {
      reader.add(service.key)
      reader.add(service.closes)
      for case .seen(let matcher) in service.opens { reader.add([matcher]) }
    }
    if case .also(let names) = history.attributes { for name in names { reader.add(name) } }
    return reader.paths
  }
}

private struct AttributeReader {
  private(set) var paths: [String] = []
  private var known: Set<String> = []

  mutating func add(_ path: String?) {
    if let path, known.insert(path).inserted { paths.append(path) }
  }

  mutating func add(_ matchers: [MatcherPlan]) {
    for matcher in matchers { for condition in matcher.conditions { add(condition.path) } }
  }

  mutating func add(_ rule: RulePlan) {
    for step in rule.steps {
      switch step {
      case .seen(let seen):
        add([seen.matcher])
        for path in seen.same + seen.differs { add(path) }
      case .unseen(let unseen):
        add([unseen.matcher])
        for path in unseen.same + unseen.differs { add(path) }
      case .wait: break
      case .waitForDate(let wait): if case .attribute(let path) = wait.origin { add(path) }
      }
    }
    add(rule.given + rule.conditions + rule.exceptions + rule.boosts.map(\.condition))
    for content in rule.content { if case .attribute(let path) = content.origin { add(path) } }
  }

  mutating func add(_ predicates: [PredicatePlan]) {
    for predicate in predicates {
      switch predicate {
      case .seen(let matcher, _, _), .unseen(let matcher, _): add([matcher])
      case .sample, .journey, .satisfaction, .trait, .consent: break
      case .all(let parts), .any(let parts): add(parts)
      case .not(let part): add([part])
      }
    }
  }
}
