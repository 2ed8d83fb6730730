package import JourneyModel

extension Settings {
  /// Settings whose values differ between two configurations and that do not take effect at once, by dotted
  /// name, in the order of the table.
  package static func changes(
    from old: Settings, to new: Settings
  ) -> [(name: String, takes: Setting.Takes)] {
    var found: [(String, Setting.Takes)] = []
    compare(old.root, new.root, SettingsTable.root, [], &found)
    return found
  }

  private static func compare(
    _ old: YAMLNode?, _ new: YAMLNode?, _ record: Record, _ path: [String],
    _ found: inout [(String, Setting.Takes)]
  ) {
    for setting in record.settings {
      let path = path + [setting.name]
      let (a, b) = (old?[setting.name], new?[setting.name])
      switch setting.shape {
      case .record(let inner): compare(a, b, inner, path, &found)
      case .named(_, let inner):
        let names = (a?.entries ?? []).map(\.key)
        let added = (b?.entries ?? []).map(\.key).filter { !names.contains($0) }
        for name in names + added {
          guard case .record(let record) = inner, let left = a?[name], let right = b?[name] else {
            if a?[name]?.json != b?[name]?.json, setting.takes == .restart {
              found.append(((path + [name]).joined(separator: "."), setting.takes))
            }
            continue
          }
          compare(left, right, record, path + [name], &found)
        }
      case .list, .kinds, .variants, .deferred, .text, .bool, .whole, .number, .share, .duration,
        .durationOr, .size, .choice, .moment, .clock, .timezone, .pattern, .scale, .json,
        .jsonScalar, .name, .kafkaValue:
        guard setting.takes != .live else { continue }
        let standard = setting.standard.flatMap { YAMLReader.read(text: $0, name: "").root }
        if (a ?? standard)?.json != (b ?? standard)?.json {
          found.append((path.joined(separator: "."), setting.takes))
        }
      }
    }
  }
}

extension IdentityPlan {
  /// Why this cannot follow another on the same state: order, `unique`, `shared` and `normalize` are fixed;
  /// types may be added and limits changed. Nil where it can.
  package func fault(after old: IdentityPlan) -> String? {
    let names = Set(kinds.map(\.name))
    for kind in old.kinds where !names.contains(kind.name) {
      return "the identifier “\(kind.name)” is gone"
    }
    let former = Set(old.kinds.map(\.name))
    let kept = kinds.filter { former.contains($0.name) }
    for (before, now) in zip(old.kinds, kept) {
      if before.name != now.name { return "the order of identifiers changed at “\(now.name)”" }
      if before.unique != now.unique { return "“unique” of the identifier “\(now.name)” changed" }
      if before.shared != now.shared { return "“shared” of the identifier “\(now.name)” changed" }
      if before.normalize != now.normalize {
        return "“normalize” of the identifier “\(now.name)” changed"
      }
    }
    return nil
  }
}
