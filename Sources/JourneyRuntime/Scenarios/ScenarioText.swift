internal import JourneyModel
internal import Settings

/// Writes expectations and what came in the form of the file, so that one can be pasted for the other.
struct ScenarioText {
  let start: Moment

  func time(_ moment: Moment) -> String { Scalars.text(moment - start) }

  func expected(_ entry: ExpectedSuggestion) -> String {
    var parts: [String] = []
    if let at = entry.at { parts.append("at: \(Scalars.text(at))") }
    parts.append("\(entry.isWithdrawal ? "withdraw" : "suggest"): \(Self.scalar(entry.rule))")
    func add(_ key: String, _ text: String?) {
      if let text { parts.append("\(key): \(text)") }
    }
    add("touchpoint", entry.touchpoint.map(Self.scalar))
    add("channel", entry.channel.map(Self.scalar))
    add("purpose", entry.purpose.map(Self.scalar))
    if !entry.to.isEmpty { add("to", Self.identifiers(entry.to)) }
    add("because", entry.because.map(Self.list))
    add("with", entry.content.map(Self.values))
    add("address", Self.wanted(entry.address))
    add("journey", Self.wanted(entry.journey))
    add("phase", Self.wanted(entry.phase))
    add("reason", entry.reason?.rawValue)
    add("group", entry.isControl.map { $0 ? "control" : "treatment" })
    return "{\(parts.joined(separator: ", "))}"
  }

  /// What came, with the fields that its expectation names; without one with those that tell most.
  func actual(_ happening: Happening, beside entry: ExpectedSuggestion?) -> String {
    var parts = ["at: \(time(happening.time))"]
    parts.append(
      "\(happening.isWithdrawal ? "withdraw" : "suggest"): \(Self.scalar(happening.rule))")
    func add(_ key: String, if isWanted: Bool, _ text: String) {
      if isWanted { parts.append("\(key): \(text)") }
    }
    let alone = entry == nil
    add("touchpoint", if: entry?.touchpoint != nil, Self.scalar(happening.touchpoint))
    add("channel", if: alone || entry?.channel != nil, Self.scalar(happening.channel))
    add("purpose", if: entry?.purpose != nil, Self.scalar(happening.purpose))
    let to = happening.customer.identifiers.flatMap { values in
      values.values.map { NamedText(values.type, $0) }
    }
    add("to", if: alone || entry?.to.isEmpty == false, Self.identifiers(to))
    add("because", if: alone || entry?.because != nil, Self.list(happening.because))
    add("with", if: entry?.content != nil, Self.values(happening.content))
    let address = happening.addresses.map(Self.scalar).joined(separator: ", ")
    add("address", if: entry?.address.isChecked ?? false, address.isEmpty ? "null" : address)
    let journey = happening.journey.map(Self.scalar) ?? "null"
    add("journey", if: entry?.journey.isChecked ?? false, journey)
    let phase = happening.phase.map(Self.scalar) ?? "null"
    add("phase", if: entry?.phase.isChecked ?? false, phase)
    if let reason = happening.reason {
      add("reason", if: alone || entry?.reason != nil, reason.rawValue)
    }
    if entry?.isControl != nil || happening.isControl {
      add("group", if: true, happening.isControl ? "control" : "treatment")
    }
    return "{\(parts.joined(separator: ", "))}"
  }

  func expected(_ refusal: ExpectedRefusal) -> String {
    var parts: [String] = []
    if let at = refusal.at { parts.append("at: \(Scalars.text(at))") }
    if let rule = refusal.rule { parts.append("suggestion: \(Self.scalar(rule))") }
    if let channel = refusal.channel { parts.append("channel: \(Self.scalar(channel))") }
    if let reason = refusal.reason { parts.append("reason: \(Self.scalar(reason))") }
    return "{\(parts.joined(separator: ", "))}"
  }
}

// MARK: Parts

extension ScenarioText {
  static func list(_ items: [String]) -> String {
    "[\(items.map(scalar).joined(separator: ", "))]"
  }

  static func values(_ values: [NamedValue]) -> String {
    let members = values.map { "\(scalar($0.name)): \(value($0.value))" }
    return "{\(members.joined(separator: ", "))}"
  }

  static func value(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): return scalar(text)
    case .list(let items): return "[\(items.map(self.value).joined(separator: ", "))]"
    case .object(let members): return values(members.map { NamedValue($0.name, $0.value) })
    case .null, .bool, .number, .digits:
      var writer = JSONWriter(reserving: 24)
      writer.value(value)
      return writer.text
    }
  }

  static func identifiers(_ identifiers: [NamedText]) -> String {
    var parts: [(type: String, values: [String])] = []
    for identifier in identifiers {
      if parts.last?.type == identifier.name {
        parts[parts.count - 1].values.append(identifier.text)
      } else {
        parts.append((identifier.name, [identifier.text]))
      }
    }
    let members = parts.map { part in
      let values = part.values.count == 1 ? scalar(part.values[0]) : list(part.values)
      return "\(part.type): \(values)"
    }
    return "{\(members.joined(separator: ", "))}"
  }

  static func wanted(_ wanted: Wanted<String>) -> String? {
    switch wanted {
    case .anything: nil
    case .nothing: "null"
    case .value(let text): scalar(text)
    }
  }

  /// A text as YAML reads it back as text within brackets: in quotes where it must be.
  static func scalar(_ text: String) -> String {
    guard case .string = CoreSchema.value(text) else { return "\"\(text)\"" }
    let plain = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "_.-@/+;#".unicodeScalars.contains(scalar)
    }
    let starts = text.unicodeScalars.first.map { !"-@#;/+.".unicodeScalars.contains($0) } ?? false
    if plain, starts { return text }
    var writer = JSONWriter(reserving: text.utf8.count + 2)
    writer.string(text)
    return writer.text
  }
}
