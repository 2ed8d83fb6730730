internal import JourneyModel
internal import Settings

/// Reads the `tests:` of a file, with every problem placed.
struct ScenarioReader {
  /// Nil where the configuration is wrong: then names cannot be checked.
  let names: ScenarioNames?
  var problems: [Diagnostic] = []

  init(names: ScenarioNames?) { self.names = names }

  mutating func scenarios(of root: YAMLNode) -> [Scenario] {
    guard let top = map(root, "a file of scenarios", known: ["configuration", "tests"]) else {
      return []
    }
    guard let tests = top["tests"] else {
      problem("missing-key", at: root.place, "“tests” is missing: the file has no scenarios")
      return []
    }
    return tests.items.compactMap { scenario($0) }
  }

  private static let keys = [
    "name", "start", "events", "until", "expect", "refused", "rejected", "customers",
    "customer_count", "policy", "holdout",
  ]

  private mutating func scenario(_ node: YAMLNode) -> Scenario? {
    guard let fields = map(node, "a scenario", known: Self.keys, required: ["name"]) else {
      return nil
    }
    let name = fields["name"].flatMap { text($0, "a name") } ?? ""
    var scenario = Scenario(name: name, place: node.place, start: Scenario.standardStart)
    if let start = fields["start"] { scenario.start = moment(start) ?? Scenario.standardStart }
    scenario.until = fields["until"].flatMap { duration($0) }
    scenario.events = (fields["events"]?.items ?? []).enumerated().compactMap {
      event($1, number: $0 + 1)
    }
    if let expect = fields["expect"] {
      scenario.expected = expect.items.compactMap { expectedSuggestion($0) }
      scenario.expectedPlace = expect.place
    }
    scenario.refused = (fields["refused"]?.items ?? []).compactMap { expectedRefusal($0) }
    if let rejected = fields["rejected"] {
      scenario.rejected = rejected.items.compactMap { expectedRejection($0) }
      scenario.rejectedPlace = rejected.place
    }
    scenario.customers = (fields["customers"]?.items ?? []).compactMap { expectedCustomer($0) }
    if let node = fields["customer_count"], let number = count(node) {
      scenario.customerCount = ExpectedCount(place: node.place, count: number)
    }
    if let policy = fields["policy"] { scenario.hasPolicy = onOrOff(policy) ?? true }
    if let holdout = fields["holdout"] { scenario.hasHoldout = onOrOff(holdout) ?? false }
    return scenario
  }
}

// MARK: Events

extension ScenarioReader {
  /// Fields of a native interaction, beside its time.
  private static let native = [
    "id", "touchpoint", "channel", "identifiers", "attributes", "satisfaction", "traits", "consent",
    "suggestion", "erase",
  ]

  private mutating func event(_ node: YAMLNode, number: Int) -> ScenarioEvent? {
    let help = ["time": "write “at”, the time after the scenario's start"]
    let known = ["at", "arrives", "source"] + Self.native
    guard let fields = map(node, "an event", known: known, required: ["at"], helping: help) else {
      return nil
    }
    let suggestion = fields["suggestion"]?["id"].flatMap { namedSuggestion($0) }
    guard let at = fields["at"].flatMap({ duration($0) }) else { return nil }
    let id = fields["id"].map(\.json)
    let label = id.flatMap(Self.plainText) ?? "e\(number)"
    var members = [JSONValue.Member("id", id ?? .string(label))]
    for entry in node.entries where entry.key != "id" && Self.native.contains(entry.key) {
      members.append(JSONValue.Member(entry.key, entry.value.json))
    }
    var event = ScenarioEvent(
      place: node.place, label: label, at: at, arrival: at, fields: members)
    if let arrives = fields["arrives"] { event.arrival = duration(arrives) ?? at }
    if let source = fields["source"] { event.source = text(source, "a source") ?? "test" }
    event.suggestion = suggestion
    return event
  }

  /// A rule's name, with or without a number; nil for ids and whatever names no rule.
  private mutating func namedSuggestion(_ node: YAMLNode) -> NamedSuggestion? {
    guard let names, let whole = node.string else { return nil }
    let parts = whole.split(separator: "#", omittingEmptySubsequences: false)
    let rule = String(parts[0])
    if SuggestionID(whole) != nil { return nil }
    guard names.rules.contains(rule) else {
      unknown("suggestion", rule, at: node.place, of: names.rules)
      return nil
    }
    guard parts.count > 1 else { return NamedSuggestion(rule: rule) }
    guard parts.count == 2, let ordinal = Int(parts[1]), ordinal > 0 else {
      problem(
        "value", at: node.place, "“\(whole)” names no suggestion",
        help: "“\(rule)” is the latest of that name, “\(rule)#2” the second")
      return nil
    }
    return NamedSuggestion(rule: rule, ordinal: ordinal)
  }
}

