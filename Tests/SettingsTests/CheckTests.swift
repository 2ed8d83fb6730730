import JourneyModel
@testable import Settings
import Testing

/// A configuration in which nothing is wrong, with places to put what a test is about.
private func configuration(
  when: String = "[{seen: a}]", rule: String = "", journey: String = "", contact: String = "",
  more: String = ""
) -> String {
  """
  identity: {identifiers: {customer_id: {unique: true}, email: {limit: 5}}}
  channels: {web: {side: online}, email: {side: online, outbound: true, needs: email}}
  touchpoints: {a: , b: , c: , out: {phase: after}}
  journeys: {j: {starts: [a], phases: [one, {two: [b]}], won: [c]\(journey)}}
  suggestions:
    r: {when: \(when), suggest: {touchpoint: out, channels: [email]}\(rule)}
    other: {when: [{seen: b}], suggest: {touchpoint: out, channels: [email]}}
  contact: {consent: {marketing: required}\(contact)}
  \(more)
  """
}

private func codes(_ text: String) -> [String] {
  Settings.of(text).problems.map { "\($0.severity) \($0.code)" }
}

@Suite struct CheckTests {
  @Test func `nothing is said of the base`() {
    #expect(codes(configuration()) == [])
  }

  @Test(arguments: [
    ("[{unseen: a, for: 1h}]", "first-step"), ("[{wait: 2d}]", "first-step"),
    ("[{wait: {attribute: d, before: 1d}}]", "first-step"),
    ("[{seen: a, within: 1h}]", "first-step"), ("[{seen: a, same: [x]}]", "first-step"),
    ("[{seen: a, differs: [x]}]", "first-step"), ("[{seen: a, apart: 1h}]", "first-step"),
    ("[{seen: a, immediately: true}]", "first-step"),
    ("[{seen: a}, {unseen: b}]", "last-step"),
    ("[{seen: a}, {unseen: b}, {unseen: c}, {seen: a}]", "unseen-step"),
    ("[{seen: a, unseen: b}]", "together"), ("[{seen: a}, {wait: 1d, seen: b}]", "together"),
    ("[{wait: {trait: d, before: 1d, after: 2d}}]", "together"),
    ("[{wait: {trait: d, attribute: e}}]", "together"),
    ("[{seen: {suggestion: other, outcome: sent}, times: 2}]", "outcome-step"),
    ("[{seen: {suggestion: other, outcome: sent}, where: {x: 1}}]", "outcome-step"),
    (
      "[{seen: a}, {unseen: {suggestion: other, outcome: sent}, same: [x], for: 1d}]",
      "outcome-step"
    ),
    ("[{seen: {suggestion: other, outcome: sent}, immediately: true}]", "outcome-step"),
    ("[{seen: {suggestion: r, outcome: sent}}]", "cycle"),
    ("[{seen: {suggestion: othe, outcome: sent}}]", "unknown-name"),
    ("[]", "empty"), ("[{sen: a}]", "unknown-key"), ("[{seen: []}]", "empty"),
    ("[{seen: a, times: 0}]", "bad-value"), ("[{seen: a}, {unseen: b, for: 0s}]", "bad-value"),
    ("[{seen: A}]", "bad-name"), ("[{seen: 404}]", "wrong-type"),
    ("[{seen: [a, {suggestion: other, outcome: sent}]}]", "wrong-type"),
    ("[{seen: a, where: {x: }}]", "no-value"), ("[{seen: a, where: {x: {}}}]", "missing"),
    ("[{seen: a, where: {x: {abov: 3}}}]", "unknown-key"),
  ])
  func `steps that make no rule are errors`(steps: String, code: String) {
    let found = codes(configuration(when: steps))
    #expect(found.contains("error \(code)"), "\(found)")
    #expect(Settings.of(configuration(when: steps)).plan == nil)
  }

  @Test(
    arguments: [
      "{seen: a, times: 2, within: 1d, same: [x], apart: 1h}", "[a]",
      "[{seen: a}, {unseen: b}, {wait: 1d}]",
      "[{seen: a}, {unseen: b}, {seen: c}]", "[{wait: {trait: d, before: 1d, every: year}}]",
      "[{seen: {suggestion: other, outcome: [opened, clicked]}}, {unseen: b, for: 2d}]",
      "[{seen: a}, {seen: b, immediately: true, within: 2h, differs: [x.y]}]",
      "[{seen: a}, {wait: {attribute: d}}]",
    ].filter { !$0.hasPrefix("[a") })
  func `steps that make a rule are left alone`(steps: String) {
    #expect(codes(configuration(when: steps)) == [])
  }

