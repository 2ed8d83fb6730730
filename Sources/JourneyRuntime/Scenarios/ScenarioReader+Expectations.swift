internal import JourneyModel
internal import Settings

extension ScenarioReader {
  private static let suggestionKeys = [
    "at", "suggest", "withdraw", "touchpoint", "channel", "purpose", "to", "because", "with",
    "address", "journey", "phase", "reason", "group",
  ]

  mutating func expectedSuggestion(_ node: YAMLNode) -> ExpectedSuggestion? {
    guard let fields = map(node, "an expected suggestion", known: Self.suggestionKeys) else {
      return nil
    }
    guard let named = fields["suggest"] ?? fields["withdraw"] else {
      problem(
        "missing-key", at: node.place,
        "“suggest” is missing: an expected suggestion names its rule",
        help: "“suggest: NAME”, or “withdraw: NAME” where one is taken back")
      return nil
    }
    if let second = node.entry("withdraw"), fields["suggest"] != nil {
      problem(
        "value", at: second.keyPlace, "“suggest” and “withdraw” are in one entry",
        help: "make it two entries")
    }
    guard let rule = name(named, "suggestion", \.rules) else { return nil }
    var expected = ExpectedSuggestion(
      place: node.place, rule: rule, isWithdrawal: fields["suggest"] == nil)
    expected.at = fields["at"].flatMap { duration($0) }
    expected.touchpoint = fields["touchpoint"].flatMap { text($0, "a touchpoint") }
    expected.channel = fields["channel"].flatMap { name($0, "channel", \.channels) }
    expected.purpose = fields["purpose"].flatMap { name($0, "purpose", \.purposes) }
    if let to = fields["to"] { expected.to = identifiers(to) }
    if let because = fields["because"] {
      expected.because = because.items.compactMap { text($0, "the id of an event") }
    }
    if let content = fields["with"] { expected.content = values(content, "“with”") }
    if let address = fields["address"] { expected.address = wanted(address, "an address") }
    if let journey = fields["journey"] {
      expected.journey = wanted(journey, "journey", \.journeys)
    }
    if let phase = fields["phase"] { expected.phase = wanted(phase, "phase", \.phases) }
    takeReason(node, &expected)
    if let group = fields["group"] {
      expected.isControl = word(group, "group", of: ["control", "treatment"]) { $0 == "control" }
    }
    return expected
  }

  private mutating func takeReason(_ node: YAMLNode, _ expected: inout ExpectedSuggestion) {
    guard let reason = node.entry("reason") else { return }
    guard expected.isWithdrawal else {
      problem(
        "value", at: reason.keyPlace, "only what is withdrawn has a reason",
        help: "the reasons of refusals stand in “refused”")
      return
    }
    expected.reason = word(
      reason.value, "reason", of: WithdrawalReason.allCases.map(\.rawValue),
      WithdrawalReason.init(rawValue:))
  }

  mutating func expectedRefusal(_ node: YAMLNode) -> ExpectedRefusal? {
    let known = ["at", "suggestion", "channel", "reason"]
    guard let fields = map(node, "a refusal", known: known) else { return nil }
    var refusal = ExpectedRefusal(place: node.place)
    refusal.at = fields["at"].flatMap { duration($0) }
    refusal.rule = fields["suggestion"].flatMap { name($0, "suggestion", \.rules) }
    refusal.channel = fields["channel"].flatMap { name($0, "channel", \.channels) }
    guard let reason = fields["reason"], let said = text(reason, "a reason") else {
      return refusal
    }
    if let names, !names.isReason(said) {
      unknown("reason", said, at: reason.place, of: names.reasons)
    }
    refusal.reason = said
    return refusal
  }

  mutating func expectedRejection(_ node: YAMLNode) -> ExpectedRejection? {
    guard
      let fields = map(node, "a rejection", known: ["id", "code"], required: ["id", "code"]),
      let id = fields["id"].flatMap({ text($0, "the id of an event") }),
      let code = fields["code"].flatMap({
        word($0, "code", of: RejectCode.allCases.map(\.rawValue), RejectCode.init(rawValue:))
      })
    else { return nil }
    return ExpectedRejection(place: node.place, id: id, code: code)
  }
}

// MARK: Customers

