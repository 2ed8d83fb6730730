internal import Glibc
internal import JourneyModel

extension Checks {
  mutating func sources() {
    topics()
    for entry in root.named("sources") {
      format(entry)
      if let map = entry.value.entry("map") { mapping(map, of: entry) }
    }
  }

  // MARK: Topics

  private mutating func topics() {
    var first: [String: Place] = [:]
    for entry in root.named("sources") {
      guard let topic = entry.value.entry("topic") else { continue }
      let text = topic.value.text ?? topic.value["pattern"]?.text
      guard let text else { continue }
      if let other = first[text] {
        error(
          "same-topic", at: topic.value.place,
          "“\(text)” is given twice: first at \(other.text), again at \(topic.value.place.text)",
          help: "a topic has one source")
      } else {
        first[text] = topic.value.place
      }
    }
    var written: [String: Place] = [:]
    for output in root.named("outputs") {
      guard let text = output.value.text else { continue }
      if let other = written[text] {
        error(
          "same-topic", at: output.value.place,
          "“\(text)” is given twice: first at \(other.text), again at \(output.value.place.text)",
          help: "each output needs a topic of its own")
      } else if let source = first[text] {
        error(
          "same-topic", at: output.value.place,
          "“\(text)” is written and, at \(source.text), read: what comes out would go in again")
      }
      written[text] = output.value.place
    }
    internalTopics()
    patterns(written.keys.sorted())
  }

  private mutating func internalTopics() {
    let own = [plan.kafka.groupID + "-lead", plan.kafka.groupID + "-state"]
    let sources = root.named("sources").compactMap { $0.value["topic"] }
    let outputs = root.named("outputs").map(\.value)
    for node in sources + outputs {
      guard let text = node.text, own.contains(text) else { continue }
      error(
        "same-topic", at: node.place, "“\(text)” is a topic of journeyd's own",
        help: "its name follows from the group.id")
    }
  }

  private mutating func patterns(_ written: [String]) {
    let own = [plan.kafka.groupID + "-lead", plan.kafka.groupID + "-state"]
    for entry in root.named("sources") {
      guard let node = entry.value["topic"]?["pattern"], let text = node.text,
        let hit = (written + own).first(where: { PosixPattern(text)?.matches($0) == true })
      else { continue }
      warning(
        "own-topic", at: node.place, "“\(text)” also matches “\(hit)”, which journeyd writes",
        help: "narrow it: what comes out would go in again")
    }
  }

  // MARK: Formats

  private mutating func format(_ entry: YAMLEntry) {
    let node = entry.value
    let format = node["format"]?.text ?? "journeyd"
    let isKnown =
      ["journeyd", "cloudevents", "segment", "json"].contains(format)
      && !strangers.mean("format", in: node)
    for (key, owner) in [("map", "json"), ("types", "cloudevents"), ("consent", "segment")] {
      guard let found = node.entry(key), format != owner, isKnown else { continue }
      error(
        "not-of-format", at: found.keyPlace, "“\(key)” is for format: \(owner), not \(format)",
        help: "set format: \(owner), or leave “\(key)” out")
    }
    let isContact = node["touch"].map { $0.bool ?? false } ?? true
    if format == "json", node["map"] == nil, !strangers.are(in: node) {
      error(
        "missing", at: entry.keyPlace, "“\(entry.key)” needs “map”",
        help: "format: json takes each field from where “map” says")
    }
    if format == "segment", isContact, node["channel"] == nil, !strangers.are(in: node) {
      warning(
        "no-channel", at: entry.keyPlace,
        "“\(entry.key)” has no channel: Segment's events bring none, so all are rejected",
        help: "add “channel”")
    }
  }

  // MARK: Mappings

  private mutating func mapping(_ map: YAMLEntry, of source: YAMLEntry) {
    guard map.value.map != nil else { return }
    let isContact = source.value["touch"].map { $0.bool ?? false } ?? true
    if isContact, !strangers.are(in: map.value), !strangers.are(in: source.value) {
      if map.value["touchpoint"] == nil {
        error(
          "missing", at: map.keyPlace, "“map” needs “touchpoint”",
          help: "say where it stands, or {const: NAME}")
      }
      if map.value["channel"] == nil, source.value["channel"] == nil {
        error(
          "missing", at: map.keyPlace, "“map” needs “channel”, since “\(source.key)” has none",
          help: "say where it stands, or give the source a channel")
      }
    }
    for field in MappedField.all(map.value) { self.field(field) }
    samePlaces(map.value)
  }

