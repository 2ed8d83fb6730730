internal import JourneyModel

/// Names of the configuration that a scenario may use; of a configuration that is wrong there are none to check.
struct ScenarioNames {
  var rules: Set<String> = []
  var journeys: Set<String> = []
  var phases: Set<String> = []
  var channels: Set<String> = []
  var purposes: Set<String> = []
  var identifiers: Set<String> = []
  var caps: Set<String> = []

  init(_ plan: Plan) {
    rules = Set(plan.rules.map(\.name))
    journeys = Set(plan.journeys.map(\.name))
    phases = Set(plan.journeys.flatMap { $0.phases.map(\.name) })
    channels = Set(plan.catalogue.channels.map(\.name)).union(plan.rules.flatMap(\.channels))
    purposes = Set(plan.contact.consent.map(\.purpose)).union(["marketing", "service"])
      .union(plan.rules.map(\.purpose))
    identifiers = Set(plan.identity.kinds.map(\.name))
    caps = Set(plan.contact.pressure.map(\.name))
  }

  /// Reasons that a decision can refuse a channel for, in the order of the gates.
  static let gates = [
    "excluded", "no_address", "consent", "condition", "service_first", "paused", "again_after",
    "at_once", "pressure", "quiet_hours", "outranked",
  ]

  func isReason(_ text: String) -> Bool {
    if Self.gates.contains(text) { return true }
    return text.hasPrefix("pressure:") && caps.contains(String(text.dropFirst(9)))
  }

  var reasons: [String] { Self.gates + caps.sorted().map { "pressure:" + $0 } }
}
