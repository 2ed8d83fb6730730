/// Walks the tree with the table: finds what is unknown, missing, of the wrong type or out of bounds, and
/// collects every name that must exist.
struct Validator {
  /// A name that stands for something defined elsewhere.
  struct Reference {
    var use: NameUse
    var name: String
    var place: Place
    /// The settings above it, for messages.
    var path: [String]
  }

  /// What is being looked at: its name, what is above it, and where a missing key is marked.
  struct Subject {
    var path: [String]
    var owner: Place
    var name: String { path.last ?? "the configuration" }

    func inner(_ key: String, at owner: Place) -> Subject {
      Subject(path: path + [key], owner: owner)
    }
  }

  let kafka: KafkaKnowledge
  let secrets: SecretSource
  /// False where a file ends at a fault of form: then nothing is missing for sure.
  let isComplete: Bool
  let use: Settings.Use
  private(set) var problems: [Diagnostic] = []
  private(set) var references: [Reference] = []
  private(set) var strangers = Strangers()
  /// Values of properties by name, secrets resolved.
  private(set) var kafkaValues: [String: (value: String, isSecret: Bool)] = [:]

  init(kafka: KafkaKnowledge, secrets: SecretSource, isComplete: Bool, use: Settings.Use) {
    self.use = use
    self.kafka = kafka
    self.secrets = secrets
    self.isComplete = isComplete
  }

  mutating func check(_ root: YAMLNode) {
    check(root, .record(SettingsTable.root), Subject(path: [], owner: root.place))
  }

  mutating func check(_ node: YAMLNode, _ shape: Shape, _ subject: Subject) {
    switch shape {
    case .list(let inner, let atLeast): list(node, inner, atLeast, subject)
    case .named(let key, let inner): named(node, key, inner, subject)
    case .record(let record): self.record(node, record, subject)
    case .variants(let records, let noun): variants(node, records, noun, subject)
    case .kinds(let scalar, let list, let map): kinds(node, scalar, list, map, shape, subject)
    case .kafkaValue: property(node, subject)
    case .deferred(let inner): check(node, inner(), subject)
    case .json: json(node, subject)
    case .jsonScalar: jsonScalar(node, subject)
    case .scale: scale(node, subject)
    case .name(let use): reference(node, use, subject)
    case .text, .bool, .whole, .number, .share, .duration, .durationOr, .size, .choice, .moment,
      .clock,
      .timezone, .pattern:
      if let fault = ScalarCheck.fault(node, shape, subject.name) {
        error("bad-value", at: place(node, subject), fault.message, help: fault.help)
      }
    }
  }

  mutating func error(_ code: String, at place: Place, _ message: String, help: String? = nil) {
    problems.append(Diagnostic(.error, code, at: place, message, help: help))
  }

  /// Where a value stands; of one that is left out its owner.
  private func place(_ node: YAMLNode, _ subject: Subject) -> Place {
    node.text == "" && node.isPlain ? subject.owner : node.place
  }

  mutating func wrongKind(_ node: YAMLNode, _ expected: String, _ subject: Subject) {
    error(
      "wrong-type", at: place(node, subject),
      "“\(subject.name)” must be \(expected), not \(node.kind)",
      help: nil)
  }

  mutating func refer(_ use: NameUse, _ name: String, at place: Place, _ path: [String]) {
    references.append(Reference(use: use, name: name, place: place, path: path))
  }

  mutating func keep(property name: String, _ value: String, isSecret: Bool) {
    kafkaValues[name] = (value, isSecret)
  }
}

// MARK: Containers

extension Validator {
  private mutating func list(
    _ node: YAMLNode, _ inner: Shape, _ atLeast: Int, _ subject: Subject
  ) {
    let items = node.items
    if items.count < atLeast {
      error(
        "empty", at: subject.owner, "“\(subject.name)” is empty",
        help: "it needs at least \(atLeast == 1 ? "one" : "\(atLeast)") of \(ShapeText.of(inner))")
    }
    let isList = node.list != nil
    for item in items {
      check(item, inner, Subject(path: subject.path, owner: isList ? item.place : subject.owner))
    }
  }

  private mutating func named(
    _ node: YAMLNode, _ key: KeyForm, _ inner: Shape, _ subject: Subject
  ) {
    guard let entries = node.map else {
      if !node.isNull {
        wrongKind(node, "a mapping of names, as “name: …”", subject)
      }
      return
    }
    for entry in entries {
      checkKey(entry, key, subject)
      check(entry.value, inner, subject.inner(entry.key, at: entry.keyPlace))
    }
  }

  private mutating func checkKey(_ entry: YAMLEntry, _ form: KeyForm, _ subject: Subject) {
    switch form {
    case .definition(let noun):
      guard !Names.isName(entry.key) else { return }
      error(
        "bad-name", at: entry.keyPlace, "“\(entry.key)” is no name of a \(noun)",
        help: "names are 1 to 64 of A–Z, a–z, 0–9, _, . and -")
    case .touchpointDefinition:
      if let fault = Names.touchpointFault(entry.key) {
        error("bad-name", at: entry.keyPlace, fault, help: Names.touchpointHelp)
      }
    case .reference(let use): refer(use, entry.key, at: entry.keyPlace, subject.path)
    case .text, .property: break
    }
  }