  @Test func `cycles through other suggestions are errors, predicates may name any`() {
    let circle = """
      channels: {email: {side: online, outbound: true}}
      touchpoints: {out: }
      suggestions:
        x: {when: [{seen: {suggestion: y, outcome: sent}}], suggest: {touchpoint: out, channels: [email]}}
        y: {when: [{seen: {suggestion: x, outcome: sent}}], suggest: {touchpoint: out, channels: [email]}}
      """
    #expect(codes(circle) == ["error cycle", "error cycle"])
    let free = configuration(rule: ", unless: [{seen: {suggestion: r, outcome: sent}, within: 9d}]")
    #expect(codes(free) == [])
  }

  @Test(arguments: [
    (", phase: [one]", "needs-journey"), (", journey_is: [won]", "needs-journey"),
    (", journey: j, phase: [tow]", "unknown-name"), (", journey: k", "unknown-name"),
    (", if: [{journey: j, phase: three}]", "unknown-name"), (", purpose: onsite", "unknown-name"),
    (", if: [{consent: {channel: email, purpose: onsite}, is: granted}]", "unknown-name"),
    (", value: -1", "bad-value"), (", value: \"3\"", "bad-value"),
    (", propensity: 101%", "bad-value"),
    (", from: 2026-01-01", "bad-value"), (", until: 2026-13-01T00:00:00Z", "bad-value"),
    (", active: yes", "bad-value"), (", boost: [{if: {seen: a}}]", "missing"),
    (", if: [{trait: x}]", "missing"),
    (", if: [{consent: {channel: email, purpose: marketing}}]", "missing"),
    (", if: [{sample: s, share: 200%}]", "bad-value"), (", if: [{satisfaction: {}}]", "missing"),
    (", if: [{satisfaction: 0.5}]", "wrong-type"), (", if: [later]", "wrong-type"),
  ])
  func `settings of a suggestion that cannot be are errors`(rule: String, code: String) {
    let found = codes(configuration(rule: rule))
    #expect(found == ["error \(code)"], "\(found)")
  }

  @Test(arguments: [
    (", from: 2026-02-01T00:00:00Z, until: 2026-02-01T01:00:00+01:00", "never"),
    (", if: [{seen: b, within: 7d}], unless: [{seen: b, within: 30d}]", "never"),
    (", if: [{seen: b}, {unseen: b}]", "never"), (", unless: [{seen: a}]", "never"),
    (", if: [{all: [{trait: x, equals: 1}, {not: {trait: x, equals: 1}}]}]", "never"),
    (", if: [{trait: x, above: 5, below: 3}]", "never"), (", if: [{any: []}]", "never"),
    (", if: [{seen: b, times: {at_least: 3, at_most: 2}}]", "never"),
    (", if: [{satisfaction: {above: 1}}]", "never"), (", if: [{sample: s, share: 0}]", "never"),
    (", given: [{unseen: a}]", "never"), (", unless: [{sample: s, share: 100%}]", "never"),
    (", journey: j, if: [{journey: j, is: none}]", "never"),
    (", journey: j, journey_is: [lost]", "never"), (", if: [{journey: j, is: ended}]", "never"),
    (", if: [{satisfaction: {at_least: 0}}]", "unknown-left-out"),
    (", unless: [{not: {satisfaction: {at_least: -0.5}}}]", "unknown-left-out"),
    (", if: [{seen: b, channel: web, within: 91d}]", "beyond-history"),
    (", if: [{seen: b, times: 2, within: 91d}]", "beyond-history"),
    (", unless: [{unseen: b, where: {x: 1}, within: 91d}]", "beyond-history"),
    (", if: [{seen: d}]", "not-in-catalogue"),
  ])
  func `what can never be, or surely means something else, is a warning`(
    rule: String, code: String
  ) {
    let found = codes(configuration(rule: rule))
    #expect(found == ["warning \(code)"], "\(found)")
  }

