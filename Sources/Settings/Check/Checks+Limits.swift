internal import JourneyModel

extension Checks {
  /// No section has more entries than a plan may have, and what is kept is named by a list.
  mutating func limits() {
    for section in ["sources", "channels", "touchpoints", "journeys", "suggestions"] {
      let entries = root.named(section)
      guard entries.count > Limits.planEntriesMax else { continue }
      error(
        "too-many", at: entries[Limits.planEntriesMax].keyPlace,
        "“\(section)” has \(entries.count) entries, and at most \(Limits.planEntriesMax) are allowed"
      )
    }
    if let kept = root["history"]?["attributes"], let text = kept.text,
      let near = Nearest.name(to: text, of: ["used", "all"])
    {
      warning(
        "doubtful-name", at: kept.place, "“\(text)” is taken for the name of an attribute to keep",
        help: "did you mean “\(near)”?")
    }
  }
}
