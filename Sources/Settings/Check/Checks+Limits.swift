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

  /// Settings of the catalogue and of identifiers that surely mean something else.
  mutating func doubtful() {
    for entry in root.named("touchpoints") {
      guard let kind = entry.value["kind"], let text = kind.text,
        let near = Nearest.name(to: text, of: ["functional", "emotional"])
      else { continue }
      warning(
        "doubtful-name", at: kind.place, "“\(text)” is a kind of its own",
        help: "did you mean “\(near)”?")
    }
    for entry in root["identity"]?.named("identifiers") ?? [] {
      guard entry.value["unique"]?.bool == true, entry.value["shared"]?.bool == true,
        let shared = entry.value.entry("shared")
      else { continue }
      warning(
        "doubtful", at: shared.keyPlace,
        "“\(entry.key)” is unique (one person’s alone) and shared (several people’s)",
        help: "keep one of the two")
    }
  }
}