  @Test(arguments: [
    ", from: 2026-01-01T00:00:00Z, until: 2026-02-01T00:00:00Z",
    ", if: [{seen: b, within: 30d}], unless: [{seen: b, within: 7d}]",
    ", if: [{seen: b, within: 400d}]", ", unless: [{seen: b, within: 400d}]",
    ", if: [{not: {satisfaction: {below: 0}}}]", ", if: [{satisfaction: {at_least: 0.4}}]",
    ", if: [{satisfaction: {below: -0.2}}]", ", unless: [{satisfaction: {below: -0.2}}]",
    ", unless: [{seen: a, where: {x: 1}}]", ", unless: [{seen: a, times: 2}]",
    ", unless: [{seen: a, within: 6d}]", ", if: [{trait: x, at_least: 3, at_most: 5}]",
    ", given: [{seen: a, times: {exactly: 1}}]", ", journey: j, unless: [{journey: j, is: won}]",
    ", journey: j, phase: [two], if: [{journey: j, phase: [one]}]", ", active: false",
    ", if: [{any: [{seen: b}, {unseen: b}]}]", ", if: [{trait: x, exists: false}]",
    ", boost: [{if: {satisfaction: {at_least: 0}}, percent: 10}]", ", propensity: 5%",
  ])
  func `what makes sense is left alone`(rule: String) {
    #expect(codes(configuration(rule: rule)) == [])
  }

  @Test func `steps longer than the history are warnings, also together`() {
    func steps(_ text: String) -> [String] { codes(configuration(when: "[{seen: a}, \(text)]")) }
    #expect(steps("{wait: 91d}") == ["warning beyond-history"])
    #expect(steps("{unseen: b, for: 91d}") == ["warning beyond-history"])
    #expect(steps("{seen: b, within: 91d}") == ["warning beyond-history"])
    #expect(steps("{wait: 60d}, {wait: 60d}") == ["warning beyond-history"])
    #expect(steps("{wait: 90d}") == [])
  }

  @Test func `once per journey is worth a word where the journey never ends`() {
    let endless = """
      channels: {email: {side: online, outbound: true}}
      touchpoints: {a: , out: }
      journeys: {j: {starts: [a]}}
      suggestions:
        r: {journey: j, when: [{seen: a}], suggest: {touchpoint: out, channels: [email]}%}
      """
    let once = endless.replacing("%", with: "")
    #expect(Settings.of(once).places == ["5:7 once-for-ever"])
    #expect(codes(endless.replacing("%", with: ", again_after: 90d")) == [])
    #expect(codes(once.replacing("starts: [a]", with: "starts: [a], ends_after: 30d")) == [])
    #expect(codes(once.replacing("starts: [a]", with: "starts: [a], key: k")) == [])
  }

