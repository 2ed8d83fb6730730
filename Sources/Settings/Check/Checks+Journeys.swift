internal import JourneyModel

extension Checks {
  mutating func journeys() {
    for entry in root.named("journeys") {
      var first: [String: Place] = [:]
      for (index, item) in (entry.value["phases"]?.items ?? []).enumerated() {
        for (name, place) in phaseNames(item) {
          if let other = first[name] {
            error(
              "given-twice", at: place,
              "the phase “\(name)” is given twice: first at line \(other.line), again at line \(place.line)",
              help: "phases of a journey have different names")
          }
          first[name] = place
        }
        if let second = item.entries.dropFirst().first {
          error(
            "bad-phase", at: second.keyPlace, "two phases in one item of the list",
            help: "write “- \(second.key): […]” on a line of its own, so that their order is plain")
        }
        if index > 0, let name = item.text {
          warning(
            "unreachable", at: item.place, "nothing enters the phase “\(name)”",
            help: "only the first phase is entered by itself: write “\(name): [TOUCHPOINT]”")
        }
      }
    }
  }

  private func phaseNames(_ item: YAMLNode) -> [(String, Place)] {
    if let name = item.text { return [(name, item.place)] }
    return item.entries.map { ($0.key, $0.keyPlace) }
  }

  /// Whether the phases named exist in the journey; a journey that does not is told elsewhere.
  mutating func phases(_ node: YAMLNode?, of journey: String) {
    guard let node, let plan = plan.journeys.first(where: { $0.name == journey }),
      let written = root["journeys"]?[journey], !strangers.are(in: written)
    else { return }
    let names = plan.phases.map(\.name)
    for item in node.items {
      guard let name = item.text, !names.contains(name) else { continue }
      let all =
        names.isEmpty ? "it has no phases" : "its phases are: \(names.joined(separator: ", "))"
      error(
        "unknown-name", at: item.place, "“\(name)” is not a phase of the journey “\(journey)”",
        help: Nearest.help(for: name, of: names) ?? all)
    }
  }

  /// Whether a journey can come to a state; of one that does not exist: yes.
  func canBecome(_ status: JourneyStatus, _ journey: String) -> Bool {
    guard let plan = plan.journeys.first(where: { $0.name == journey }) else { return true }
    switch status {
    case .open: return true
    case .won: return !plan.won.isEmpty
    case .lost: return !plan.lost.isEmpty
    case .ended: return plan.endsAfter != nil
    }
  }
}