  private mutating func field(_ field: MappedField) {
    let entry = field.entry
    let origins = ["at", "const", "record", "header"].compactMap { entry.value.entry($0) }
    if let second = origins.dropFirst().first, let first = origins.first {
      error(
        "together", at: second.keyPlace, "“\(first.key)” and “\(second.key)” do not go together",
        help: "a field has one origin")
    }
    if let skip = entry.value["otherwise"]?["skip"], skip.bool == false {
      error(
        "bad-value", at: skip.place, "“skip” can only be true", help: "or leave “otherwise” out")
    }
    if ["id", "time"].contains(field.name), let constant = entry.value.entry("const") {
      warning(
        "constant", at: constant.keyPlace, "every record would have the same \(field.name)",
        help: "take it from the record: {at: /…}, {record: …} or {header: …}")
    }
  }

  /// Two fields from one place where one of them cannot be right.
  private mutating func samePlaces(_ map: YAMLNode) {
    var seen: [String: MappedField] = [:]
    for field in MappedField.all(map) where field.isExclusive {
      guard let origin = field.origin else { continue }
      guard let other = seen[origin] else {
        seen[origin] = field
        continue
      }
      if MappedField.canShare(field, other) { continue }
      warning(
        "same-place", at: field.entry.value.place,
        "“\(field.name)” is read from the same place as “\(other.name)” "
          + "(\(origin), line \(other.entry.keyPlace.line))",
        help: "one of the two is surely somewhere else")
    }
  }
}

/// A field of a mapping with its name: `identifiers.email`.
private struct MappedField {
  var name: String
  var entry: YAMLEntry

  static func all(_ map: YAMLNode) -> [MappedField] {
    map.entries.flatMap { entry -> [MappedField] in
      let nested = ["identifiers", "attributes", "traits", "consent", "suggestion"]
      guard nested.contains(entry.key), entry.value.map != nil else {
        return [MappedField(name: entry.key, entry: entry)]
      }
      let inner = entry.value.entries.map {
        MappedField(name: "\(entry.key).\($0.key)", entry: $0)
      }
      guard entry.key == "consent" else { return inner }
      return inner.flatMap { channel in
        channel.entry.value.entries.map {
          MappedField(name: "\(channel.name).\($0.key)", entry: $0)
        }
      }
    }
  }

  /// Attributes, traits and consents may repeat what stands elsewhere.
  var isExclusive: Bool {
    ["id", "time", "touchpoint", "channel", "satisfaction", "erase"].contains(name)
      || name.hasPrefix("identifiers.") || name.hasPrefix("suggestion.")
  }

  /// Where it is read from; nil for a constant.
  var origin: String? {
    if let pointer = entry.value.text { return pointer }
    if let pointer = entry.value["at"]?.text { return pointer }
    if let part = entry.value["record"]?.text { return "the record's \(part)" }
    return entry.value["header"]?.text.map { "the header \($0)" }
  }

  /// A key can be an id and an identifier; a kind can be mapped to several of what and where.
  static func canShare(_ a: MappedField, _ b: MappedField) -> Bool {
    let names = [a.name, b.name]
    if names.contains("id"), names.contains(where: { $0.hasPrefix("identifiers.") }) { return true }
    let kinds = ["touchpoint", "channel", "satisfaction", "erase", "suggestion.outcome"]
    return names.allSatisfy(kinds.contains)
      && [a, b].contains { $0.entry.value["values"] != nil || $0.entry.value["scale"] != nil }
  }
}

/// A POSIX extended regular expression, for looking at names while checking only.
private struct PosixPattern {
  private let text: String

  /// Nil where it is none.
  init?(_ text: String) {
    var compiled = regex_t()
    guard regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
    regfree(&compiled)
    self.text = text
  }

  func matches(_ name: String) -> Bool {
    var compiled = regex_t()
    guard regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
    defer { regfree(&compiled) }
    return regexec(&compiled, name, 0, nil, 0) == 0
  }
}