extension ScenarioReader {
  mutating func expectedCustomer(_ node: YAMLNode) -> ExpectedCustomer? {
    let known = ["identifiers", "touchpoints", "traits", "consent", "satisfaction", "journeys"]
    guard let fields = map(node, "a customer", known: known) else { return nil }
    var customer = ExpectedCustomer(place: node.place)
    if let identifiers = fields["identifiers"] {
      customer.identifiers = self.identifiers(identifiers)
    }
    customer.touchpoints = fields["touchpoints"].flatMap { count($0) }
    if let traits = fields["traits"] { customer.traits = values(traits, "“traits”") }
    if let consent = fields["consent"] { customer.consents = consents(consent) }
    if let satisfaction = fields["satisfaction"] {
      customer.satisfaction = number(satisfaction)
    }
    if let journeys = fields["journeys"] {
      customer.journeys = members(journeys, "“journeys”").compactMap { self.journeys($0) }
    }
    return customer
  }

  private mutating func journeys(_ entry: YAMLEntry) -> ExpectedCustomer.Journeys? {
    if let names, !names.journeys.contains(entry.key) {
      unknown("journey", entry.key, at: entry.keyPlace, of: names.journeys)
      return nil
    }
    return ExpectedCustomer.Journeys(
      name: entry.key, instances: entry.value.items.compactMap { expectedJourney($0) },
      areAll: entry.value.list != nil)
  }

  private mutating func expectedJourney(_ node: YAMLNode) -> ExpectedJourney? {
    let known = ["phase", "status", "touchpoints", "channels"]
    guard let fields = map(node, "a journey", known: known) else { return nil }
    var journey = ExpectedJourney()
    if let phase = fields["phase"] { journey.phase = wanted(phase, "phase", \.phases) }
    journey.status = fields["status"].flatMap {
      word($0, "status", of: JourneyStatus.allCases.map { "\($0)" }) { JourneyStatus($0) }
    }
    journey.touchpoints = fields["touchpoints"].flatMap { count($0) }
    if let channels = fields["channels"] { journey.channels = self.channels(channels) }
    return journey
  }

  /// Any channel: an interaction may come on one that is not in the catalogue.
  private mutating func channels(_ node: YAMLNode) -> ExpectedJourney.Channels {
    guard let entries = node.map else {
      return .names(Set(node.items.compactMap { text($0, "a channel") }))
    }
    return .counts(
      entries.compactMap { entry in
        count(entry.value).map { CustomerPicture.NamedCount(entry.key, $0) }
      })
  }

  private mutating func consents(_ node: YAMLNode) -> [ExpectedCustomer.Consent] {
    var consents: [ExpectedCustomer.Consent] = []
    for channel in members(node, "“consent”") {
      for purpose in members(channel.value, "the consent of a channel") {
        let states = ConsentState.allCases.map(\.rawValue)
        guard
          let state = word(
            purpose.value, "consent", of: states, ConsentState.init(rawValue:))
        else { continue }
        consents.append(
          ExpectedCustomer.Consent(channel: channel.key, purpose: purpose.key, state: state))
      }
    }
    return consents
  }
}

// MARK: Parts

extension ScenarioReader {
  private mutating func members(_ node: YAMLNode, _ what: String) -> [YAMLEntry] {
    if let entries = node.map { return entries }
    problem("type", at: node.place, "\(what) is a mapping, not \(node.kind)")
    return []
  }

  private mutating func values(_ node: YAMLNode, _ what: String) -> [NamedValue] {
    members(node, what).map { NamedValue($0.key, $0.value.json) }
  }

  private mutating func identifiers(_ node: YAMLNode) -> [NamedText] {
    var found: [NamedText] = []
    for entry in members(node, "identifiers") {
      if let names, !names.identifiers.contains(entry.key) {
        unknown("identifier", entry.key, at: entry.keyPlace, of: names.identifiers)
        continue
      }
      for item in entry.value.items {
        if let value = text(item, "the value of an identifier") {
          found.append(NamedText(entry.key, value))
        }
      }
    }
    return found
  }

  private mutating func wanted(_ node: YAMLNode, _ what: String) -> Wanted<String> {
    if node.isNull { return .nothing }
    return text(node, what).map { .value($0) } ?? .anything
  }

  private mutating func wanted(
    _ node: YAMLNode, _ noun: String, _ known: (ScenarioNames) -> Set<String>
  ) -> Wanted<String> {
    if node.isNull { return .nothing }
    return name(node, noun, known).map { .value($0) } ?? .anything
  }

  private mutating func number(_ node: YAMLNode) -> Wanted<Double> {
    if node.isNull { return .nothing }
    if let number = node.number { return .value(number) }
    problem("type", at: node.place, "a number from -1 to 1 is expected, not \(node.kind)")
    return .anything
  }
}
