extension SettingsTable {
  static let suggestion = Record([
    Setting("title", .text(.any), "How it is called."),
    Setting("journey", .name(.journey), "Only while this journey is in the state named."),
    Setting(
      "journey_is", .list(.choice(["open", "won", "lost", "ended"]), atLeast: 1),
      "The states of the journey in which it holds; open if left out."),
    Setting("phase", .list(.text(.name), atLeast: 1), "Only in these phases of the journey."),
    Setting("when", .list(step, atLeast: 1), required: true, "Steps in order."),
    Setting("given", .list(predicate, atLeast: 0), "What must hold at the moment of completion."),
    Setting("if", .list(predicate, atLeast: 0), "What must hold when deciding, all of it."),
    Setting("unless", .list(predicate, atLeast: 0), "What must not hold when deciding."),
    Setting(
      "suggest", .record(suggest), required: true, "What is suggested, and on which channels."),
    Setting(
      "purpose", .name(.purpose), default: "marketing", "The purpose: marketing, service, …"),
    Setting("value", .number(0...1e12), default: "1", "What success is worth."),
    Setting("propensity", .share, default: "1", "How probable success is beforehand."),
    Setting("boost", .list(.record(boost), atLeast: 0), "What makes it weigh more or less."),
    Setting("expires", .duration(.positive), default: "7d", "How long it stands."),
    Setting(
      "again_after", .duration(.any),
      "How long the rule waits after its last suggestion; once per journey, or 30d without one."),
    Setting("active", .bool, default: "true", "Whether it suggests at all."),
    Setting("from", .moment, "Only what completes from this moment on."),
    Setting("until", .moment, "Only what completes before this moment."),
  ])

  static let suggest = Record([
    Setting("touchpoint", .name(.touchpoint), required: true, "The touchpoint suggested."),
    Setting(
      "channels", .list(.name(.outbound), atLeast: 1), required: true,
      "Channels in order of preference."),
    Setting(
      "with",
      .named(
        .definition(noun: "value"),
        .variants(
          [
            Record([Setting("attribute", .text(.path), "An attribute.")], tag: "attribute"),
            Record([Setting("trait", .text(.path), "A trait.")], tag: "trait"),
            Record([Setting("const", .json, "A constant.")], tag: "const"),
          ], noun: "a value that a suggestion brings along")),
      "What the suggestion brings along, by name."),
  ])

  static let boost = Record([
    Setting("if", predicate, required: true, "What must hold."),
    Setting("percent", .number(-100...100_000), required: true, "How much more it weighs then."),
  ])

  // MARK: Steps

  static let seen = Shape.kinds(
    scalar: .name(.touchpoint), list: .list(.name(.touchpoint), atLeast: 1),
    map: .record(
      Record([
        Setting("suggestion", .name(.suggestion), required: true, "A suggestion."),
        Setting(
          "outcome", .list(.choice(outcomes), atLeast: 1), required: true, "Any of its outcomes."),
      ])))

  private static let narrowing = [
    Setting("channel", .list(.name(.channel), atLeast: 1), "On any of these channels."),
    Setting("side", .choice(["online", "offline"]), "On channels of this side."),
    Setting("where", conditions, "What its attributes must be."),
  ]

  private static let comparing = [
    Setting(
      "same", .list(.text(.path), atLeast: 1), "Attributes that equal those of the previous step."),
    Setting(
      "differs", .list(.text(.path), atLeast: 1),
      "Attributes that do not equal those of the previous step."),
  ]