  @Test func `again sooner than the window of a count is a warning`() {
    let when = "[{seen: a, times: 2, within: 7d}]"
    #expect(
      codes(configuration(when: when, rule: ", again_after: 1h")) == ["warning again-too-soon"])
    #expect(codes(configuration(when: when, rule: ", again_after: 7d")) == [])
  }

  @Test func `a rule whose own interaction ends its journey or leaves its phase is told`() {
    func said(_ when: String, _ more: String) -> [String] {
      codes(configuration(when: when, rule: ", journey: j\(more)"))
    }
    #expect(said("[{seen: c}]", "") == ["warning never"])
    #expect(said("[{seen: c}]", ", journey_is: [won]") == [])
    #expect(said("[{seen: [a, c]}]", "") == [])
    #expect(said("[{seen: a}, {seen: b}]", ", phase: [one]") == ["warning never"])
    #expect(said("[{seen: a}, {seen: b}]", ", phase: [one, two]") == [])
    #expect(said("[{seen: a}, {unseen: b, for: 1h}]", ", phase: [one]") == [])
  }

  @Test(arguments: [
    ("outputs:", "output:"), ("sources:", "source:"), ("kafka:", "kafak:"),
    ("channels:", "chanels:"), ("touchpoints:", "touchpoint:"), ("journeys:", "journey:"),
    ("contact:", "contacts:"), ("identity:", "identiy:"), ("bootstrap.servers", "bootstrap.server"),
    ("for: 2h", "fro: 2h"), ("format: json", "fromat: json"), ("format: json", "format: jason"),
    ("map:", "mapp:"), ("touchpoint: /k", "touchpont: /k"), ("outbound: true", "outbond: true"),
    ("outbound: true", "outbound: on"), ("times: 2", "tims: 2"), ("times: 2", "times: two"),
    ("journey: j", "jurney: j"), ("phases:", "phase:"),
    ("identifiers: {customer", "identifers: {customer"),
    ("consent: {onsite", "consnt: {onsite"), ("every: 90d", "evry: 90d"), ("seen: b", "seeen: b"),
    ("touch: false", "touch: none"), ("channels: [email]", "chanels: [email]"),
    ("onsite: implied", "onsite: implid"),
  ])
  func `one slip is one error`(right: String, wrong: String) throws {
    let text = """
      kafka: {bootstrap.servers: 'b:1'}
      sources:
        s:
          topic: t
          format: json
          channel: web
          map:
            id: /id
            time: /t
            touchpoint: /k
            identifiers: {loyalty: /who}
        crm: {topic: u, touch: false, format: json, map: {id: /i, time: /t, identifiers: /who}}
      outputs: {suggestions: o}
      identity: {identifiers: {loyalty: , customer: }}
      channels: {web: {side: online}, email: {side: online, outbound: true}}
      touchpoints: {a: , b: , out: }
      unknown_touchpoints: reject
      unknown_channels: reject
      journeys: {j: {starts: [a], phases: [one, {two: [b]}], ends_after: 9d}}
      suggestions:
        r:
          journey: j
          phase: [one]
          when:
            - seen: b
              times: 2
              within: 1d
            - unseen: a
              for: 2h
          given: [{journey: j, phase: one}]
          suggest: {touchpoint: out, channels: [email]}
          purpose: onsite
        q: {when: [{seen: a}], suggest: {touchpoint: out, channels: [email]}}
      contact: {consent: {onsite: implied}, holdout: {share: 5%, every: 90d}}
      """.replacing(
        "identifiers: {loyalty: , customer: }", with: "identifiers: {customer: , loyalty: }")
    func errors(_ text: String) -> [Diagnostic] {
      Settings.load([YAMLReader.read(text: text, name: "a.yaml")], kafka: .installed)
        .problems.filter { $0.severity == .error }
    }
    #expect(errors(text).map { $0.text() } == [])
    try #require(text.contains(right))
    let found = errors(text.replacing(right, with: wrong, maxReplacements: 1))
    #expect(found.count == 1, "\(found.map { $0.text() }.joined(separator: "\n"))")
  }

  @Test func `phases are told apart and can be entered`() {
    #expect(
      codes("journeys: {j: {starts: [a], phases: [one, two]}}\ntouchpoints: {a: }")
        == ["warning unreachable"])
    #expect(
      codes("journeys: {j: {starts: [a], phases: [one, {one: [a]}]}}\ntouchpoints: {a: }")
        == ["error given-twice"])
    #expect(
      codes(
        "journeys: {j: {starts: [a], phases: [one, {two: [a], three: [a]}]}}\ntouchpoints: {a: }")
        == ["error bad-phase"])
  }
}

@Suite struct PolicyCheckTests {
  @Test(arguments: [
    (", at_once: 0", "warning never"), (", holdout: {share: 100%, every: 90d}", "warning never"),
    (", pressure: {p: {max: 0, per: 7d}}", "warning never"),
    (", pressure: {p: {purpose: service, max: 1, per: 7d}}", "warning never"),
    (", pressure: {p: {max: 1, per: 7}}", "error bad-value"),
    (", pressure: {p: {max: 1, per: calendar_year}}", "error bad-value"),
    (", pressure: {p: {max: 1}}", "error missing"),
    (", quiet_hours: [{from: \"21:00\", until: \"21:00\"}]", "error empty-hours"),
    (", quiet_hours: [{from: \"00:00\", until: \"24:00\"}]", "warning never"),
    (", quiet_hours: [{from: \"24:00\", until: \"08:00\"}]", "error bad-value"),
    (", quiet_hours: [{from: \"8\", until: \"09:00\"}]", "error bad-value"),
    (", quiet_hours: [{from: \"08:00\", until: \"09:00\", days: [monday]}]", "error bad-value"),
    (
      ", quiet_hours: [{channels: [letter], from: \"08:00\", until: \"09:00\"}]",
      "warning not-in-catalogue"
    ),
    (", timezone: Europe/Amsterdan", "error bad-value"),
    (", exempt: [onsite]", "error unknown-name"),
    (", never: [{if: []}]", "error empty"), (", never: [{purposes: [service]}]", "error missing"),
    (", never: [{if: [{trait: x, above: 2, below: 1}]}]", "warning never"),
    (", never: [{if: [{any: [{seen: a}, {unseen: a}]}]}]", "warning never"),
    (", service_first: {closes: [a]}", "error missing"),
    (", service_first: {opens: [{satisfaction: {at_most: -2}}]}", "warning never"),
    (", pauses: [{outcome: dismissed, within: 3d, pause: 5d}]", "warning without-times"),
    (", holdout: {share: 5%, every: 0d}", "error bad-value"),
  ])
  func `a policy that lets nothing through or cannot be is told`(contact: String, said: String) {
    let found = codes(configuration(contact: contact))
    #expect(found == [said], "\(found)")
  }

