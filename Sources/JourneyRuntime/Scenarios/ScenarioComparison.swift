package import JourneyModel
internal import Settings

/// Compares what a scenario came to with what it expects (spec part 5).
package struct ScenarioComparison {
  let scenario: Scenario
  let observation: Observation
  let text: ScenarioText
  let identifiers: ExpectedIdentifiers
  /// Why a rule made nothing for a customer, where no decision tells.
  let explain: (_ rule: String, _ identifiers: [NamedText]) -> [String]

  /// `explain` says of a rule which of its steps was not done; asked only where a suggestion is missing.
  package init(
    _ scenario: Scenario, _ observation: Observation, identity: IdentityPlan,
    explain: @escaping (_ rule: String, _ identifiers: [NamedText]) -> [String] = { _, _ in [] }
  ) {
    self.scenario = scenario
    self.observation = observation
    self.explain = explain
    text = ScenarioText(start: scenario.start)
    identifiers = ExpectedIdentifiers(identity)
  }

  /// None where everything is as expected; in the order of the scenario's parts.
  package func findings() -> [Finding] {
    var findings: [Finding] = []
    if let expected = scenario.expected, let finding = suggestions(expected) {
      findings.append(finding)
    }
    findings += scenario.refused.compactMap { refusal($0) }
    if let expected = scenario.rejected, let finding = rejections(expected) {
      findings.append(finding)
    }
    findings += scenario.customers.compactMap { customer($0) }
    if let expected = scenario.customerCount, expected.count != observation.customerCount {
      findings.append(
        Finding(
          .customerCount, at: expected.place,
          "\(expected.count) expected, there are \(observation.customerCount)"))
    }
    return findings
  }
}

// MARK: Refused and rejected

extension ScenarioComparison {
  private func refusal(_ expected: ExpectedRefusal) -> Finding? {
    let occurs = observation.decisions.contains { decision in
      if let at = expected.at, decision.time != scenario.start + at { return false }
      return decision.candidates.contains { candidate in
        if let rule = expected.rule, candidate.suggestion != rule { return false }
        return candidate.channels.contains { Self.fits($0, expected) }
      }
    }
    guard !occurs else { return nil }
    var finding = Finding(
      .refused, at: expected.place, "no decision has \(text.expected(expected))")
    if let rule = expected.rule { finding.notes = decisions(on: rule, near: expected.at) }
    return finding
  }

  private static func fits(_ tried: Decision.ChannelTried, _ expected: ExpectedRefusal) -> Bool {
    if let channel = expected.channel, tried.channel != channel { return false }
    switch tried.answer {
    case .made: return false
    case .refused(let reason):
      guard let wanted = expected.reason else { return true }
      return reason == wanted || wanted == "pressure" && reason.hasPrefix("pressure:")
    }
  }

  private func rejections(_ expected: [ExpectedRejection]) -> Finding? {
    let actual = observation.rejected
    let pairs = Pairing(lefts: expected.count, rights: actual.count) { left, right in
      expected[left].id == actual[right].id && expected[left].code == actual[right].rejection.code
    }.largest()
    let paired = Set(pairs.compactMap { $0 })
    guard pairs.contains(nil) || paired.count < actual.count else { return nil }
    var finding = Finding(
      .rejected, at: scenario.rejectedPlace, "other events were rejected than expected")
    for (index, entry) in expected.enumerated() {
      let said = "{id: \(ScenarioText.scalar(entry.id)), code: \(entry.code.rawValue)}"
      finding.rows.append(
        pairs[index] == nil
          ? Finding.Row(.missing, expected: said)
          : Finding.Row(.same, expected: said, actual: said))
    }
    for (index, event) in actual.enumerated() where !paired.contains(index) {
      let code = event.rejection.code.rawValue
      finding.rows.append(
        Finding.Row(
          .unexpected, actual: "{id: \(ScenarioText.scalar(event.id)), code: \(code)}"))
      finding.notes.append("\(event.id): \(event.rejection.message)")
    }
    return finding
  }
}

/// Whether a customer has an identifier as an expectation writes it: as sent, or as it is kept.
struct ExpectedIdentifiers {
  private let normalizations: [String: IdentityPlan.Normalization]

  init(_ plan: IdentityPlan) {
    normalizations = Dictionary(plan.kinds.map { ($0.name, $0.normalize) }) { first, _ in first }
  }

  func all(_ expected: [NamedText], areIn shown: [IdentifierValues]) -> Bool {
    expected.allSatisfy { wanted in
      shown.contains { $0.type == wanted.name && $0.values.contains { isSame(wanted, $0) } }
    }
  }

  private func isSame(_ wanted: NamedText, _ value: String) -> Bool {
    if wanted.text == value { return true }
    switch normalizations[wanted.name] ?? .none {
    case .none: return false
    case .lowercase: return wanted.text.lowercased() == value
    case .digits: return wanted.text.filter { ("0"..."9").contains($0) } == value
    }
  }
}
