import JourneyModel
import Settings
import Testing

@testable import JourneyEngine
@testable import JourneyRuntime

/// The shared scenarios, with everyone explained between any two events.
@Suite struct SweepTests {
  static let paths: [String] = {
    let parts = #filePath.split(separator: "/").dropLast(2)
    let folder = "/" + parts.joined(separator: "/") + "/Shared/scenarios"
    // The many random ones would take minutes.
    return ((try? Files.find(folder)) ?? []).filter { !$0.contains("/random/") }
  }()

  /// Everyone's explanation, with what must hold of each.
  private func check(_ engine: Engine, at moment: Moment, _ name: String) {
    for picture in engine.pictures(at: moment) {
      guard let ref = engine.customer(of: picture.customer) else { continue }
      let explanation = engine.explanation(of: ref, at: moment)
      #expect(explanation.picture.customer == picture.customer, "\(name)")
      let json = Array(ExplanationJSON.text(explanation).utf8)
      #expect(JSONValue(parsing: json) != nil, "\(name)")
      let open = explanation.suggestions.filter { $0.status == "open" }
      for suggestion in open {
        let rule = explanation.rules.first { $0.name == suggestion.rule }
        let stands = rule?.occasions.contains { $0.answer == .made(suggestion.id) } ?? false
        // The reason of what is open may have left the history.
        #expect(
          stands || explanation.timeline.count < explanation.picture.touchpoints,
          "\(name): \(suggestion)")
      }
    }
  }

  @Test(arguments: paths)
  func `whoever is explained is not changed`(path: String) throws {
    let file = ScenarioFile(try Files.read(path), plan: nil)
    let plan = try #require(file.plan)
    for scenario in file.scenarios {
      let runner = ScenarioRunner(plan: plan)
      let undisturbed = try runner.observe(scenario, runner.engine(for: scenario, on: plan))
      let asking = ScenarioRunner(plan: plan)
      var moments = scenario.events.map { scenario.start + $0.arrival }.sorted().makeIterator()
      asking.replacing = { engine in
        self.check(engine, at: moments.next() ?? scenario.end, scenario.name)
        return engine
      }
      let asked = try asking.observe(scenario, asking.engine(for: scenario, on: plan))
      #expect(asked == undisturbed, "\(scenario.name)")
    }
  }

  @Test func `there are scenarios to explain`() { #expect(!Self.paths.isEmpty) }
}
