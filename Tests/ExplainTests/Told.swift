import JourneyModel
import Settings
import Testing

@testable import JourneyEngine
@testable import JourneyRuntime

/// A configuration and what happened, run up to a moment, and what is told of it then.
struct Told {
  let engine: Engine
  let start: Moment
  let now: Moment

  /// - Parameters:
  ///   - configuration: sections, as below `configuration:`.
  ///   - events: lines of a scenario's `events:`.
  ///   - until: the moment, from the start on.
  init(_ configuration: String, events: [String], until: String) throws {
    func indented(_ text: String, _ depth: Int) -> String {
      text.split(separator: "\n").map { String(repeating: " ", count: depth) + $0 }
        .joined(separator: "\n")
    }
    let file = ScenarioFile(
      YAMLReader.read(
        text: """
          configuration:
          \(indented(configuration, 2))
          tests:
            - name: one
              events:
          \(indented(events.map { "- \($0)" }.joined(separator: "\n"), 6))
              until: \(until)
              expect: []
          """, name: "a.yaml"), plan: nil)
    try #require(file.isUsable, "\(file.problems.map { $0.text() })")
    let scenario = try #require(file.scenarios.first)
    let plan = try #require(file.plan)
    let runner = ScenarioRunner(plan: plan)
    engine = runner.engine(for: scenario, on: plan)
    _ = try runner.observe(scenario, engine)
    start = scenario.start
    now = scenario.end
  }

  func time(_ text: String) throws -> Moment {
    start + (try Scalars.duration(text).get())
  }

  func explanation(
    _ subject: String = "customer_id=C1", at moment: Moment? = nil
  ) throws -> Explanation {
    let answer = engine.answer(try Inquiry.Subject(subject), at: moment ?? now)
    guard case .explanation(let explanation, _) = answer else {
      throw Unanswered(answer: "\(answer)")
    }
    return explanation
  }

  func rule(_ name: String, at moment: Moment? = nil) throws -> Explanation.Rule {
    try #require(try explanation(at: moment).rules.first { $0.name == name })
  }

  /// What the text says of a rule.
  func lines(_ name: String) throws -> [String] { Phrases.lines(try rule(name)) }
}

struct Unanswered: Error { var answer: String }
