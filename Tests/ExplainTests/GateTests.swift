import JourneyModel
import Testing

@testable import JourneyEngine
@testable import JourneyRuntime

/// Which gate refuses, and until when.
@Suite struct GateTests {
  private func told(
    contact: String, rules: [String], _ events: [String], until: String = "1h"
  ) throws -> Told {
    try Told(
      """
      channels:
        app: {side: online, outbound: true}
        email: {side: online, outbound: true, needs: email}
        web: {side: online}
      contact: {\(contact)}
      suggestions:
      \(rules.map { "  \($0)" }.joined(separator: "\n"))
      """, events: events, until: until)
  }

  private func visit(_ more: String = "", at: String = "0s", _ touchpoint: String = "visit")
    -> String
  {
    "{at: \(at), channel: web, touchpoint: \(touchpoint), identifiers: {customer_id: C1}\(more)}"
  }

  private func channels(_ told: Told, _ rule: String = "a") throws -> [Explanation.Channel] {
    let occasion = try #require(try told.rule(rule).occasions.first)
    guard case .candidate(let channels) = occasion.answer else {
      throw Unanswered(answer: "\(occasion.answer)")
    }
    return channels
  }

  private let implied = "consent: {marketing: implied}"

  @Test func `each channel tells the gate that refuses it`() throws {
    let told = try told(
      contact: "",
      rules: ["a: {when: [{seen: visit}], suggest: {touchpoint: t, channels: [email, app]}}"],
      [visit()])
    let found = try channels(told)
    #expect(found.map(\.channel) == ["email", "app"])
    #expect(found.map(\.refused) == ["no_address", "consent"])
    #expect(found.map(\.notes) == [[.noIdentifier("email")], [.consent(.unknown)]])
    #expect(found.map(Phrases.line).first == "email: refused by no_address – there is no email")
  }

  @Test func `a condition that does not hold is named`() throws {
    let told = try told(
      contact: implied,
      rules: [
        "a: {when: [{seen: visit}], if: [{trait: segment, equals: private}, {seen: visit}],"
          + " suggest: {touchpoint: t, channels: [app]}}"
      ], [visit()])
    let found = try channels(told)
    #expect(found.map(\.refused) == ["condition"])
    #expect(
      found.flatMap(\.notes).map(Phrases.note) == [
        "{trait: segment, equals: private} does not hold"
      ])
  }

  @Test func `an exception that holds is named`() throws {
    let told = try told(
      contact: implied,
      rules: [
        "a: {when: [{seen: visit}], unless: [{seen: visit, within: 2h, times: {at_most: 3}}],"
          + " suggest: {touchpoint: t, channels: [app]}}"
      ], [visit()])
    #expect(
      try channels(told).flatMap(\.notes).map(Phrases.note) == [
        "{seen: visit, within: 2h, times: {at_most: 3}} holds"
      ])
  }

  @Test func `quiet hours tell their end`() throws {
    let told = try told(
      contact: "\(implied), quiet_hours: [{from: \"12:00\", until: \"15:00\"}]",
      rules: ["a: {when: [{seen: visit}], suggest: {touchpoint: t, channels: [app]}}"], [visit()])
    let channel = try #require(try channels(told).first)
    #expect(channel.refused == "quiet_hours")
    #expect(channel.until == (try told.time("3h")))
    #expect(try told.explanation().next == (try told.time("3h")))
  }

  @Test func `a full cap tells when it has room`() throws {
    let told = try told(
      contact: "\(implied), at_once: 5, pressure: {daily: {max: 1, per: 1d}}",
      rules: [
        "a: {when: [{seen: visit}], suggest: {touchpoint: t, channels: [app]}}",
        "b: {when: [{seen: other}], suggest: {touchpoint: t, channels: [app]}}",
      ], [visit(), visit(at: "30m", "other")])
    let channel = try #require(try channels(told, "b").first)
    #expect(channel.refused == "pressure:daily")
    #expect(channel.until == (try told.time("1d")))
    let cap = try #require(try told.explanation().caps.first)
    #expect(cap.taken == 1 && cap.max == 1)
    #expect(cap.frees == (try told.time("1d")))
  }

  @Test func `what is open already stands in the way by its name`() throws {
    let told = try told(
      contact: implied,
      rules: [
        "a: {when: [{seen: visit}], suggest: {touchpoint: t, channels: [app]}}",
        "b: {when: [{seen: other}], suggest: {touchpoint: t, channels: [app]}}",
      ], [visit(), visit(at: "30m", "other")])
    let open = try #require(try told.explanation().suggestions.first)
    let channel = try #require(try channels(told, "b").first)
    #expect(channel.refused == "at_once")
    #expect(channel.notes == [.suggestion(open.id)])
  }

  @Test func `an open issue keeps selling back`() throws {
    let told = try told(
      contact:
        "\(implied), service_first: {opens: [{seen: complaint}], closes: [solved],"
        + " cooling_off: 2d, gives_up_after: 30d}",
      rules: ["a: {when: [{seen: visit}], suggest: {touchpoint: t, channels: [app]}}"],
      [visit(at: "0s", "complaint"), visit(at: "1m")])
    #expect(try channels(told).map(\.refused) == ["service_first"])
    let service = try #require(try told.explanation().service)
    #expect(service.issue?.by == "complaint")
    #expect(service.until == (try told.time("30d")))
  }

  @Test func `a pause tells its end`() throws {
    let told = try told(
      contact: "\(implied), pauses: [{outcome: dismissed, pause: 60d, scope: all}]",
      rules: [
        "a: {when: [{seen: visit}], suggest: {touchpoint: t, channels: [app]}}",
        "b: {when: [{seen: other}], suggest: {touchpoint: t, channels: [app]}}",
      ],
      [
        visit(), visit(", suggestion: {id: a, outcome: dismissed}", at: "10m", "closed"),
        visit(at: "30m", "other"),
      ])
    #expect(try channels(told, "b").first?.refused == "paused")
    #expect(
      try told.explanation().pauses.map(\.until) == [
        try told.time("1440h10m"), try told.time("1440h10m"),
      ])
    let made = try #require(try told.explanation().suggestions.first)
    #expect(made.status == "dismissed")
    #expect(made.outcomes.map(\.outcome) == [.dismissed])
  }

  @Test func `a withdrawn suggestion tells the reason`() throws {
    let told = try told(
      contact: implied,
      rules: [
        "a: {when: [{seen: visit}], unless: [{seen: bought}],"
          + " suggest: {touchpoint: t, channels: [app]}}"
      ], [visit(), visit(at: "10m", "bought")])
    let made = try #require(try told.explanation().suggestions.first)
    #expect(made.status == "withdrawn")
    #expect(
      made.withdrawn == .init(reason: .conditionNoLongerHolds, time: try told.time("10m")))
  }

  @Test func `explaining changes nothing`() throws {
    let told = try told(
      contact: "\(implied), quiet_hours: [{from: \"12:00\", until: \"15:00\"}]",
      rules: ["a: {when: [{seen: visit}], suggest: {touchpoint: t, channels: [app]}}"], [visit()])
    told.engine.collects.insert(.rows)
    _ = told.engine.takeChangedRows()
    let before = told.engine.nextDeadline
    let first = try told.explanation()
    #expect(try told.explanation() == first)
    #expect(told.engine.nextDeadline == before)
    #expect(told.engine.effects.isEmpty)
    #expect(told.engine.takeChangedRows().isEmpty)
  }
}
