internal import JourneyModel

/// What the table cannot tell: names that must exist, and settings that make no sense together.
struct Checks {
  let root: YAMLNode
  let plan: Plan
  let builder: Builder
  let use: Settings.Use
  private(set) var problems: [Diagnostic] = []

  static func all(
    _ root: YAMLNode, _ plan: Plan, _ references: [Validator.Reference], builder: Builder,
    use: Settings.Use, complete: Bool
  ) -> [Diagnostic] {
    var checks = Checks(root: root, plan: plan, builder: builder, use: use)
    if complete { checks.names(references) }
    if complete { checks.required() }
    checks.sources()
    checks.journeys()
    checks.suggestions()
    checks.contact()
    checks.limits()
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
      if !root.named("kafka").contains(where: { names.contains($0.key) }) {
        error(
          "missing", at: root.entry("kafka")?.keyPlace ?? top, "no broker is named",
          help: "add “bootstrap.servers” to “kafka”, as localhost:9092")
      }
    case .replay: break
    }
    if root["outputs"] == nil {
      error(
        "missing", at: top, "there is no “outputs”, and “outputs” needs “suggestions”",
        help: "add outputs: {suggestions: TOPIC}")
    }
    if root.named("sources").isEmpty {
      error(
        "missing", at: root.entry("sources")?.keyPlace ?? top,
        "there is no source: nothing would be read",
        help: "add sources: {NAME: {topic: TOPIC}}")
    }
  }
}