  static let step = Shape.variants(
    [
      Record(
        [Setting("seen", seen, required: true, "A touchpoint, several, or an outcome.")]
          + narrowing + [
            Setting("times", .whole(1...1000), default: "1", "At the n-th fitting one."),
            Setting("within", .duration(.positive), "Less than this after the previous step."),
            Setting("apart", .duration(.positive), "Counted only this long after the one before."),
            Setting(
              "immediately", .bool, default: "false", "Only the very next interaction counts."),
          ] + comparing, tag: "seen"),
      Record(
        [Setting("unseen", seen, required: true, "What does not come.")] + narrowing + [
          Setting("for", .duration(.positive), "How long it does not come.")
        ] + comparing, tag: "unseen"),
      Record(
        [
          Setting(
            "wait",
            .kinds(
              scalar: .duration(.positive), list: nil,
              map: .record(
                Record(
                  [
                    Setting("trait", .text(.path), "The trait with the date."),
                    Setting("attribute", .text(.path), "The attribute with the date."),
                    Setting("before", .duration(.any), "How long before the date."),
                    Setting("after", .duration(.any), "How long after the date."),
                    Setting("every", .choice(["year"]), "Whether it recurs."),
                  ], oneOf: ["trait", "attribute"]))), required: true,
            "A time, or until a date.")
        ], tag: "wait"),
    ], noun: "a step")

  // MARK: Predicates

  static let predicate: Shape = .deferred { conditionShape }

  /// What `.deferred` stands for.
  static let conditionShape: Shape = .variants(
    [
      Record(
        [
          Setting("seen", seen, required: true, "A touchpoint, several, or an outcome."),
          Setting("within", .duration(.positive), "In this span before."),
          Setting(
            "times",
            .kinds(
              scalar: .whole(1...1_000_000), list: nil,
              map: .record(
                Record(
                  [
                    Setting("at_least", .whole(0...1_000_000), "At least as often."),
                    Setting("at_most", .whole(0...1_000_000), "At most as often."),
                    Setting("exactly", .whole(0...1_000_000), "Exactly as often."),
                  ], oneOf: ["at_least", "at_most", "exactly"]))), "How often."),
        ] + narrowing, tag: "seen"),
      Record(
        [
          Setting("unseen", seen, required: true, "What was not seen."),
          Setting("within", .duration(.positive), "In this span before."),
        ] + narrowing, tag: "unseen"),
      Record(
        [
          Setting("sample", .text(.notEmpty), required: true, "The name of the sample."),
          Setting("share", .share, required: true, "The share of the customers."),
        ], tag: "sample"),
      Record(
        [
          Setting(
            "satisfaction",
            .record(Record(satisfactionOperators, oneOf: satisfactionOperators.map(\.name))),
            required: true, "Bounds of the satisfaction."),
          Setting("journey", .name(.journey), "That of this journey."),
        ], tag: "satisfaction"),
      Record(
        [
          Setting("journey", .name(.journey), required: true, "A journey."),
          Setting(
            "is", .choice(["open", "won", "lost", "ended", "none"]), default: "open", "Its state."),
          Setting("phase", .list(.text(.name), atLeast: 1), "In one of these phases."),
        ], tag: "journey"),
      Record(
        [Setting("trait", .text(.path), required: true, "A trait.")] + operators, tag: "trait",
        oneOf: operators.map(\.name)),
      Record(
        [
          Setting(
            "consent",
            .record(
              Record([
                Setting("channel", .name(.channelOrAll), required: true, "The channel."),
                Setting("purpose", .name(.purposeOrAll), required: true, "The purpose."),
              ])), required: true, "A consent."),
          Setting("is", .choice(["granted", "denied", "unknown"]), required: true, "What it is."),
        ], tag: "consent"),
      Record(
        [Setting("all", .list(predicate, atLeast: 0), required: true, "All of these.")], tag: "all"),
      Record(
        [Setting("any", .list(predicate, atLeast: 0), required: true, "Any of these.")], tag: "any"),
      Record([Setting("not", predicate, required: true, "Not this.")], tag: "not"),
    ], noun: "a condition")

  static let satisfactionOperators: [Setting] = [
    Setting("equals", .number(-1...1), "It equals this."),
    Setting("above", .number(-1e9...1e9), "It is more than this."),
    Setting("at_least", .number(-1e9...1e9), "It is this or more."),
    Setting("below", .number(-1e9...1e9), "It is less than this."),
    Setting("at_most", .number(-1e9...1e9), "It is this or less."),
  ]
}
