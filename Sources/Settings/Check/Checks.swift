internal import JourneyModel

/// What the table cannot tell: names that must exist, and settings that make no sense together.
struct Checks {
  let root: YAMLNode
  let plan: Plan
  let builder: Builder
  let use: Settings.Use
  let strangers: Strangers
  private(set) var problems: [Diagnostic] = []
  /// Names that may still be compared for “did you mean”.
  var namesLeft = 1_000_000

  static func all(
    _ root: YAMLNode, _ plan: Plan, _ references: [Validator.Reference], _ strangers: Strangers,
    builder: Builder, use: Settings.Use, complete: Bool
  ) -> [Diagnostic] {
    var checks = Checks(root: root, plan: plan, builder: builder, use: use, strangers: strangers)
    if complete { checks.names(references) }
    if complete { checks.required() }
    checks.sources()
    checks.journeys()
    checks.suggestions()
    checks.contact()
    checks.limits()
    checks.doubtful()
    return checks.problems
  }

  mutating func error(_ code: String, at place: Place, _ message: String, help: String? = nil) {
    problems.append(Diagnostic(.error, code, at: place, message, help: help))
  }

  mutating func warning(_ code: String, at place: Place, _ message: String, help: String? = nil) {
    problems.append(Diagnostic(.warning, code, at: place, message, help: help))
  }
}

extension Checks {
  /// Whether a section is as it seems: neither misspelt nor of the wrong type.
  func isSure(_ section: String) -> Bool {
    guard !strangers.mean(section, in: root) else { return false }
    return root[section].map { $0.map != nil || $0.isNull } ?? true
  }

  /// The same of a mapping within a section.
  func isSure(_ section: String, _ key: String) -> Bool {
    guard isSure(section) else { return false }
    guard let node = root[section] else { return true }
    guard !strangers.mean(key, in: node) else { return false }
    return node[key].map { $0.map != nil || $0.isNull } ?? true
  }

  /// What each use of a configuration needs.
  mutating func required() {
    let top = Place(root.place.source)
    switch use {
    case .scenario:
      if let kafka = root.entry("kafka") {
        error(
          "kafka-here", at: kafka.keyPlace, "scenarios run without a broker",
          help: "leave “kafka” out of the configuration of a scenario file")
      }
      return
    case .daemon:
      let names = ["bootstrap.servers", "metadata.broker.list"]
      let isThere = root.named("kafka").contains {
        names.contains($0.key) || Nearest.name(to: $0.key, of: names) != nil
      }
      if !isThere, isSure("kafka") {
        error(
          "missing", at: root.entry("kafka")?.keyPlace ?? top, "no broker is named",
          help: "add “bootstrap.servers” to “kafka”, as localhost:9092")
      }
    case .replay: break
    }
    if root["outputs"] == nil, isSure("outputs") {
      error(
        "missing", at: top, "there is no “outputs”, and “outputs” needs “suggestions”",
        help: "add outputs: {suggestions: TOPIC}")
    }
    if root.named("sources").isEmpty, isSure("sources") {
      error(
        "missing", at: root.entry("sources")?.keyPlace ?? top,
        "there is no source: nothing would be read",
        help: "add sources: {NAME: {topic: TOPIC}}")
    }
  }
}
