import Settings

/// The part of the manual that the table of settings gives.
struct SettingsManual {
  var out: Roff
  /// Records that were shown already, by their settings: one description of each is enough.
  private var shown: Set<[String]> = []

  init(out: Roff) { self.out = out }

  /// Settings of one owner, and those within them.
  mutating func add(_ settings: [Setting], below owner: String) {
    guard shown.insert(settings.map { $0.name + $0.help }).inserted else { return }
    for setting in settings {
      let path = owner + setting.name
      out.item(path + (setting.standard.map { ": " + $0 } ?? ""), setting.help + note(setting))
      add(setting.shape, at: path)
    }
  }

  private mutating func add(_ shape: Shape, at path: String) {
    switch shape {
    case .record(let record): add(record.settings, below: path + ".")
    case .variants(let all, _): for record in all { add(record.settings, below: path + ".") }
    case .named(_, let inner): add(inner, at: path + ".NAME")
    case .list(let inner, _): add(inner, at: path + "[]")
    case .kinds(let scalar, let list, let map):
      for inner in [scalar, list, map].compactMap({ $0 }) { add(inner, at: path) }
    case .deferred(let inner): add(inner(), at: path)
    case .text, .bool, .whole, .number, .share, .duration, .durationOr, .size, .choice, .moment,
      .clock,
      .timezone,
      .pattern, .scale, .json, .jsonScalar, .name, .kafkaValue:
      break
    }
  }

  private func note(_ setting: Setting) -> String {
    let required = setting.isRequired ? " Required." : ""
    return switch setting.takes {
    case .live: required
    case .restart: required + " Takes effect at the next start."
    case .never: required + " Cannot be changed later."
    }
  }
}
