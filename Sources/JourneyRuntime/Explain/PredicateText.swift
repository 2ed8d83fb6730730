internal import JourneyModel
internal import Settings

/// A condition as the configuration writes it.
enum PredicateText {
  static func text(_ predicate: PredicatePlan) -> String {
    "{\(parts(predicate).joined(separator: ", "))}"
  }

  private static func parts(_ predicate: PredicatePlan) -> [String] {
    switch predicate {
    case .seen(let matcher, let within, let count):
      return ["seen: \(StepText.what(matcher))"] + StepText.narrowed(matcher) + span(within)
        + times(count)
    case .unseen(let matcher, let within):
      return ["unseen: \(StepText.what(matcher))"] + StepText.narrowed(matcher) + span(within)
    case .sample(let name, let share):
      return ["sample: \(ScenarioText.scalar(name))", "share: \(number(share * 100))%"]
    case .journey(let name, let status, let phases):
      return [
        "journey: \(ScenarioText.scalar(name))", "is: \(status.map { "\($0)" } ?? "none")",
      ] + (phases.map { ["phase: \(StepText.list($0))"] } ?? [])
    case .satisfaction(let comparisons, let journey):
      return ["satisfaction: {\(comparisons.map(text).joined(separator: ", "))}"]
        + (journey.map { ["journey: \(ScenarioText.scalar($0))"] } ?? [])
    case .trait(let name, let comparisons):
      return ["trait: \(ScenarioText.scalar(name))"] + comparisons.map(text)
    case .consent(let channel, let purpose, let state):
      return [
        "consent: {channel: \(ScenarioText.scalar(channel)), purpose: \(ScenarioText.scalar(purpose))}",
        "is: \(state.rawValue)",
      ]
    case .all(let inner): return ["all: [\(inner.map(text).joined(separator: ", "))]"]
    case .any(let inner): return ["any: [\(inner.map(text).joined(separator: ", "))]"]
    case .not(let inner): return ["not: \(text(inner))"]
    }
  }

  private static func text(_ comparison: Comparison) -> String {
    "\(comparison.operator.rawValue): \(ScenarioText.value(comparison.operand))"
  }

  private static func span(_ within: TimeSpan?) -> [String] {
    within.map { ["within: \(Scalars.text($0))"] } ?? []
  }

  private static func times(_ count: CountRange) -> [String] {
    if count == .atLeastOnce { return [] }
    guard let most = count.most else { return ["times: \(count.least)"] }
    if count.least == most { return ["times: {exactly: \(most)}"] }
    return count.least == 0
      ? ["times: {at_most: \(most)}"] : ["times: {at_least: \(count.least), at_most: \(most)}"]
  }

  private static func number(_ value: Double) -> String {
    var writer = JSONWriter(reserving: 16)
    writer.number(value)
    return writer.text
  }
}
