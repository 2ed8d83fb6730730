extension SettingsTable {
  static let source = Record([
    Setting(
      "topic",
      .kinds(
        scalar: .text(.topic), list: nil,
        map: .record(
          Record([
            Setting(
              "pattern", .text(.topicPattern), required: true,
              "All topics that match this regular expression.")
          ]))), required: true, takes: .restart, "The topic, or `{pattern: …}` for several."),
    Setting(
      "format", .choice(["journeyd", "cloudevents", "segment", "json"]), default: "journeyd",
      takes: .restart, "How records are read."),
    Setting("channel", .name(.channel), takes: .restart, "The channel of events without one."),
    Setting(
      "start", .durationOr(["earliest", "latest"], .positive), default: "earliest",
      takes: .restart, "Where a topic never read begins: earliest, latest or a duration back."),
    Setting(
      "holds_clock", .bool, default: "true", takes: .restart,
      "Whether deadlines wait for its backlog."),
    Setting(
      "touch", .bool, default: "true", takes: .restart, "Whether its records are contacts."),
    Setting(
      "types", .named(.text(noun: "type"), .name(.touchpoint)), takes: .restart,
      "Of CloudEvents: touchpoints by the event's type."),
    Setting(
      "consent",
      .named(
        .text(noun: "category"),
        .named(.reference(.channelOrAll), .list(.name(.purposeOrAll), atLeast: 1))),
      takes: .restart, "Of Segment: what a consent category decides, by channel and purpose."),
    Setting("map", .record(mapping), takes: .restart, "Of JSON: where each field comes from."),
  ])

  static let mapping = Record([
    Setting("id", field(), required: true, takes: .restart, "The record's id."),
    Setting(
      "time", field(as: ["rfc3339", "epoch_s", "epoch_ms"]), required: true, takes: .restart,
      "When it happened."),
    Setting("touchpoint", field(.name(.touchpoint)), takes: .restart, "The touchpoint."),
    Setting("channel", field(.name(.channel)), takes: .restart, "The channel."),
    Setting(
      "identifiers", members(.reference(.identifier), field()), required: true, takes: .restart,
      "Identifiers by type, or a whole object."),
    Setting(
      "attributes", members(.text(noun: "attribute"), field()), takes: .restart,
      "Attributes by name, or a whole object."),
    Setting(
      "satisfaction", field(.number(-1...1), scale: true), takes: .restart, "The satisfaction."),
    Setting(
      "traits", members(.text(noun: "trait"), field()), takes: .restart,
      "Traits by name, or a whole object."),
    Setting(
      "consent",
      members(
        .reference(.channelOrAll),
        .named(.reference(.purposeOrAll), field(.choice(["granted", "denied"])))),
      takes: .restart, "Consents by channel and purpose, or a whole object."),
    Setting(
      "suggestion",
      .kinds(
        scalar: .text(.pointer), list: nil,
        map: .record(
          Record([
            Setting("id", field(), required: true, "The suggestion's id."),
            Setting(
              "outcome", field(.choice(outcomesOfEvents)), required: true, "What became of it."),
          ]))), takes: .restart, "Feedback on a suggestion."),
    Setting("erase", field(.bool), takes: .restart, "Whether the customer is to be forgotten."),
  ])

  static let outcomes = [
    "made", "sent", "failed", "shown", "opened", "clicked", "accepted", "dismissed",
  ]
  static let outcomesOfEvents = outcomes.filter { $0 != "made" }

  /// A pointer, or names each with a value of its own.
  private static func members(_ key: KeyForm, _ value: Shape) -> Shape {
    .kinds(scalar: .text(.pointer), list: nil, map: .named(key, value))
  }

  /// A pointer, or a mapping that says more; `result` is what constants and values must be.
  private static func field(
    _ result: Shape = .json, as forms: [String] = ["number", "text"], scale: Bool = false
  ) -> Shape {
    var settings = [
      Setting("at", .text(.pointer), takes: .restart, "A JSON Pointer."),
      Setting("const", result, takes: .restart, "A constant."),
      Setting(
        "record", .choice(["key", "timestamp", "position"]), takes: .restart,
        "A part of the record itself."),
      Setting("header", .text(.notEmpty), takes: .restart, "A header of the record."),
      Setting("as", .choice(forms), takes: .restart, "What the value is, or is turned into."),
      Setting(
        "values", .named(.text(noun: "value"), result), takes: .restart,
        "What stands for each text that is found."),
      Setting("otherwise", otherwise(result), takes: .restart, "What stands for all else."),
    ]
    if scale {
      settings.append(Setting("scale", .scale, takes: .restart, "The ends of the scale."))
    }
    return .kinds(
      scalar: .text(.pointer), list: nil,
      map: .record(Record(settings, oneOf: ["at", "const", "record", "header"])))
  }

  private static func otherwise(_ result: Shape) -> Shape {
    .kinds(
      scalar: result, list: nil,
      map: .record(
        Record([
          Setting("skip", .bool, required: true, "Leaves the whole record out.")
        ])))
  }
}
