extension SettingsTable {
  static let channel = Record([
    Setting("side", .choice(["online", "offline"]), required: true, "Online or offline."),
    Setting("outbound", .bool, default: "false", "Whether suggestions can be made on it."),
    Setting("direct", .bool, default: "true", "Whether it is ours."),
    Setting(
      "needs",
      .list(.kinds(scalar: .name(.identifier), list: nil, map: predicate), atLeast: 0),
      "Identifiers and conditions that a customer must have, all of them."),
    Setting(
      "receipts", .choice(["expected"]), "Whether it tells what it sent; else silence is sent."),
    Setting(
      "reserve_for", .duration(.positive), "How long a slot waits for a receipt on this channel."),
  ])

  static let touchpoint = Record([
    Setting(
      "phase", .choice(["before", "during", "after"]), "Before, during or after a purchase."),
    Setting("kind", .text(.notEmpty), "What kind it is, as functional or emotional."),
    Setting(
      "moment_of_truth", .bool, default: "false",
      "Whether it decides how the organisation is judged."),
    Setting(
      "satisfaction",
      .record(
        Record([
          Setting("attribute", .text(.path), required: true, "The attribute that tells it."),
          Setting("scale", .scale, required: true, "The ends of the scale."),
        ])), "How an attribute tells the satisfaction."),
  ])

  /// A touchpoint, or one with conditions.
  static let matcher = Shape.kinds(
    scalar: .name(.touchpoint), list: nil, map: .record(matcherRecord))

  static let matcherRecord = Record([
    Setting("seen", .list(.name(.touchpoint), atLeast: 1), required: true, "Any of these."),
    Setting("channel", .list(.name(.channel), atLeast: 1), "On any of these channels."),
    Setting("side", .choice(["online", "offline"]), "On channels of this side."),
    Setting("where", conditions, "What its attributes must be."),
  ])

  /// `where`: attributes by dotted path.
  static let conditions = Shape.named(
    .text(noun: "attribute"),
    .kinds(
      scalar: .jsonScalar, list: .list(.jsonScalar, atLeast: 1),
      map: .record(Record(operators, oneOf: operators.map(\.name)))))

  static let operators: [Setting] = [
    Setting("equals", .json, "It equals this."),
    Setting("not", .json, "It does not equal this."),
    Setting("in", .list(.jsonScalar, atLeast: 1), "It is one of these."),
    Setting("above", .jsonScalar, "It is more than this."),
    Setting("at_least", .jsonScalar, "It is this or more."),
    Setting("below", .jsonScalar, "It is less than this."),
    Setting("at_most", .jsonScalar, "It is this or less."),
    Setting("contains", .jsonScalar, "Its text or its list contains this."),
    Setting("starts_with", .text(.any), "Its text begins with this."),
    Setting("exists", .bool, "Whether it is there."),
  ]

  static let journey = Record([
    Setting("title", .text(.any), "How it is called."),
    Setting("starts", .list(matcher, atLeast: 1), required: true, "What opens an instance."),
    Setting("key", .text(.path), "One instance per value of this attribute."),
    Setting(
      "includes",
      .list(
        .kinds(scalar: .name(.touchpointOrAll), list: nil, map: .record(matcherRecord)), atLeast: 0),
      "Other touchpoints that belong to it; `*` for all."),
    Setting(
      "phases",
      .list(
        .kinds(
          scalar: .text(.name), list: nil,
          map: .named(.definition(noun: "phase"), .list(matcher, atLeast: 1))), atLeast: 0),
      "Its phases in order, each with what enters it; the first is entered at the start."),
    Setting("won", .list(matcher, atLeast: 0), "What wins it."),
    Setting("lost", .list(matcher, atLeast: 0), "What loses it."),
    Setting("ends_after", .duration(.positive), "Silence after which it ended without result."),
  ])
}
