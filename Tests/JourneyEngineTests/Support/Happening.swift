import JourneyModel

@testable import JourneyEngine

/// An interaction in plain words, and what it is made into.
struct Happening {
  var id: String
  var source = "test"
  /// Milliseconds since 1970.
  var time: Int64
  var touchpoint = "a"
  var channel = "web"
  /// As `customer_id=C1 cookie_id=k`.
  var who = "customer_id=C1"
  var attributes: [NamedValue] = []
  var satisfaction: Double?
  var traits: [NamedValue] = []
  /// As `email marketing granted`.
  var consents: [String] = []
  var outcome: (suggestion: SuggestionID, outcome: Outcome)?
  var isContact = true
  var erase = false

  init(_ id: String, at time: Int64, _ touchpoint: String = "a") {
    self.id = id
    self.time = time
    self.touchpoint = touchpoint
  }

  func attribute(_ name: String) -> JSONValue? {
    attributes.first { $0.name == name && $0.value != .null }?.value
  }

  /// The order of spec 3.1.
  static func comesBefore(_ a: Happening, _ b: Happening) -> Bool {
    if a.time != b.time { return a.time < b.time }
    if a.source != b.source { return a.source.utf8.lexicographicallyPrecedes(b.source.utf8) }
    return a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
  }

  func interaction(_ identity: IdentityPlan, _ names: NameTable) -> Interaction {
    var made = Interaction()
    made.source = names.intern(source) ?? .any
    made.id = made.append(id.utf8)
    made.time = Moment(time)
    made.touchpoint = names.intern(touchpoint) ?? .any
    made.channel = names.intern(channel) ?? .any
    made.satisfaction = satisfaction
    made.isContact = isContact
    made.erase = erase
    addIdentifiers(to: &made, identity)
    for attribute in attributes {
      let (kind, text, number) = Self.flat(attribute.value)
      made.attributes.append(
        .init(
          name: names.intern(attribute.name) ?? .any, kind: kind, text: made.append(text),
          number: number))
    }
    for trait in traits {
      let (kind, text, number) = Self.flat(trait.value)
      made.traits.append(
        .init(
          name: made.append(trait.name.utf8), kind: kind, text: made.append(text), number: number))
    }
    for consent in consents {
      let parts = consent.split(separator: " ").map(String.init)
      made.consents.append(
        .init(
          channel: names.intern(parts[0]) ?? .any, purpose: names.intern(parts[1]) ?? .any,
          granted: parts[2] == "granted"))
    }
    if let outcome {
      made.feedback = .init(
        suggestion: made.append(outcome.suggestion.description.utf8), outcome: outcome.outcome)
    }
    return made
  }

  private func addIdentifiers(to made: inout Interaction, _ identity: IdentityPlan) {
    var list: [(type: Int, value: String)] = []
    for part in who.split(separator: " ") {
      let pair = part.split(separator: "=").map(String.init)
      if let type = identity.kinds.firstIndex(where: { $0.name == pair[0] }) {
        list.append((type, pair[1]))
      }
    }
    list.sort { ($0.type, $0.value) < ($1.type, $1.value) }
    for (type, value) in list {
      made.identifiers.append(
        .init(type: IdentifierType(UInt16(type)), value: made.append(value.utf8)))
    }
  }

  /// A value as an interaction carries it.
  static func flat(_ value: JSONValue) -> (ValueKind, [UInt8], Double) {
    var writer = JSONWriter()
    writer.value(value)
    return switch value {
    case .null: (.null, [], 0)
    case .bool(let flag): (.bool, writer.bytes, flag ? 1 : 0)
    case .number(let number): (.number, writer.bytes, number)
    case .digits(let text): (.number, writer.bytes, Double(text) ?? 0)
    case .string(let text): (.string, Array(text.utf8), 0)
    case .list: (.list, writer.bytes, 0)
    case .object: (.object, writer.bytes, 0)
    }
  }
}

extension Happening: CustomStringConvertible {
  var description: String {
    var parts = ["\(id) \(source) t=\(time) \(touchpoint) \(channel) \(who)"]
    if !isContact { parts.append("no contact") }
    if erase { parts.append("erase") }
    parts += attributes.map { "\($0.name)=\($0.value)" }
    parts += traits.map { "trait \($0.name)=\($0.value)" }
    parts += consents
    if let satisfaction { parts.append("satisfaction \(satisfaction)") }
    if let outcome { parts.append("\(outcome.suggestion) \(outcome.outcome)") }
    return parts.joined(separator: ", ")
  }
}
