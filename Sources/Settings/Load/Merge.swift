/// Puts the sections of several files together.
struct Merge {
  private(set) var problems: [Diagnostic] = []

  /// Sections, and settings within them, may be spread; the same name or setting twice names both places.
  mutating func merge(_ roots: [YAMLNode]) -> YAMLNode? {
    guard var merged = roots.first else { return nil }
    for root in roots.dropFirst() {
      merged = merge(merged, root, .record(SettingsTable.root))
    }
    return merged
  }

  private mutating func merge(_ a: YAMLNode, _ b: YAMLNode, _ shape: Shape) -> YAMLNode {
    guard case .map(var entries) = a.content, case .map(let others) = b.content else { return a }
    var index: [String: Int] = [:]
    for (place, entry) in entries.enumerated() { index[entry.key] = place }
    for other in others {
      guard let at = index[other.key] else {
        index[other.key] = entries.count
        entries.append(other)
        continue
      }
      let inner = Self.inner(shape, other.key)
      let mine = entries[at]
      if mine.value.isNull, inner != nil {
        entries[at] = other
      } else if other.value.isNull, inner != nil {
        continue
      } else if let inner, mine.value.map != nil, other.value.map != nil {
        entries[at].value = merge(mine.value, other.value, inner)
      } else {
        twice(other, mine)
      }
    }
    return YAMLNode(.map(entries), at: a.place)
  }

  /// The shape of a setting whose value can be spread; nil for one that is given once.
  private static func inner(_ shape: Shape, _ key: String) -> Shape? {
    guard case .record(let record) = shape, let setting = record[key] else { return nil }
    switch setting.shape {
    case .record, .named: return setting.shape
    case .text, .bool, .whole, .number, .share, .duration, .durationOr, .size, .choice, .moment,
      .clock,
      .timezone, .pattern, .scale, .json, .jsonScalar, .name, .list, .variants, .kinds, .kafkaValue,
      .deferred:
      return nil
    }
  }

  private mutating func twice(_ second: YAMLEntry, _ first: YAMLEntry) {
    problems.append(
      Diagnostic(
        .error, "given-twice", at: second.keyPlace,
        "“\(second.key)” is given twice: first at \(first.keyPlace.text), again at \(second.keyPlace.text)",
        help: "keep one of the two"))
  }
}