  private mutating func record(_ node: YAMLNode, _ record: Record, _ subject: Subject) {
    guard let entries = node.map else {
      guard node.isNull else { return wrongKind(node, "a mapping of settings", subject) }
      return missing(record, [], [], subject)
    }
    var guesses: Set<String> = []
    for entry in entries {
      if let setting = record[entry.key] {
        check(entry.value, setting.shape, subject.inner(entry.key, at: entry.keyPlace))
      } else if let guess = unknown(
        entry, record.settings.map(\.name), in: node, subject)
      {
        guesses.insert(guess)
      }
    }
    missing(record, entries.map(\.key), guesses, subject)
  }

  /// Tells of an unknown key, and what it was taken for.
  private mutating func unknown(
    _ entry: YAMLEntry, _ names: [String], in mapping: YAMLNode, _ subject: Subject
  ) -> String? {
    let entries = mapping.entries
    let free = names.filter { name in !entries.contains { $0.key == name } }
    let guess = Nearest.name(to: entry.key, of: free)
    strangers.add(guess, in: mapping)
    let owner =
      subject.path.isEmpty ? "a section" : "a setting of “\(subject.path.joined(separator: "."))”"
    error(
      "unknown-key", at: entry.keyPlace, "“\(entry.key)” is not \(owner)",
      help: guess.map { "did you mean “\($0)”?" } ?? "there are: \(names.joined(separator: ", "))")
    return guess
  }

  private mutating func missing(
    _ record: Record, _ keys: [String], _ guesses: Set<String>, _ subject: Subject
  ) {
    guard isComplete else { return }
    // A scenario writes nothing.
    if use == .scenario, subject.path == ["outputs"] { return }
    for setting in record.settings
    where setting.isRequired && !keys.contains(setting.name) && !guesses.contains(setting.name) {
      let example = ShapeText.of(setting.shape)
      error(
        "missing", at: subject.owner, "“\(subject.name)” needs “\(setting.name)”",
        help: "add “\(setting.name)”, \(example): \(setting.help)")
    }
    let oneOf = record.oneOf
    guard !oneOf.isEmpty, !keys.contains(where: oneOf.contains),
      guesses.isDisjoint(with: oneOf)
    else { return }
    let known = Set(record.settings.map(\.name))
    // An unknown key stands where the missing one should: one word about it is enough.
    guard keys.allSatisfy(known.contains) || keys.isEmpty else { return }
    error(
      "missing", at: subject.owner, "“\(subject.name)” needs one of \(Self.either(oneOf))")
  }

  private mutating func variants(
    _ node: YAMLNode, _ records: [Record], _ noun: String, _ subject: Subject
  ) {
    let tags = records.compactMap(\.tag)
    guard let entries = node.map else {
      return error(
        "wrong-type", at: node.place,
        "“\(subject.name)” must be \(noun), not \(ScalarCheck.said(node))",
        help: "write a mapping with one of \(Self.either(tags))")
    }
    if let fit = records.first(where: { record in entries.contains { $0.key == record.tag } }) {
      return together(node, fit, tags, subject)
    }
    for entry in entries {
      if let guess = Nearest.name(to: entry.key, of: tags) {
        strangers.add(guess, in: node)
        return error(
          "unknown-key", at: entry.keyPlace, "“\(entry.key)” is not \(noun)",
          help: "did you mean “\(guess)”?")
      }
    }
    let place = entries.first?.keyPlace ?? subject.owner
    error(
      "unknown-key", at: place,
      entries.first.map { "“\($0.key)” is not \(noun)" } ?? "\(noun) is empty",
      help: "it is told by one of \(Self.either(tags))")
  }

  /// A record among several, whose own keys exclude the tags of the others.
  private mutating func together(
    _ node: YAMLNode, _ fit: Record, _ tags: [String], _ subject: Subject
  ) {
    let strangers = node.entries.filter { tags.contains($0.key) && fit[$0.key] == nil }
    for stranger in strangers {
      error(
        "together", at: stranger.keyPlace,
        "“\(fit.tag ?? "")” and “\(stranger.key)” do not go together",
        help: "make two of it")
    }
    let own = node.entries.filter { entry in !strangers.contains { $0.key == entry.key } }
    record(YAMLNode(.map(own), at: node.place), fit, subject)
  }

  private mutating func kinds(
    _ node: YAMLNode, _ scalar: Shape?, _ list: Shape?, _ map: Shape?, _ shape: Shape,
    _ subject: Subject
  ) {
    let fit: Shape?
    switch node.content {
    case .scalar: fit = scalar
    case .list: fit = list
    case .map: fit = map
    }
    guard let fit else { return wrongKind(node, ShapeText.of(shape), subject) }
    check(node, fit, subject)
  }