  @Test(arguments: [
    ", at_once: 1000", ", pressure: {p: {channel: email, max: 1, per: calendar_week}}",
    ", pressure: {p: {max: 0, per: 1d, for: [{trait: x, equals: 1}]}}",
    ", quiet_hours: [{from: \"00:00\", until: \"24:00\", days: [sun]}]",
    ", quiet_hours: {channels: [email], from: \"21:00\", until: \"08:00\"}",
    ", service_first: {opens: [{satisfaction: {at_most: -0.5}}, a], closes: b}", ", exempt: []",
  ])
  func `a policy that makes sense is left alone`(contact: String) {
    #expect(codes(configuration(contact: contact)) == [])
  }

  @Test func `days that follow each other make one stretch of quiet hours`() {
    var contact = ContactPlan.standard
    var day = ContactPlan.QuietHours(from: 0, until: 1440)
    day.days = [5, 6]
    contact.quietHours = [day, ContactPlan.QuietHours(from: 21 * 60, until: 8 * 60)]
    #expect(QuietWeek(contact, channel: "email").longest?.stretch == .hours(59))
    day.days = Set(0...6)
    contact.quietHours = [day]
    #expect(QuietWeek(contact, channel: "email").isRoundTheClock)
    contact.quietHours[0].channels = ["sms"]
    #expect(QuietWeek(contact, channel: "email").longest == nil)
  }

  @Test func `what expires within quiet hours is told with their spread`() {
    func said(_ expires: String, _ more: String = "") -> [String] {
      codes(
        configuration(
          rule: ", expires: \(expires)",
          contact: ", quiet_hours: [{from: \"21:00\", until: \"08:00\"\(more)}]"))
    }
    // The other rule keeps its seven days.
    #expect(said("11h") == ["warning expires-in-quiet-hours"])
    #expect(said("11h1s") == [])
    #expect(said("11h30m", ", spread: 1h") == ["warning expires-in-quiet-hours"])
    #expect(said("12h", ", spread: 1h") == [])
  }
}

@Suite struct NameCheckTests {
  @Test func `unknown names are errors where the catalogue decides`() {
    let strict = configuration(
      rule: ", if: [{seen: d, channel: chat}]",
      more: "unknown_touchpoints: reject\nunknown_channels: reject")
    #expect(codes(strict) == ["error not-in-catalogue", "error not-in-catalogue"])
  }

  @Test func `suggestions are made on outbound channels only`() {
    let text = configuration().replacing("channels: [email]}}", with: "channels: [web, emial]}}")
    #expect(
      codes(text) == [
        "error not-outbound", "error unknown-name", "error not-outbound", "error unknown-name",
      ])
  }

  @Test func `a channel needs configured identifiers`() {
    let text = configuration().replacing("needs: email", with: "needs: [email, phone]")
    #expect(codes(text) == ["error unknown-name"])
  }

  @Test func `the nearest name is suggested only when close`() {
    #expect(Nearest.name(to: "idle_timout", of: ["idle_timeout", "x"]) == "idle_timeout")
    #expect(Nearest.name(to: "abc", of: ["xyz"]) == nil)
    #expect(Nearest.name(to: "ab", of: ["ax"]) == nil)
    #expect(Nearest.name(to: "abcdefghij", of: ["abcdefwxyz"]) == nil)
  }
}
