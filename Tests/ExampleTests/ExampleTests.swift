import JourneyModel
import JourneyRuntime
import Settings
import Testing

@Suite struct ExampleTests {
  @Test func `there is a bank, and there are four other trades`() {
    #expect(
      Example.all.map(\.folder) == [
        "config", "config/examples/shop", "config/examples/skin-care", "config/examples/telecom",
        "config/examples/theme-park",
      ])
  }

  @Test(arguments: Example.all)
  func `check has nothing to say of it, not even a warning`(example: Example) throws {
    let settings = try example.settings()
    #expect(settings.isValid)
    #expect(settings.problems.isEmpty, "\(settings.problems.map { $0.text() }.joined())")
  }

  @Test(arguments: Example.all)
  func `all its scenarios pass`(example: Example) throws {
    let batch = ScenarioBatch(try example.scenarioFiles(example.plan()))
    #expect(batch.problems.isEmpty)
    #expect(batch.count > 10)
    let results = batch.run()
    let isFine = results.allSatisfy { $0.problems.isEmpty && $0.results.allSatisfy(\.passed) }
    #expect(isFine, "\(ScenarioReport.write(results, as: .text))")
  }

  @Test(arguments: Example.all)
  func `each rule says in a title what it is for`(example: Example) throws {
    for rule in try example.plan().rules {
      #expect(rule.title?.isEmpty == false, "\(rule.name)")
    }
  }

  @Test(arguments: Example.all)
  func `each rule is needed by a scenario`(example: Example) throws {
    let plan = try example.plan()
    let scenarios = try example.scenarios(plan)
    for index in plan.rules.indices {
      var without = plan
      without.rules[index].isActive = false
      let notices = try notices(without, scenarios)
      #expect(notices, "no scenario fails without “\(plan.rules[index].name)”")
    }
  }

  @Test(arguments: Example.all)
  func `no restriction of a rule can be left out unnoticed`(example: Example) throws {
    let plan = try example.plan()
    let scenarios = try example.scenarios(plan)
    for index in plan.rules.indices {
      for loosening in Loosening.all(of: plan.rules[index]) {
        var loose = plan
        loose.rules[index] = loosening.rule
        let notices = try notices(loose, scenarios)
        #expect(notices, "no scenario needs \(loosening.what) of “\(loosening.rule.name)”")
      }
    }
  }

  @Test(arguments: Example.all)
  func `no part of the contact policy can be left out unnoticed`(example: Example) throws {
    let plan = try example.plan()
    let scenarios = try example.scenarios(plan)
    for loosening in LoosePolicy.all(of: plan.contact) {
      var loose = plan
      loose.contact = loosening.policy
      let notices = try notices(loose, scenarios)
      #expect(notices, "no scenario needs \(loosening.what)")
    }
  }

  @Test(arguments: Example.all)
  func `the samples of its sources are read, and what they bring is in the catalogue`(
    example: Example
  ) throws {
    let plan = try example.plan()
    let known = Set(plan.catalogue.touchpoints.map(\.name))
    for source in plan.sources where source.format != .journeyd {
      let samples = try Samples(source, of: plan, in: example)
      #expect(samples.used > 0, "\(source.name)")
      #expect(samples.rejected.isEmpty, "\(source.name): \(samples.rejected)")
      let unknown = samples.touchpoints.subtracting(known)
      #expect(unknown.isEmpty, "\(source.name): \(unknown)")
    }
  }

  /// Whether a scenario fails on a plan.
  private func notices(_ plan: Plan, _ scenarios: [Scenario]) throws -> Bool {
    let runner = ScenarioRunner(plan: plan)
    return try scenarios.contains { try !runner.run($0).passed }
  }
}
