import JourneyModel
import Testing

@testable import JourneyEngine
@testable import JourneyRuntime

/// Which step a rule waits for.
@Suite struct RuleTests {
  private func told(_ rules: String, _ events: [String], until: String) throws -> Told {
    try Told(
      """
      channels: {app: {side: online, outbound: true}, web: {side: online}}
      contact: {consent: {marketing: implied}}
      suggestions:
        \(rules)
      """, events: events, until: until)
  }

  private let suggest = "suggest: {touchpoint: t, channels: [app]}"
  private func seen(_ touchpoint: String, at: String) -> String {
    "{at: \(at), channel: web, touchpoint: \(touchpoint), identifiers: {customer_id: C1}}"
  }

  @Test func `a rule of which nothing was seen has not begun`() throws {
    let told = try told(
      "a: {when: [{seen: x}], \(suggest)}", [seen("visit", at: "0s")], until: "1h")
    let rule = try told.rule("a")
    #expect(rule.attempts.isEmpty && rule.occasions.isEmpty && rule.ended == nil)
    let text = ExplanationText.text(try told.explanation())
    #expect(text.contains("not begun, each waits for its first step:\n    a: {seen: x}\n"))
  }

  @Test func `a repeated step tells how many have come`() throws {
    let told = try told(
      "a: {when: [{seen: visit, times: 3, within: 1d}], \(suggest)}",
      [seen("visit", at: "0s"), seen("visit", at: "1h")], until: "2h")
    let attempt = try #require(try told.rule("a").attempts.first)
    #expect(attempt.step == 0)
    #expect(attempt.counted == 2)
    #expect(attempt.state == .waitsForEvent(before: try told.time("1d")))
  }

