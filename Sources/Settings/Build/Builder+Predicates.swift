internal import JourneyModel

extension Builder {
  func predicates(_ node: YAMLNode?) -> [PredicatePlan] {
    (node?.items ?? []).compactMap(predicate)
  }

  /// Nil only for what is no predicate.
  func predicate(_ node: YAMLNode) -> PredicatePlan? {
    if node["seen"] != nil {
      return .seen(matcher(node, "seen"), within: node.span("within"), count: count(node["times"]))
    }
    if node["unseen"] != nil {
      return .unseen(matcher(node, "unseen"), within: node.span("within"))
    }
    if let name = node["sample"]?.text {
      return .sample(name: name, share: node["share"]?.share ?? 0)
    }
    if let bounds = node["satisfaction"] {
      return .satisfaction(comparisons(bounds.entries), journey: node["journey"]?.text)
    }
    if let journey = node["journey"]?.text {
      let state = node["is"]?.text ?? "open"
      return .journey(journey, status: JourneyStatus(state), phases: node.texts("phase"))
    }
    if let trait = node["trait"]?.text { return .trait(trait, comparisons(node.entries)) }
    if let consent = node["consent"] {
      return .consent(
        channel: consent["channel"]?.text ?? "", purpose: consent["purpose"]?.text ?? "",
        node["is"]?.text.flatMap(ConsentState.init) ?? .unknown)
    }
    if let all = node["all"] { return .all(predicates(all)) }
    if let any = node["any"] { return .any(predicates(any)) }
    return node["not"].flatMap(predicate).map { .not($0) }
  }

  private func count(_ node: YAMLNode?) -> CountRange {
    guard let node else { return .atLeastOnce }
    if let least = node.whole { return CountRange(least: least) }
    let exactly = node["exactly"]?.whole
    return CountRange(
      least: node["at_least"]?.whole ?? exactly ?? 0, most: node["at_most"]?.whole ?? exactly)
  }
}
