internal import JourneyModel
internal import Settings

extension ScenarioComparison {
  /// Nil where there is such a customer.
  func customer(_ expected: ExpectedCustomer) -> Finding? {
    let candidates = observation.customers.filter {
      identifiers.all(expected.identifiers, areIn: $0.identifiers)
    }
    let who = ScenarioText.identifiers(expected.identifiers)
    guard !candidates.isEmpty else {
      var finding = Finding(.customers, at: expected.place, "there is no customer \(who)")
      finding.notes = nearest(expected)
      return finding
    }
    let all = candidates.map { differences(expected, $0) }
    guard !all.contains(where: \.isEmpty), let fewest = all.min(by: { $0.count < $1.count }) else {
      return nil
    }
    var finding = Finding(
      .customers, at: expected.place, "the customer \(who) is not as expected")
    finding.rows = fewest
    return finding
  }

  /// Customers that have a part of the identifiers.
  private func nearest(_ expected: ExpectedCustomer) -> [String] {
    let some = observation.customers.filter { customer in
      expected.identifiers.contains { identifiers.all([$0], areIn: customer.identifiers) }
    }
    return some.prefix(3).map { customer in
      let known = customer.identifiers.flatMap { values in
        values.values.map { NamedText(values.type, $0) }
      }
      return "there is one with \(ScenarioText.identifiers(known))"
    }
  }

  private func differences(
    _ expected: ExpectedCustomer, _ actual: CustomerPicture
  ) -> [Finding.Row] {
    var rows: [Finding.Row] = []
    func compare(_ what: String, _ isSame: Bool, _ expected: String, _ actual: String) {
      guard !isSame else { return }
      rows.append(
        Finding.Row(.differs, expected: "\(what): \(expected)", actual: "\(what): \(actual)"))
    }
    if let count = expected.touchpoints {
      compare("touchpoints", count == actual.touchpoints, "\(count)", "\(actual.touchpoints)")
    }
    for trait in expected.traits {
      let found = actual.traits.first { $0.name == trait.name }?.value ?? .null
      compare(
        "traits.\(trait.name)", found.isSame(as: trait.value), ScenarioText.value(trait.value),
        ScenarioText.value(found))
    }
    for consent in expected.consents {
      let state = state(consent, actual)
      compare(
        "consent.\(consent.channel).\(consent.purpose)", state == consent.state,
        consent.state.rawValue, state.rawValue)
    }
    let satisfaction = actual.satisfaction.map { ScenarioText.value(.number($0)) } ?? "null"
    switch expected.satisfaction {
    case .anything: break
    case .nothing: compare("satisfaction", actual.satisfaction == nil, "null", satisfaction)
    case .value(let wanted):
      // What floating point leaves of 0.001 is not told from it.
      let isNear = actual.satisfaction.map { abs($0 - wanted) <= 0.001 + 1e-12 } ?? false
      compare("satisfaction", isNear, ScenarioText.value(.number(wanted)), satisfaction)
    }
    for journeys in expected.journeys { rows += differences(journeys, actual) }
    return rows
  }

  private func state(
    _ consent: ExpectedCustomer.Consent, _ actual: CustomerPicture
  ) -> ConsentState {
    let found = actual.consents.first {
      $0.channel == consent.channel && $0.purpose == consent.purpose
    }
    guard let found else { return .unknown }
    return found.granted ? .granted : .denied
  }
}

// MARK: Journeys

extension ScenarioComparison {
  private func differences(
    _ expected: ExpectedCustomer.Journeys, _ actual: CustomerPicture
  ) -> [Finding.Row] {
    let all = actual.journeys.filter { $0.name == expected.name }
      .enumerated().sorted { ($0.element.started, $0.offset) < ($1.element.started, $1.offset) }
      .map(\.element)
    let compared = expected.areAll ? all : all.suffix(1)
    let fits =
      compared.count == expected.instances.count
      && zip(expected.instances, compared).allSatisfy(Self.fits)
    guard !fits else { return [] }
    func list(_ texts: [String]) -> String {
      expected.areAll ? "[\(texts.joined(separator: ", "))]" : texts.first ?? "none"
    }
    let wanted = list(expected.instances.map(Self.text))
    let found = list(
      compared.enumerated().map { index, journey in
        let beside = index < expected.instances.count ? expected.instances[index] : nil
        return Self.text(journey, beside: beside)
      })
    let name = "journeys.\(expected.name)"
    return [Finding.Row(.differs, expected: "\(name): \(wanted)", actual: "\(name): \(found)")]
  }

  private static func fits(_ expected: ExpectedJourney, _ actual: CustomerPicture.Journey) -> Bool {
    guard expected.phase.admits(actual.phase) else { return false }
    if let status = expected.status, status != actual.status { return false }
    if let count = expected.touchpoints, count != actual.touchpoints { return false }
    switch expected.channels {
    case nil: return true
    case .names(let names): return names == Set(actual.channels.map(\.name))
    case .counts(let counts):
      return sorted(counts.filter { $0.count > 0 }) == sorted(actual.channels)
    }
  }

  private static func sorted(_ counts: [CustomerPicture.NamedCount]) -> [CustomerPicture.NamedCount]
  {
    counts.sorted { $0.name < $1.name }
  }

  private static func text(_ expected: ExpectedJourney) -> String {
    var parts: [String] = []
    if let phase = ScenarioText.wanted(expected.phase) { parts.append("phase: \(phase)") }
    if let status = expected.status { parts.append("status: \(status)") }
    if let count = expected.touchpoints { parts.append("touchpoints: \(count)") }
    switch expected.channels {
    case nil: break
    case .names(let names): parts.append("channels: \(ScenarioText.list(names.sorted()))")
    case .counts(let counts): parts.append("channels: \(text(counts))")
    }
    return "{\(parts.joined(separator: ", "))}"
  }

  private static func text(
    _ actual: CustomerPicture.Journey, beside expected: ExpectedJourney?
  ) -> String {
    var parts: [String] = []
    if expected?.phase.isChecked ?? true {
      parts.append("phase: \(actual.phase.map(ScenarioText.scalar) ?? "null")")
    }
    if expected == nil || expected?.status != nil { parts.append("status: \(actual.status)") }
    if expected?.touchpoints != nil { parts.append("touchpoints: \(actual.touchpoints)") }
    switch expected?.channels {
    case nil: break
    case .names:
      parts.append("channels: \(ScenarioText.list(actual.channels.map(\.name).sorted()))")
    case .counts: parts.append("channels: \(text(actual.channels))")
    }
    return "{\(parts.joined(separator: ", "))}"
  }

  private static func text(_ counts: [CustomerPicture.NamedCount]) -> String {
    let members = sorted(counts).map { "\(ScenarioText.scalar($0.name)): \($0.count)" }
    return "{\(members.joined(separator: ", "))}"
  }
}
