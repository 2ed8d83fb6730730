extension SettingsTable {
  static let contact = Record([
    Setting(
      "timezone", .timezone, default: "UTC", "The zone of a customer whose own is unknown."),
    Setting(
      "consent",
      .named(.definition(noun: "purpose"), .choice(["required", "implied"])),
      default: "{marketing: required, service: implied}",
      "By purpose: what an unknown consent means, no (required) or yes (implied)."),
    Setting(
      "at_once", .whole(0...1000), default: "1",
      "Suggestions open at the same time per customer and purpose."),
    Setting(
      "never",
      .list(
        .record(
          Record([
            Setting("if", .list(predicate, atLeast: 1), required: true, "All of these."),
            Setting(
              "purposes", .list(.name(.purpose), atLeast: 1), "For these purposes; else for all."),
          ])), atLeast: 0), default: "[]", "Customers who get nothing, whatever the rule."),
    Setting(
      "pressure", .named(.definition(noun: "cap"), .record(cap)), default: "{}",
      "Caps by name: how much is too much."),
    Setting(
      "exempt", .list(.name(.purpose), atLeast: 0), default: "[service]",
      "Purposes that pressure neither limits nor counts."),
    Setting(
      "reserve_for", .duration(.positive), default: "24h", "How long a slot waits for a receipt."),
    Setting(
      "quiet_hours", .list(.record(quietHours), atLeast: 0), default: "[]",
      "When nothing is suggested."),
    Setting(
      "pauses", .list(.record(pause), atLeast: 0), default: "[]",
      "Outcomes after which the daemon keeps still."),
    Setting("service_first", .record(serviceFirst), "An open issue stops all that is no service."),
    Setting(
      "holdout",
      .record(
        Record([
          Setting("share", .share, required: true, "The share of the customers."),
          Setting(
            "every", .duration(.positive), default: "90d",
            "How long an epoch is, after which the group is drawn anew."),
          Setting(
            "purposes", .list(.name(.purpose), atLeast: 1), default: "[marketing]",
            "The purposes that are held out."),
        ])), "A control group that gets nothing."),
  ])

  private static let cap = Record([
    Setting("channel", .list(.name(.channel), atLeast: 1), "On any of these channels."),
    Setting("purpose", .list(.name(.purpose), atLeast: 1), "Of any of these purposes."),
    Setting("max", .whole(0...1_000_000), required: true, "How many."),
    Setting(
      "per",
      .durationOr(["calendar_day", "calendar_week", "calendar_month"], .positive), required: true,
      "In a duration, or a calendar_day, calendar_week or calendar_month."),
    Setting("for", .list(predicate, atLeast: 1), "Binds only whom all of these hold for."),
  ])

  private static let quietHours = Record([
    Setting("channels", .list(.name(.channel), atLeast: 1), "On these channels; else on all."),
    Setting("from", .clock(allows24: false), required: true, "When they begin, as \"21:00\"."),
    Setting("until", .clock(allows24: true), required: true, "When they end, as \"08:00\"."),
    Setting(
      "days", .list(.choice(days), atLeast: 1), default: "[mon, tue, wed, thu, fri, sat, sun]",
      "The days on which they begin."),
    Setting(
      "spread", .duration(DurationBounds(least: 0, most: 86_400_000)), default: "0s",
      "What waited leaves spread over this span."),
  ])

  static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  private static let pause = Record([
    Setting(
      "outcome", .list(.choice(outcomes), atLeast: 1), required: true, "Any of these outcomes."),
    Setting("times", .whole(1...1000), default: "1", "At the n-th of them."),
    Setting("within", .duration(.positive), "Counted in this span."),
    Setting("pause", .duration(.positive), required: true, "How long."),
    Setting(
      "scope", .choice(["suggestion", "channel", "all"]), default: "suggestion", "What pauses."),
  ])

  private static let serviceFirst = Record([
    Setting(
      "opens",
      .list(
        .kinds(
          scalar: .name(.touchpoint), list: nil,
          map: .variants(
            [
              Record(matcherRecord.settings, tag: "seen"),
              Record(
                [
                  Setting(
                    "satisfaction",
                    .record(
                      Record(satisfactionOperators, oneOf: satisfactionOperators.map(\.name))),
                    required: true, "Bounds of the interaction's own satisfaction.")
                ], tag: "satisfaction"),
            ], noun: "an opening of an issue")), atLeast: 1), required: true,
      "What opens an issue."),
    Setting("closes", .list(matcher, atLeast: 0), "What closes it."),
    Setting("key", .text(.path), "One issue per value of this attribute."),
    Setting("cooling_off", .duration(.any), default: "0s", "How long selling waits after it."),
    Setting("gives_up_after", .duration(.positive), default: "30d", "How long it stays open."),
  ])
}
