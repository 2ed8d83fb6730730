internal import JourneyModel

extension Checks {
  mutating func contact() {
    guard let node = root["contact"] else { return reachable() }
    if let atOnce = node["at_once"], atOnce.whole == 0 {
      never(atOnce.place, "at_once: 0 lets nothing through", "make it at least 1")
    }
    for item in node["never"]?.items ?? [] {
      conditions(item["if"])
      everybody(item)
    }
    for cap in node.named("pressure") { self.cap(cap) }
    quietHours(node)
    if let holdout = node["holdout"], holdout["share"]?.share == 1, let share = holdout["share"] {
      never(share.place, "everyone is in the control group: nothing is ever sent", "as 5%")
    }
    pauses(node)
    for opening in node["service_first"]?["opens"]?.items ?? []
    where opening["satisfaction"] != nil {
      alone(YAMLNode(.list([opening]), at: opening.place))
    }
    reachable()
  }

  private mutating func conditions(_ node: YAMLNode?) {
    for item in node?.items ?? [] where item.map != nil { predicate(item) }
    alone(node)
  }

  /// A condition of `never` that holds whatever a customer is like.
  private mutating func everybody(_ item: YAMLNode) {
    guard let node = item.entry("if") else { return }
    let always = builder.predicates(node.value).allSatisfy { predicate in
      var opposite = Conditions()
      opposite.add(predicate, false, at: node.keyPlace)
      return opposite.contradiction() != nil
    }
    guard always, !node.value.items.isEmpty else { return }
    never(
      node.keyPlace, "this holds for everybody: nothing is ever suggested",
      "say whom it is about, as {trait: deceased, equals: true}")
  }

  private mutating func cap(_ cap: YAMLEntry) {
    conditions(cap.value["for"])
    if let max = cap.value["max"], max.whole == 0, cap.value["for"] == nil {
      never(
        max.place, "“\(cap.key)” has no room for anything: max is 0",
        "make it at least 1; for customers who get nothing there is “never”")
    }
    let purposes = cap.value["purpose"]?.texts ?? []
    if !purposes.isEmpty, purposes.allSatisfy(plan.contact.exempt.contains),
      let place = cap.value.entry("purpose")
    {
      never(
        place.keyPlace, "“\(cap.key)” never binds: its purposes are exempt",
        "take them out of contact.exempt")
    }
  }

  private mutating func pauses(_ node: YAMLNode) {
    for pause in node["pauses"]?.items ?? [] {
      guard let within = pause.entry("within"), (pause["times"]?.whole ?? 1) < 2 else { continue }
      warning(
        "without-times", at: within.keyPlace, "“within” without “times” does nothing",
        help: "say how many times within it, as “times: 2”")
    }
  }

  // MARK: Quiet hours

  private mutating func quietHours(_ node: YAMLNode) {
    let items = node["quiet_hours"]?.items ?? []
    for item in items {
      guard let from = item["from"]?.text.flatMap(Scalars.clock), let until = item["until"],
        until.text.flatMap(Scalars.clock) == from
      else { continue }
      error(
        "empty-hours", at: until.place, "quiet hours that end when they begin",
        help: "for the whole day write from: \"00:00\", until: \"24:00\"")
    }
    let outbound = plan.catalogue.channels.filter(\.isOutbound).map(\.name)
    let named = plan.contact.quietHours.flatMap { $0.channels ?? [] }
    let shut = (outbound.isEmpty ? Set(named).sorted() : outbound).filter {
      QuietWeek(plan.contact, channel: $0).isRoundTheClock
    }
    guard !shut.isEmpty,
      let last = items.last(where: { item in
        item["channels"]?.texts.contains(where: shut.contains) ?? true
      })
    else { return }
    never(
      last.place,
      "quiet hours round the clock: nothing ever leaves on \(shut.joined(separator: ", "))",
      "leave some hours free, or set outbound: false")
  }

  // MARK: Whom can be reached

  /// Channels that nobody can receive, and suggestions that nobody can have agreed to.
  private mutating func reachable() {
    let supply = Supply(plan.sources)
    let used = Set(plan.rules.flatMap(\.channels))
    for entry in root.named("channels") {
      for need in entry.value["needs"]?.items ?? [] where used.contains(entry.key) {
        if let name = need.text, !supply.bringsIdentifier(name), !plan.sources.isEmpty {
          never(
            need.place, "nobody can receive on “\(entry.key)”: no source brings “\(name)”",
            "map it in a source")
        } else if let trait = need["trait"], let name = trait.text, !plan.sources.isEmpty,
          need["exists"]?.bool != false, need["not"] == nil, !supply.bringsTrait(name)
        {
          never(
            trait.place,
            "nobody can receive on “\(entry.key)”: no source brings the trait “\(name)”",
            "map it in a source")
        }
      }
      let conditions = (entry.value["needs"]?.items ?? []).filter { $0.map != nil }
      alone(YAMLNode(.list(conditions), at: entry.keyPlace))
    }
    consents(supply)
  }

  private mutating func consents(_ supply: Supply) {
    guard !plan.sources.isEmpty else { return }
    for entry in root.named("suggestions") where entry.value.map != nil {
      let rule = builder.rule(entry)
      let consent = plan.contact.consent.first { $0.purpose == rule.purpose }
      guard consent?.rule != .implied, !rule.channels.isEmpty,
        !rule.channels.contains(where: { supply.grants($0, rule.purpose) }),
        let place = entry.value["suggest"]?.entry("channels")
      else { continue }
      let channels = rule.channels.joined(separator: ", ")
      never(
        place.keyPlace,
        "nobody can have agreed to “\(rule.purpose)” on \(channels): it is required, and no source brings it",
        "map the consent in a source, or set contact.consent.\(rule.purpose): implied")
    }
  }
}

/// What the sources can bring, as far as the configuration tells.
private struct Supply {
  private var identifiers: Set<String> = []
  private var traits: Set<String> = []
  private var consents: [(channel: String, purpose: String)] = []
  private var anyIdentifier = false
  private var anyTrait = false
  private var anyConsent = false

  init(_ sources: [SourcePlan]) {
    for source in sources {
      switch source.format {
      case .journeyd, .cloudevents:
        anyIdentifier = true
        anyTrait = true
        anyConsent = true
      case .segment(let pairs):
        anyIdentifier = true
        anyTrait = true
        consents += pairs.map { ($0.channel, $0.purpose) }
      case .json(let map): add(map)
      }
    }
  }

  private mutating func add(_ map: MappingPlan) {
    switch map.identifiers {
    case .whole: anyIdentifier = true
    case .named(let fields): identifiers.formUnion(fields.map(\.name))
    case nil: break
    }
    switch map.traits {
    case .whole: anyTrait = true
    case .named(let fields): traits.formUnion(fields.map(\.name))
    case nil: break
    }
    switch map.consent {
    case .whole: anyConsent = true
    case .named(let fields): consents += fields.map { ($0.channel, $0.purpose) }
    case nil: break
    }
  }

  func bringsIdentifier(_ name: String) -> Bool { anyIdentifier || identifiers.contains(name) }

  func bringsTrait(_ name: String) -> Bool { anyTrait || traits.contains(name) }

  func grants(_ channel: String, _ purpose: String) -> Bool {
    anyConsent
      || consents.contains {
        ($0.channel == "*" || $0.channel == channel) && ($0.purpose == "*" || $0.purpose == purpose)
      }
  }
}