  static func either(_ names: [String]) -> String {
    names.map { "“\($0)”" }.joined(separator: ", ")
  }
}

// MARK: Values

extension Validator {
  private mutating func json(_ node: YAMLNode, _ subject: Subject) {
    if node.isNull {
      error(
        "no-value", at: place(node, subject), "“\(subject.name)” has no value",
        help: "null counts as missing: see “exists”")
    }
  }

  private mutating func jsonScalar(_ node: YAMLNode, _ subject: Subject) {
    guard node.text != nil else { return wrongKind(node, "one value", subject) }
    json(node, subject)
  }

  private mutating func scale(_ node: YAMLNode, _ subject: Subject) {
    let help =
      "write its two ends, as [1, 5], or three points whose middle one is 0, as [0, 7.5, 10]"
    guard let items = node.list, items.count == 2 || items.count == 3 else {
      return error(
        "bad-scale", at: node.place, "“\(subject.name)” needs both ends: two or three numbers",
        help: help)
    }
    var points: [Double] = []
    for item in items {
      guard let number = item.number else {
        return error(
          "bad-scale", at: item.place, "a scale has numbers, not \(item.kind)", help: help)
      }
      points.append(number)
    }
    let rises = zip(points, points.dropFirst()).allSatisfy { $0 < $1 }
    let falls = zip(points, points.dropFirst()).allSatisfy { $0 > $1 }
    if !rises, !falls {
      error(
        "bad-scale", at: node.place,
        points.count == 2
          ? "the ends of the scale are the same" : "the points of the scale are not in order",
        help: help)
    }
  }

  private mutating func reference(_ node: YAMLNode, _ use: NameUse, _ subject: Subject) {
    guard let text = node.string else {
      let help = node.isNull ? nil : node.text.map { "put it in quotes: \"\($0)\"" }
      return error(
        "wrong-type", at: place(node, subject),
        "“\(subject.name)” must be \(ShapeText.of(.name(use))), not \(node.kind)", help: help)
    }
    switch use {
    case .touchpoint, .touchpointOrAll:
      if text != "*" || use == .touchpoint, let fault = Names.touchpointFault(text) {
        return error("bad-name", at: node.place, fault, help: Names.touchpointHelp)
      }
    case .channel, .outbound, .channelOrAll, .identifier, .journey, .suggestion, .purpose,
      .purposeOrAll:
      break
    }
    refer(use, text, at: node.place, subject.path)
  }

  private mutating func property(_ node: YAMLNode, _ subject: Subject) {
    let name = subject.name
    let value: String
    var isSecret = Masking.isSecret(name)
    switch node.content {
    case .list: return wrongKind(node, "one value, or a secret as {file: PATH}", subject)
    case .scalar(let text, _):
      guard !node.isNull else {
        return error("no-value", at: place(node, subject), "“\(name)” has no value")
      }
      value = text
    case .map(let entries):
      guard let secret = secret(node, entries, subject) else { return }
      value = secret
      isSecret = true
    }
    if name == "group.id" {
      guard Names.isTopic(value), value.utf8.count <= 200 else {
        return error(
          "bad-value", at: node.place, "“\(value)” cannot be the group.id",
          help: "it begins names of topics: 1 to 200 of A–Z, a–z, 0–9, _, . and -")
      }
    } else if let problem = kafka.problem(name, value, isSecret) {
      error(
        "bad-property", at: problem.isOfName ? subject.owner : node.place,
        Masking.masked(problem.message, isSecret ? value : ""),
        help: problem.help.map { Masking.masked($0, isSecret ? value : "") })
    }
    keep(property: name, value, isSecret: isSecret)
  }

  private mutating func secret(
    _ node: YAMLNode, _ entries: [YAMLEntry], _ subject: Subject
  ) -> String? {
    let kinds = ["credential", "file", "env"]
    guard entries.count == 1, let entry = entries.first, kinds.contains(entry.key) else {
      let wrong = entries.first { !kinds.contains($0.key) }
      error(
        "bad-secret", at: wrong?.keyPlace ?? node.place,
        wrong.map { "“\($0.key)” is no place for a secret" } ?? "a secret has one place",
        help: "write {credential: NAME}, {file: PATH} or {env: NAME}")
      return nil
    }
    guard let name = entry.value.text, !name.isEmpty else {
      error("bad-secret", at: entry.value.place, "“\(entry.key)” must be a name or a path")
      return nil
    }
    switch secrets.resolve(entry.key, name) {
    case .success(let value):
      guard value.isEmpty else { return value }
      error(
        "bad-secret", at: entry.value.place, "the secret of “\(subject.name)” in “\(name)” is empty"
      )
    case .failure(let unreadable):
      let help =
        entry.key == "credential"
        ? "systemd gives it by LoadCredential=\(name):PATH" : nil
      error("bad-secret", at: entry.value.place, unreadable.reason, help: help)
    }
    return nil
  }
}
