/// Every setting there is: name, shape, bounds, default, when a change takes effect, and one sentence.
package enum SettingsTable {
  /// The sections, in the order in which they are shown.
  package static let root = Record([
    Setting(
      "kafka", .named(.property, .kafkaValue), takes: .restart,
      "Properties of librdkafka by their own names, and `group.id`."),
    Setting("processing", .record(processing), takes: .restart, "How records are worked on."),
    Setting("state", .record(state), takes: .restart, "Where customers are kept."),
    Setting("time", .record(time), "Lateness and clocks."),
    Setting("history", .record(history), "How much of a customer's past is kept."),
    Setting("log", .record(log), "What is written to standard error."),
    Setting(
      "sources", .named(.definition(noun: "source"), .record(source)), takes: .restart,
      "Topics to read and how their records are read."),
    Setting("outputs", .record(outputs), takes: .restart, "Topics to write."),
    Setting("identity", .record(identity), "What identifies a customer."),
    Setting(
      "channels", .named(.definition(noun: "channel"), .record(channel)),
      "The catalogue of channels."),
    Setting(
      "touchpoints", .named(.touchpointDefinition, .record(touchpoint)),
      "The catalogue of touchpoints."),
    Setting(
      "unknown_touchpoints", .choice(["accept", "reject", "ignore"]), default: "accept",
      "What becomes of a touchpoint that is not in the catalogue."),
    Setting(
      "unknown_channels", .choice(["accept", "reject"]), default: "accept",
      "What becomes of a channel that is not in the catalogue."),
    Setting(
      "journeys", .named(.definition(noun: "journey"), .record(journey)),
      "Ways of customers through one purpose."),
    Setting(
      "suggestions", .named(.definition(noun: "suggestion"), .record(suggestion)),
      "What to suggest, when, and to whom."),
    Setting("contact", .record(contact), "The contact policy."),
  ])

  static let processing = Record([
    Setting(
      "guarantee", .choice(["exactly_once", "at_least_once"]), default: "exactly_once",
      takes: .restart, "Whether what is written is visible exactly once or at least once."),
    Setting(
      "commit_interval", .duration(DurationBounds(least: 1, most: 60_000)), default: "100ms",
      takes: .restart, "How long what was worked out waits to be committed together."),
    Setting(
      "workers", .whole(1...64), default: "1", takes: .restart,
      "Threads that keep customers and decide."),
    Setting(
      "shards", .whole(1...1024), default: "32", takes: .never,
      "Parts that the customers are divided into; fixed once chosen."),
  ])

  static let state = Record([
    Setting(
      "directory", .text(.notEmpty), default: "/var/lib/journeyd", takes: .restart,
      "The directory of the state."),
    Setting(
      "cache", .size((1 << 20)...(1 << 42)), default: "512MiB", takes: .restart,
      "Memory for customers that are often seen."),
    Setting(
      "format", .whole(1...1), default: "1", takes: .restart,
      "The format of the rows written."),
  ])

  static let time = Record([
    Setting(
      "grace", .duration(.any), default: "5s",
      "How long a deadline waits for events still under way."),
    Setting(
      "future_limit", .duration(.any), default: "10m",
      "An interaction further ahead of the wall clock is rejected."),
  ])

  static let history = Record([
    Setting(
      "keep", .duration(DurationBounds(least: 1000, most: DurationBounds.longest)), default: "90d",
      "How long after its time a touch stays in the history."),
    Setting(
      "max_touchpoints", .whole(10...1000), default: "200", "Touches kept per customer."),
    Setting(
      "forget_anonymous_after", .duration(.positive), default: "400d",
      "Silence after which a customer known by shared identifiers only is forgotten."),
    Setting(
      "attributes",
      .kinds(scalar: .text(.notEmpty), list: .list(.text(.path), atLeast: 0), map: nil),
      default: "used", "What of an interaction's attributes is kept: used, all, or also a list."),
  ])

  static let log = Record([
    Setting(
      "level", .choice(["error", "warning", "notice", "info", "debug"]), default: "info",
      "The least urgent lines that are written."),
    Setting(
      "format", .choice(["auto", "logfmt", "json"]), default: "auto", "The form of the lines."),
    Setting(
      "stats_interval", .duration(DurationBounds(least: 1000, most: 86_400_000)), default: "60s",
      "How often the counters are written."),
  ])

  static let outputs = Record([
    Setting(
      "suggestions", .text(.topic), required: true, takes: .restart,
      "The topic of suggestions made and withdrawn."),
    Setting(
      "journeys", .text(.topic), takes: .restart, "The topic of customers' whole pictures."),
    Setting("decisions", .text(.topic), takes: .restart, "The topic of decisions and refusals."),
    Setting(
      "identities", .text(.topic), takes: .restart, "The topic of links, merges and divisions."),
    Setting(
      "rejected", .text(.topic), takes: .restart, "The topic of records that cannot be used."),
  ])

  static let identity = Record([
    Setting(
      "identifiers", .named(.definition(noun: "identifier"), .record(identifier)),
      default: "{customer_id: {unique: true}, email: {limit: 5, normalize: lowercase}, "
        + "phone: {limit: 5, normalize: digits}, loyalty_card: {limit: 5}, "
        + "cookie_id: {limit: 20, shared: true}, device_id: {limit: 20, shared: true}}",
      takes: .never, "Types of identifiers, strongest first."),
    Setting(
      "ignore", .list(.text(.any), atLeast: 0),
      default:
        #"["", "null", "undefined", "anonymous", "guest", "unknown", "none", "nan", "0", "-1", "[object Object]"]"#,
      "Values that identify nobody."),
    Setting(
      "ignore_pattern", .pattern, default: #""^[0-]*$""#,
      "A regular expression of values that identify nobody."),
  ])

  static let identifier = Record([
    Setting(
      "unique", .bool, default: "false", takes: .never,
      "Two different values are two different people, always."),
    Setting(
      "shared", .bool, default: "false", takes: .never,
      "Several people can have it, as a device."),
    Setting("limit", .whole(1...100), default: "100", "Values that one customer may have."),
    Setting(
      "normalize", .choice(["none", "lowercase", "digits"]), default: "none", takes: .never,
      "How values are made comparable."),
  ])
}