  @Test func `an absence waits for its end`() throws {
    let told = try told(
      "a: {when: [{seen: visit}, {unseen: buy, for: 2h}], \(suggest)}",
      [seen("visit", at: "0s")], until: "1h")
    let attempt = try #require(try told.rule("a").attempts.first)
    #expect(attempt.step == 1)
    #expect(attempt.state == .waitsForTime(until: try told.time("2h")))
    #expect(
      try told.lines("a") == [
        "step 2 of 2, {unseen: buy, for: 2h}: waits until 2026-01-05T14:00:00.000Z; so far"
          + " visit on web (e1, 2026-01-05T12:00:00.000Z)"
      ])
  }

  @Test func `a broken absence names what broke it`() throws {
    let told = try told(
      "a: {when: [{seen: visit}, {unseen: buy, for: 2h}], \(suggest)}",
      [seen("visit", at: "0s"), seen("buy", at: "30m")], until: "1h")
    let ended = try #require(try told.rule("a").ended)
    #expect(ended.step == 1)
    #expect(
      ended.state == .broken(by: .init(source: "test", id: "e2", time: try told.time("30m"))))
  }

  @Test func `an absence up to the next step is kept or broken`() throws {
    let rule = "a: {when: [{seen: visit}, {unseen: buy}, {seen: leave}], \(suggest)}"
    let kept = try told(rule, [seen("visit", at: "0s")], until: "1h")
    let attempt = try #require(try kept.rule("a").attempts.first)
    #expect(attempt.step == 2)
    #expect(attempt.state == .waitsForEvent(before: nil))
    let broken = try told(rule, [seen("visit", at: "0s"), seen("buy", at: "1m")], until: "1h")
    #expect(try broken.rule("a").attempts.isEmpty)
    #expect(
      try broken.rule("a").ended?.state
        == .broken(by: .init(source: "test", id: "e2", time: try broken.time("1m"))))
  }

  @Test func `a step whose time is over is too late`() throws {
    let told = try told(
      "a: {when: [{seen: visit}, {seen: buy, within: 30m}], \(suggest)}",
      [seen("visit", at: "0s")], until: "30m")
    #expect(try told.rule("a").ended?.state == .tooLate(since: try told.time("30m")))
    let before = try told.rule("a", at: try told.time("29m"))
    #expect(before.attempts.first?.state == .waitsForEvent(before: try told.time("30m")))
  }

  @Test func `the very next interaction was another`() throws {
    let told = try told(
      "a: {when: [{seen: visit}, {seen: buy, immediately: true}], \(suggest)}",
      [seen("visit", at: "0s"), seen("other", at: "1m")], until: "1h")
    #expect(try told.rule("a").ended?.state == .notNext)
  }

  @Test func `a wait for a date without a date says so`() throws {
    let rule =
      "a: {when: [{seen: visit}, {wait: {trait: renewal, before: 1d}}], \(suggest)}"
    let without = try told(rule, [seen("visit", at: "0s")], until: "1h")
    #expect(try without.rule("a").attempts.first?.state == .waitsForDate)
    let with = try told(
      rule,
      [
        "{at: 0s, channel: web, touchpoint: visit, identifiers: {customer_id: C1},"
          + " traits: {renewal: 2026-02-01}}"
      ], until: "1h")
    #expect(
      try with.rule("a").attempts.first?.state
        == .waitsForTime(until: try #require(Moment(rfc3339: "2026-01-31T00:00:00Z"))))
  }

  @Test func `the attempt that came furthest is told first`() throws {
    let told = try told(
      "a: {when: [{seen: visit}, {seen: buy}, {seen: pay}], \(suggest)}",
      [seen("visit", at: "0s"), seen("buy", at: "1m"), seen("visit", at: "2m")], until: "1h")
    let rule = try told.rule("a")
    #expect(rule.attemptCount == 2)
    #expect(rule.attempts.map(\.step) == [2, 1])
  }

  @Test func `what completed and did not count says why`() throws {
    let given = try told(
      "a: {when: [{seen: visit}], given: [{seen: other}], \(suggest)}", [seen("visit", at: "0s")],
      until: "1h")
    let ended = try #require(try given.rule("a").ended)
    guard case .notGiven(given.start, let predicates) = ended.state else {
      Issue.record("\(ended.state)")
      return
    }
    #expect(predicates.map(PredicateText.text) == ["{seen: other}"])
    let outside = try told(
      "a: {when: [{seen: visit}], until: 2026-01-05T11:00:00Z, \(suggest)}",
      [seen("visit", at: "0s")], until: "1h")
    #expect(try outside.rule("a").ended?.state == .outOfBounds(outside.start))
    let expired = try told(
      "a: {when: [{seen: visit}], expires: 1h, if: [{seen: other}], \(suggest)}",
      [seen("visit", at: "0s")], until: "1h")
    #expect(try expired.rule("a").ended?.state == .expired(expired.start))
  }

  @Test func `a made suggestion is what a rule came to`() throws {
    let told = try told(
      "a: {title: A hello, when: [{seen: visit}], \(suggest)}", [seen("visit", at: "0s")],
      until: "1h")
    let occasion = try #require(try told.rule("a").occasions.first)
    let made = try #require(try told.explanation().suggestions.first)
    #expect(occasion.answer == .made(made.id))
    #expect(made.status == "open")
    let asked = try told.explanation(made.id.description)
    #expect(asked.picture.customer == (try told.explanation()).picture.customer)
    #expect(ExplanationText.text(asked, asked: made.id).contains("The suggestion asked for\n"))
  }

  @Test func `what was made long ago is still what the rule came to`() throws {
    let told = try told(
      "a: {when: [{seen: visit}], expires: 1h, \(suggest)}", [seen("visit", at: "0s")],
      until: "2h")
    let made = try #require(try told.explanation().suggestions.first)
    #expect(try told.rule("a").ended?.state == .made(told.start, made.id))
    #expect(
      try told.lines("a").first?.hasPrefix(
        "not begun anew; the last: all steps were done 2026-01-05T12:00:00.000Z: \(made.id) was made"
      ) == true)
  }
}