// MARK: Values

extension ScenarioReader {
  /// The values of a mapping by key; unknown and missing keys are problems. Nil where it is no mapping.
  mutating func map(
    _ node: YAMLNode, _ what: String, known: [String], required: [String] = [],
    helping: [String: String] = [:]
  ) -> [String: YAMLNode]? {
    guard let entries = node.map else {
      problem("type", at: node.place, "\(what) is a mapping, not \(node.kind)")
      return nil
    }
    var found: [String: YAMLNode] = [:]
    for entry in entries {
      if known.contains(entry.key) {
        found[entry.key] = entry.value
      } else {
        problem(
          "unknown-key", at: entry.keyPlace, "“\(entry.key)” is no part of \(what)",
          help: helping[entry.key] ?? Nearest.help(for: entry.key, of: known))
      }
    }
    for key in required where found[key] == nil {
      problem("missing-key", at: node.place, "“\(key)” is missing: \(what) needs it")
    }
    return found
  }

  mutating func problem(_ code: String, at place: Place, _ message: String, help: String? = nil) {
    problems.append(Diagnostic(.error, code, at: place, message, help: help))
  }

  mutating func unknown(
    _ noun: String, _ name: String, at place: Place, of known: some Sequence<String>
  ) {
    let sorted = known.sorted()
    let list = sorted.count <= 12 && !sorted.isEmpty ? sorted.joined(separator: ", ") : nil
    problem(
      "unknown-name", at: place, "there is no \(noun) “\(name)”",
      help: Nearest.help(for: name, of: sorted) ?? list.map { "there are: \($0)" })
  }

  /// A text, or a number as it is written; `what` is for the message.
  mutating func text(_ node: YAMLNode, _ what: String) -> String? {
    if !node.isNull, let text = Self.plainText(node.json) { return text }
    problem("type", at: node.place, "\(what) is expected, not \(node.kind)")
    return nil
  }

  /// A name that the configuration must have.
  mutating func name(
    _ node: YAMLNode, _ noun: String, _ known: (ScenarioNames) -> Set<String>
  ) -> String? {
    guard let name = text(node, "the name of a \(noun)") else { return nil }
    if let names, !known(names).contains(name) {
      unknown(noun, name, at: node.place, of: known(names))
      return nil
    }
    return name
  }

  /// One of a few words.
  mutating func word<Value>(
    _ node: YAMLNode, _ noun: String, of words: [String], _ value: (String) -> Value?
  ) -> Value? {
    guard let word = text(node, "a \(noun)") else { return nil }
    if words.contains(word), let value = value(word) { return value }
    unknown(noun, word, at: node.place, of: words)
    return nil
  }

  mutating func duration(_ node: YAMLNode) -> TimeSpan? {
    let said = node.text ?? node.kind
    switch node.text.map(Scalars.duration) ?? .failure(.form) {
    case .success(let span): return span
    case .failure(.unit), .failure(.form):
      problem(
        "duration", at: node.place, "“\(said)” is not a duration",
        help: "whole numbers with a unit, as 90s, 15m, 2h, 7d or 1d12h")
    case .failure(.tooLarge):
      problem("duration", at: node.place, "“\(said)” is too long")
    }
    return nil
  }

  mutating func moment(_ node: YAMLNode) -> Moment? {
    if let moment = node.text.flatMap({ Moment(rfc3339: $0) }) { return moment }
    problem(
      "moment", at: node.place, "“\(node.text ?? node.kind)” is not a time",
      help: "RFC 3339 with an offset, as 2026-01-05T09:00:00+01:00")
    return nil
  }

  mutating func count(_ node: YAMLNode) -> Int? {
    if let count = node.whole, count >= 0 { return count }
    problem(
      "type", at: node.place, "“\(node.text ?? node.kind)” is not a whole number from 0")
    return nil
  }

  /// `on` and `off`; also what other readers of YAML make of them.
  mutating func onOrOff(_ node: YAMLNode) -> Bool? {
    if node.text == "on" { return true }
    if node.text == "off" { return false }
    problem("value", at: node.place, "“\(node.text ?? node.kind)” is neither “on” nor “off”")
    return nil
  }

  /// Text, or the digits of a whole number; nil for anything else.
  static func plainText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .digits(let text): return text
    case .number:
      var writer = JSONWriter(reserving: 24)
      writer.value(value)
      return writer.text
    case .null, .bool, .list, .object: return nil
    }
  }
}
