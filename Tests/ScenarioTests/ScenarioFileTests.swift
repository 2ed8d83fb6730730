import JourneyModel
import Settings
import Testing

@testable import JourneyRuntime

@Suite struct ScenarioFileTests {
  @Test func `all shared files are read without a word`() throws {
    let paths = try Shared.paths()
    #expect(paths.count == 102)
    var scenarios = 0
    for path in paths {
      let file = try Shared.file(path)
      let errors = file.problems.filter { $0.severity == .error }
      #expect(errors.isEmpty, "\(errors.map { $0.text() }.joined(separator: "\n"))")
      scenarios += file.scenarios.count
    }
    #expect(scenarios == 640)
  }
}

@Suite struct ScenarioProblemTests {
  private static let configuration = """
    configuration:
      channels: {app: {side: online, outbound: true}, web: {side: online}}
      contact: {consent: {marketing: implied}, pressure: {weekly: {max: 1, per: 7d}}}
      journeys: {home: {starts: [visit], phases: [first]}}
      suggestions:
        welcome: {when: [{seen: visit}], suggest: {touchpoint: hi, channels: [app]}}

    """

  /// Line and column of each problem, counted within the tests, and its message.
  private func problems(_ tests: String) -> [String] {
    let lines =
      Self.configuration.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    return Shared.file(text: Self.configuration + tests).problems
      .filter { $0.severity == .error }
      .map { problem in
        "\(problem.place.line - lines):\(problem.place.column) \(problem.message)"
          + (problem.help.map { "; \($0)" } ?? "")
      }
  }

  @Test func `what is misspelt is told in its place, with what may have been meant`() {
    let found = problems(
      """
      tests:
        - nam: x
          name: y
          until: 3
          start: monday
          events:
            - {at: 0s, touchpiont: visit, time: 2026-01-05T09:00:00Z}
            - {arrives: 0s}
            - {at: 5, suggestion: {id: welcom, outcome: sent}}
          expect:
            - {at: 0s, sugest: welcome}
            - {at: 0s, suggest: welcom}
            - {suggest: welcome, reason: merged}
            - {withdraw: welcome, reason: mergd, journey: hom, phase: frist}
            - {suggest: welcome, channel: ap, to: {customer: C1}, group: kontrol}
          refused:
            - {suggestion: welcome, reason: "pressure:weekli"}
          rejected: [{id: e1, code: to-old}, {id: e2}]
          customers:
            - {identifiers: {customer_id: C1}, touchpoints: many, journeys: {home: {status: opn}}}
            - {consent: {email: {marketing: yes}}, satisfaction: high}
          customer_count: -1
          policy: maybe
      """)
    #expect(
      found == [
        "2:5 “nam” is no part of a scenario; did you mean “name”?",
        "4:12 “3” is not a duration; whole numbers with a unit, as 90s, 15m, 2h, 7d or 1d12h",
        "5:12 “monday” is not a time; RFC 3339 with an offset, as 2026-01-05T09:00:00+01:00",
        "7:18 “touchpiont” is no part of an event; did you mean “touchpoint”?",
        "7:37 “time” is no part of an event; write “at”, the time after the scenario's start",
        "8:9 “at” is missing: an event needs it",
        "9:14 “5” is not a duration; whole numbers with a unit, as 90s, 15m, 2h, 7d or 1d12h",
        "9:34 there is no suggestion “welcom”; did you mean “welcome”?",
        "11:9 “suggest” is missing: an expected suggestion names its rule;"
          + " “suggest: NAME”, or “withdraw: NAME” where one is taken back",
        "11:18 “sugest” is no part of an expected suggestion; did you mean “suggest”?",
        "12:27 there is no suggestion “welcom”; did you mean “welcome”?",
        "13:28 only what is withdrawn has a reason; the reasons of refusals stand in “refused”",
        "14:37 there is no reason “mergd”; did you mean “merged”?",
        "14:53 there is no journey “hom”; did you mean “home”?",
        "14:65 there is no phase “frist”; did you mean “first”?",
        "15:37 there is no channel “ap”; there are: app, web",
        "15:46 there is no identifier “customer”; did you mean “customer_id”?",
        "15:68 there is no group “kontrol”; did you mean “control”?",
        "17:39 there is no reason “pressure:weekli”; did you mean “pressure:weekly”?",
        "18:31 there is no code “to-old”; did you mean “too-old”?",
        "18:40 “code” is missing: a rejection needs it",
        "20:55 “many” is not a whole number from 0",
        "20:87 there is no status “opn”; did you mean “open”?",
        "21:39 there is no consent “yes”; there are: denied, granted, unknown",
        "21:60 a number from -1 to 1 is expected, not text",
        "22:21 “-1” is not a whole number from 0",
        "23:13 “maybe” is neither “on” nor “off”",
      ])
  }

  @Test func `a file without tests, or without a configuration to run on, says so`() {
    #expect(
      Shared.file(text: "tests: [{name: a}]\n").problems.map(\.message)
        == ["there is no configuration to test on"])
    #expect(
      problems("").map { $0.dropFirst(5) } == ["“tests” is missing: the file has no scenarios"])
  }

  @Test func `what is wrong with the configuration and with the tests is told together`() {
    let file = Shared.file(
      text: """
        configuration: {suggestions: {a: {when: [{sen: x}], suggest: {touchpoint: t, channels: []}}}}
        tests: [{name: a, evnts: []}]
        """)
    #expect(!file.isUsable)
    let lines = Set(file.problems.map(\.place.line))
    #expect(lines == [1, 2])
  }

  @Test func `times, ids and names have their defaults`() throws {
    let file = Shared.file(
      text: Self.configuration + """
        tests:
          - name: defaults
            events:
              - {at: 1m, channel: web}
              - {at: 2m, arrives: 1d, id: 7, source: crm}
              - {at: 3m, suggestion: {id: "welcome#2", outcome: sent}}
              - {at: 4m, suggestion: {id: sg_0000000000000000, outcome: sent}}
        """)
    let scenario = try #require(file.scenarios.first)
    #expect(file.isUsable)
    #expect(scenario.start.rfc3339 == "2026-01-05T12:00:00.000Z")
    #expect(scenario.events.map(\.label) == ["e1", "7", "e3", "e4"])
    #expect(scenario.events.map(\.source) == ["test", "crm", "test", "test"])
    #expect(scenario.events[1].arrival == .days(1))
    #expect(scenario.end.rfc3339 == "2026-02-05T12:00:00.000Z")
    #expect(scenario.events[2].suggestion == NamedSuggestion(rule: "welcome", ordinal: 2))
    #expect(scenario.events[3].suggestion == nil)
    #expect(scenario.expected == nil)
    #expect(scenario.hasPolicy && !scenario.hasHoldout)
  }
}
