internal import JourneyModel
internal import Settings

extension ScenarioComparison {
  /// Why an expected suggestion did not come, or not so: the gate that refused it, or the step that was not done.
  func notes(on entry: ExpectedSuggestion, _ partner: Happening?) -> [String] {
    if let partner, identifiers.all(entry.to, areIn: partner.customer.identifiers) {
      let isElsewhen = entry.at.map { scenario.start + $0 != partner.time } ?? false
      let isElsewhere = entry.channel.map { $0 != partner.channel } ?? false
      guard !entry.isWithdrawal, isElsewhen || isElsewhere else { return [] }
      return decisions(on: entry.rule, near: entry.at, of: entry.to, before: partner.time)
    }
    if entry.isWithdrawal { return withdrawalNotes(entry) }
    let told = decisions(on: entry.rule, near: entry.at, of: entry.to)
    if !told.isEmpty { return told }
    let steps = explain(entry.rule, entry.to)
    return steps.isEmpty ? ["“\(entry.rule)” never completed"] : steps
  }

  private func withdrawalNotes(_ entry: ExpectedSuggestion) -> [String] {
    let made = observation.happenings.filter { $0.rule == entry.rule && !$0.isWithdrawal }
    if made.isEmpty { return ["“\(entry.rule)” was never made, so it cannot be withdrawn"] }
    return []
  }

  /// What was decided on a rule at a moment, else what was decided last before it, else first of all.
  func decisions(
    on rule: String, near at: TimeSpan?, of identifiers: [NamedText] = [],
    before limit: Moment? = nil
  ) -> [String] {
    let decisions = observation.decisions.filter { decision in
      decision.candidates.contains { $0.suggestion == rule } && isOf(identifiers, decision.customer)
        && limit.map { decision.time <= $0 } ?? true
    }
    guard let at else { return decisions.prefix(3).flatMap { notes(on: rule, $0) } }
    let moment = scenario.start + at
    let exact = decisions.filter { $0.time == moment }
    if !exact.isEmpty { return exact.flatMap { notes(on: rule, $0) } }
    let nearest = decisions.last { $0.time < moment } ?? decisions.first
    return nearest.map { notes(on: rule, $0) } ?? []
  }

  private func notes(on rule: String, _ decision: Decision) -> [String] {
    decision.candidates.filter { $0.suggestion == rule }.map { candidate in
      let channels = candidate.channels.map { tried in
        switch tried.answer {
        case .made: "made on \(tried.channel)"
        case .refused(let reason): "refused on \(tried.channel): \(Self.meaning(of: reason))"
        }
      }
      let completed = text.time(candidate.completed)
      return "“\(rule)”, complete at \(completed), decided at \(text.time(decision.time)): "
        + channels.joined(separator: "; ")
    }
  }

  private func isOf(_ wanted: [NamedText], _ customer: CustomerID) -> Bool {
    guard !wanted.isEmpty else { return true }
    let picture = observation.customers.first {
      $0.customer == customer || $0.aliases.contains(customer)
    }
    return picture.map { identifiers.all(wanted, areIn: $0.identifiers) } ?? true
  }

  /// A gate in words.
  private static func meaning(of reason: String) -> String {
    if reason.hasPrefix("pressure:") {
      return "\(reason) (the cap “\(reason.dropFirst(9))” is full)"
    }
    let meanings = [
      "excluded": "“contact.never” holds for this customer",
      "no_address": "the customer does not have what the channel needs",
      "consent": "there is no consent for this channel and purpose",
      "condition": "“if”, “unless”, the journey or its phase did not hold",
      "service_first": "an issue was open or cooling off",
      "paused": "a pause after earlier outcomes",
      "again_after": "made already, within “again_after”",
      "at_once": "as many open suggestions of this purpose already",
      "quiet_hours": "within quiet hours",
      "outranked": "a better suggestion took the place",
    ]
    return meanings[reason].map { "\(reason) (\($0))" } ?? reason
  }
}
