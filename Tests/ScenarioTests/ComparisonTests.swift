import JourneyModel
import Settings
import Testing

@testable import JourneyRuntime

@Suite struct ComparisonTests {
  private let place = Place(SourceText(name: "a.yaml", text: "tests:\n"))

  private func scenario(_ expected: [ExpectedSuggestion]) -> Scenario {
    var scenario = Scenario(name: "a", place: place, start: Scenario.standardStart)
    scenario.expected = expected
    return scenario
  }

  private func expected(
    _ rule: String, at: Int64? = nil, withdrawn: Bool = false,
    _ change: (inout ExpectedSuggestion) -> Void = { _ in }
  ) -> ExpectedSuggestion {
    var entry = ExpectedSuggestion(place: place, rule: rule, isWithdrawal: withdrawn)
    entry.at = at.map(TimeSpan.hours)
    change(&entry)
    return entry
  }

  private func happening(
    _ rule: String, at hours: Int64, _ change: (inout Happening) -> Void = { _ in }
  ) -> Happening {
    var happening = Happening(
      time: Scenario.standardStart + .hours(hours), rule: rule, touchpoint: "t", channel: "email",
      purpose: "marketing",
      customer: CustomerShown(
        id: CustomerID(1),
        identifiers: [
          IdentifierValues(type: "customer_id", values: ["C1"]),
          IdentifierValues(type: "email", values: ["a@x.nl", "b@x.nl"]),
          IdentifierValues(type: "phone", values: ["31612"]),
        ]), because: ["e1"], isControl: false)
    change(&happening)
    return happening
  }

  private func findings(
    _ expected: [ExpectedSuggestion], _ happenings: [Happening], decisions: [Decision] = []
  ) -> [Finding] {
    var observation = Observation()
    observation.happenings = happenings
    observation.decisions = decisions
    return ScenarioComparison(scenario(expected), observation, identity: .standard).findings()
  }

  @Test func `the list is complete, in order of time, those of one moment in any order`() {
    let came = [happening("a", at: 1), happening("b", at: 1), happening("c", at: 2)]
    let whole = [expected("b", at: 1), expected("a"), expected("c", at: 2)]
    #expect(findings(whole, came).isEmpty)
    #expect(!findings(Array(whole.dropLast()), came).isEmpty)
    #expect(!findings(whole + [expected("c", at: 2)], came).isEmpty)
    let turned = findings([whole[0], whole[2], whole[1]], came)
    #expect(turned.map(\.message) == ["the list is not in order of time"])
  }

  @Test func `an entry that says little leaves the one that says more its place`() {
    let came = [happening("a", at: 1), happening("a", at: 1) { $0.channel = "app" }]
    #expect(findings([expected("a"), expected("a") { $0.channel = "email" }], came).isEmpty)
    #expect(findings([expected("a") { $0.channel = "app" }, expected("a")], came).isEmpty)
    #expect(!findings([expected("a") { $0.channel = "app" }], came).isEmpty)
  }

  @Test func `what a holdout kept back is listed only as control, and need not be`() {
    let came = [happening("a", at: 1) { $0.isControl = true }, happening("b", at: 1)]
    #expect(findings([expected("b")], came).isEmpty)
    #expect(findings([expected("a") { $0.isControl = true }, expected("b")], came).isEmpty)
    #expect(!findings([expected("a"), expected("b")], came).isEmpty)
    #expect(!findings([expected("b") { $0.isControl = true }], came).isEmpty)
    #expect(!findings([], came).isEmpty)
  }

  @Test func `identifiers are contained, as they were sent or as they are kept`() {
    let came = [happening("a", at: 1)]
    func holds(_ to: [NamedText]) -> Bool {
      findings([expected("a") { $0.to = to }], came).isEmpty
    }
    #expect(holds([NamedText("email", "B@X.nl"), NamedText("customer_id", "C1")]))
    #expect(holds([NamedText("phone", "+31 6 12")]))
    #expect(!holds([NamedText("customer_id", "c1")]))
    #expect(!holds([NamedText("email", "a@x.nl"), NamedText("phone", "32612")]))
  }

