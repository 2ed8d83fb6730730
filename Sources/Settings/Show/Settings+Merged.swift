extension Settings {
  /// The merged configuration with all defaults, as YAML that can be loaded; secrets masked.
  ///
  /// `withOrigin` adds to each setting where its value comes from.
  package func merged(withOrigin: Bool = false) -> String {
    var text = MergedText(withOrigin: withOrigin)
    text.root(root)
    return text.out
  }
}

/// Writes a configuration in the order of the table.
private struct MergedText {
  let withOrigin: Bool
  private(set) var out = ""

  init(withOrigin: Bool) { self.withOrigin = withOrigin }

  mutating func root(_ node: YAMLNode) {
    for setting in SettingsTable.root.settings {
      let entry = node.entry(setting.name)
      if setting.name == "kafka" {
        kafka(entry)
      } else if case .record(let record) = setting.shape, entry.map({ $0.value.isNull }) ?? true {
        // A section that is not there has its defaults, if it has any.
        guard record.settings.contains(where: { $0.standard != nil }) else { continue }
        line(0, "\(setting.name):", origin(entry))
        self.record(YAMLNode(.map([]), at: node.place), record, 1)
      } else {
        self.setting(setting, entry, 0)
      }
    }
  }

  private mutating func kafka(_ entry: YAMLEntry?) {
    line(0, "kafka:", origin(entry))
    if entry?.value["group.id"] == nil { line(1, "group.id: journeyd", origin(nil)) }
    for property in entry?.value.entries ?? [] {
      let hides = property.value.map == nil && Masking.isSecret(property.key)
      let value = hides ? "\"\(Masking.mask)\"" : YAMLText.flow(property.value)
      line(1, "\(YAMLText.key(property.key)): \(value)", origin(property))
    }
  }

  private mutating func record(_ node: YAMLNode, _ record: Record, _ depth: Int) {
    for setting in record.settings { self.setting(setting, node.entry(setting.name), depth) }
  }

  private mutating func setting(_ setting: Setting, _ entry: YAMLEntry?, _ depth: Int) {
    guard let entry, !entry.value.isNull else {
      guard let standard = setting.standard else { return }
      return line(depth, "\(setting.name): \(standard)", origin(nil))
    }
    value(entry, setting.shape, depth)
  }

  private mutating func value(_ entry: YAMLEntry, _ shape: Shape, _ depth: Int) {
    let key = YAMLText.key(entry.key)
    switch shape {
    case .record(let record):
      line(depth, "\(key):", origin(entry))
      self.record(entry.value, record, depth + 1)
    case .named(_, let inner) where !entry.value.entries.isEmpty:
      line(depth, "\(key):", origin(entry))
      for item in entry.value.entries { value(item, inner, depth + 1) }
    case .list(.record(let record), _) where !entry.value.items.isEmpty:
      line(depth, "\(key):", origin(entry))
      for item in entry.value.items { listItem(item, record, depth + 1) }
    case .kinds(_, _, let map?) where entry.value.map != nil: value(entry, map, depth)
    case .named, .list, .kinds, .variants, .deferred, .text, .bool, .whole, .number, .share,
      .duration, .durationOr, .size, .choice, .moment, .clock, .timezone, .pattern, .scale, .json,
      .jsonScalar, .name, .kafkaValue:
      asWritten(entry, depth)
    }
  }

  private mutating func listItem(_ item: YAMLNode, _ record: Record, _ depth: Int) {
    var inner = MergedText(withOrigin: withOrigin)
    inner.record(item, record, depth + 1)
    // The first line of the item carries its dash.
    let indent = String(repeating: "  ", count: depth + 1)
    guard inner.out.hasPrefix(indent) else { return }
    out += String(repeating: "  ", count: depth) + "- " + inner.out.dropFirst(indent.count)
  }

  private mutating func asWritten(_ entry: YAMLEntry, _ depth: Int) {
    let key = YAMLText.key(entry.key)
    guard case .list(let items) = entry.value.content, !YAMLText.isFlat(entry.value) else {
      return line(depth, "\(key): \(YAMLText.flow(entry.value))", origin(entry))
    }
    line(depth, "\(key):", origin(entry))
    for item in items { line(depth + 1, "- \(YAMLText.flow(item))", nil) }
  }

  private func origin(_ entry: YAMLEntry?) -> String? {
    entry.map { "\($0.keyPlace.file):\($0.keyPlace.line)" } ?? "default"
  }

  private mutating func line(_ depth: Int, _ text: String, _ origin: String?) {
    out += String(repeating: "  ", count: depth) + text
    if withOrigin, let origin { out += "  # \(origin)" }
    out += "\n"
  }
}
