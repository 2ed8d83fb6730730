import JourneyModel
import Settings
import Testing

@testable import JourneyRuntime

@Suite struct ScenarioRunnerTests {
  /// The notes of a failing scenario.
  private func notes(_ suggestions: String, _ tests: String) -> [String] {
    let file = Shared.file(
      text: """
        configuration:
          channels: {app: {side: online, outbound: true}, web: {side: online}}
          contact: {consent: {marketing: implied}}
          suggestions:
            \(suggestions)
        tests:
          - name: one
            \(tests)
        """)
    #expect(file.isUsable, "\(file.problems.map { $0.text() })")
    return ScenarioBatch([file]).run().flatMap(\.results).flatMap(\.findings).flatMap(\.notes)
  }

  private let events = """
    events:
          - {at: 0s, channel: web, touchpoint: visit, identifiers: {customer_id: C1}}
          - {at: 1h, channel: web, touchpoint: other, identifiers: {customer_id: C2}}
        expect: [{at: 2h, suggest: a, to: {customer_id: C1}}]
    """

  @Test func `a suggestion that did not come is told by the step that was not done`() {
    let suggest = "suggest: {touchpoint: t, channels: [app]}"
    #expect(
      notes("a: {when: [{seen: visit}, {seen: other, within: 3h}], \(suggest)}", events) == [
        "“a” did not complete: step 2 of 2, {seen: other, within: 3h}, was not done"
      ])
    #expect(
      notes("a: {when: [{seen: other}], \(suggest)}", events) == [
        "“a” did not complete: its step, {seen: other}, was not done"
      ])
    #expect(
      notes("a: {when: [{seen: visit}, {unseen: x}, {seen: other}], \(suggest)}", events) == [
        "“a” did not complete: step 3 of 3, {seen: other}, was not done"
      ])
    #expect(
      notes("a: {when: [{seen: visit}], given: [{seen: other}], \(suggest)}", events) == [
        "all steps of “a” were done, but “given” did not hold at that moment"
      ])
    #expect(
      notes("a: {when: [{seen: visit}], until: 2026-01-05T11:00:00Z, \(suggest)}", events) == [
        "“a” completed outside of its “from” and “until”"
      ])
    #expect(
      notes("a: {when: [{seen: visit}], active: false, \(suggest)}", events) == [
        "“a” is not active"
      ])
  }

  @Test func `a suggestion that did not come is told by the gate that refused it`() {
    #expect(
      notes(
        """
        a: {when: [{seen: visit}], if: [{seen: other}], suggest: {touchpoint: t, channels: [app]}}
        """, events) == [
          "“a”, complete at 0s, decided at 0s: refused on app: condition"
            + " (“if”, “unless”, the journey or its phase did not hold)"
        ])
  }

  @Test func `the same file gives the same report`() throws {
    let path = try #require(try Shared.paths().first { $0.hasSuffix("/03-journeys.yaml") })
    var file = try Shared.file(path)
    for index in file.scenarios.indices { file.scenarios[index].customerCount?.count += 1 }
    func report() -> String { ScenarioReport.write(ScenarioBatch([file]).run(), as: .json) }
    let first = report()
    #expect(first.contains("\"passed\":false"))
    #expect(first == report())
  }

  @Test func `a picked scenario runs alone`() throws {
    let file = try Shared.file(try #require(try Shared.paths().first))
    let name = try #require(file.scenarios.last?.name)
    let batch = ScenarioBatch([file]) { $0 == name }
    var heard: [Int] = []
    let results = batch.run { done, _ in heard.append(done) }
    #expect(batch.count == 1)
    #expect(heard == [1])
    #expect(results.flatMap(\.results).map(\.scenario.name) == [name])
  }
}