  @Test func `content is compared whole, a null is what is not there`() {
    let came = [
      happening("a", at: 1) {
        $0.content = [NamedValue("n", .number(3)), NamedValue("t", .string("x"))]
      }
    ]
    func holds(_ content: [NamedValue]) -> Bool {
      findings([expected("a") { $0.content = content }], came).isEmpty
    }
    let (n, t) = (NamedValue("n", .number(3)), NamedValue("t", .string("x")))
    #expect(holds([t, n]))
    #expect(holds([n, t, NamedValue("m", .null)]))
    #expect(!holds([n]))
    #expect(!holds([NamedValue("n", .string("3")), t]))
  }

  @Test func `the report of what is missing names the gate that refused it`() throws {
    let start = Scenario.standardStart
    let decision = Decision(
      time: start + .hours(2), customer: CustomerID(1), trigger: .deadline(start + .hours(2)),
      isControl: false,
      candidates: [
        Decision.Candidate(
          suggestion: "a", completed: start + .hours(2),
          score: Score(total: 1, propensity: 1, value: 1, boost: 1),
          channels: [Decision.ChannelTried(channel: "email", answer: .refused("pressure:weekly"))])
      ])
    let found = findings(
      [expected("a", at: 2), expected("b", at: 3)], [happening("b", at: 4)], decisions: [decision])
    let finding = try #require(found.first)
    #expect(finding.rows.map(\.mark) == [.missing, .differs])
    #expect(
      finding.notes == [
        "“a”, complete at 2h, decided at 2h: refused on email: pressure:weekly"
          + " (the cap “weekly” is full)"
      ])
  }

  @Test func `the report shows both lists side by side, in the form of the file`() {
    var results = [ScenarioResult]()
    let entries = [expected("a", at: 1) { $0.because = ["e1", "s0:sent"] }, expected("b", at: 2)]
    results.append(
      ScenarioResult(
        scenario: scenario(entries),
        findings: findings(entries, [happening("a", at: 1), happening("c", at: 3)])))
    let text = ScenarioReport.write(
      [ScenarioReport.FileResults(file: "a.yaml", results: results)], as: .text)
    #expect(
      text == """
        FAILED  a
                a.yaml:1

          expect (line 1): other suggestions came than expected
              expected                                        actual
            ~ {at: 1h, suggest: a, because: [e1, "s0:sent"]}  {at: 1h, suggest: a, because: [e1]}
            - {at: 2h, suggest: b}
            +                                                 \
        {at: 3h, suggest: c, channel: email, to: {customer_id: C1, email: [a@x.nl, b@x.nl], \
        phone: "31612"}, because: [e1]}
            why: “b” never completed

        1 scenario in 1 file: 0 passed, 1 failed

        """)
  }

  @Test func `JUnit and JSON hold what XML and JSON cannot say plainly`() throws {
    var odd = scenario([])
    odd.name = "a < b & \"c\" \u{1}"
    let result = ScenarioResult(
      scenario: odd, findings: [Finding(.customerCount, at: place, "2 > 1")])
    let files = [ScenarioReport.FileResults(file: "a.yaml", results: [result])]
    #expect(
      ScenarioReport.write(files, as: .junit) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="journeyd" tests="1" failures="1" errors="0" skipped="0">
          <testsuite name="a.yaml" tests="1" failures="1" errors="0" skipped="0">
            <testcase name="a &lt; b &amp; &quot;c&quot; ?" classname="a.yaml" file="a.yaml" line="1">
              <failure message="customer_count: 2 &gt; 1">customer_count (line 1): 2 &gt; 1
        </failure>
            </testcase>
          </testsuite>
        </testsuites>

        """)
    let json = ScenarioReport.write(files, as: .json)
    let value = try #require(JSONValue(parsing: Array(json.utf8)))
    guard case .object(let members) = value else { return #expect(Bool(false)) }
    #expect(members.map(\.name) == ["name", "file", "line", "passed", "findings"])
    #expect(members.first?.value == .string(odd.name))
  }
}
