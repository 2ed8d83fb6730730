/// What a shape is in words: `a whole number`.
package enum ShapeText {
  package static func of(_ shape: Shape) -> String {
    switch shape {
    case .text(let form): text(form)
    case .bool: "true or false"
    case .whole: "a whole number"
    case .number: "a number"
    case .share: "a number from 0 to 1 or a percentage"
    case .duration: "a duration with a unit, as 90s, 2h or 7d"
    case .durationOr(let words, _):
      "\(words.joined(separator: ", ")) or a duration with a unit, as 7d"
    case .size: "a size with a unit, as 64KiB"
    case .choice(let names):
      names.count == 1 ? "“\(names[0])”" : "one of \(names.joined(separator: ", "))"
    case .moment: "a time as 2026-01-01T00:00:00+01:00"
    case .clock: "a time of day as \"21:00\""
    case .timezone: "a time zone as Europe/Amsterdam"
    case .pattern: "a regular expression"
    case .scale: "a list of two or three numbers"
    case .json: "a value"
    case .jsonScalar: "one value"
    case .name(let use): name(use)
    case .list(let inner, _): "\(of(inner)), or a list of them"
    case .named: "a mapping of names"
    case .record(let record):
      record.settings.count == 1
        ? "a mapping with “\(record.settings[0].name)”" : "a mapping of settings"
    case .variants(_, let noun): noun
    case .kinds(let scalar, let list, let map):
      [scalar, list, map].compactMap { $0 }.map(of).joined(separator: " or ")
    case .kafkaValue: "a value of librdkafka"
    case .deferred(let inner): of(inner())
    }
  }

  package static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
  }

  package static func size(_ bytes: Int64) -> String {
    for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] as [(String, Int64)]
    where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)B"
  }

  private static func text(_ form: TextForm) -> String {
    switch form {
    case .any, .notEmpty: "text"
    case .name: "a name"
    case .topicPattern: "a regular expression that begins with ^"
    case .topic: "the name of a topic"
    case .pointer: "a JSON Pointer as /a/b"
    case .path: "a dotted path"
    }
  }

  package static func name(_ use: NameUse) -> String {
    switch use {
    case .touchpoint: "a touchpoint"
    case .touchpointOrAll: "a touchpoint or \"*\""
    case .channel: "a channel"
    case .outbound: "an outbound channel"
    case .channelOrAll: "a channel or \"*\""
    case .identifier: "a type of identifier"
    case .journey: "a journey"
    case .suggestion: "a suggestion"
    case .purpose: "a purpose"
    case .purposeOrAll: "a purpose or \"*\""
    }
  }
}
