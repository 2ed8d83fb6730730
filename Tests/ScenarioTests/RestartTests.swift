import JourneyEngine
import JourneyModel
import StateStore
import Testing

@testable import JourneyRuntime

@Suite struct RestartTests {
  @Test(arguments: try Shared.paths())
  func `an engine built from its rows after every event decides the same`(path: String) throws {
    let file = try Shared.file(path)
    let plan = try #require(file.plan)
    for scenario in file.scenarios {
      let runner = ScenarioRunner(plan: plan)
      let undisturbed = try runner.observe(scenario, runner.engine(for: scenario, on: plan))
      let store = MemoryStore { $0.marks }
      runner.replacing = { engine in
        let fresh = runner.engine(for: scenario, on: plan)
        fresh.collects.insert(.rows)
        do {
          try store.apply(engine.takeChangedRows())
          try fresh.goOn(from: store)
        } catch { Issue.record("\(scenario.name): \(error)") }
        return fresh
      }
      let first = runner.engine(for: scenario, on: plan)
      first.collects.insert(.rows)
      let restarted = try runner.observe(scenario, first)
      expectEqual(restarted.happenings, undisturbed.happenings, scenario.name)
      expectEqual(restarted.decisions, undisturbed.decisions, scenario.name)
      expectEqual(restarted.customers, undisturbed.customers, scenario.name)
      #expect(restarted.rejected == undisturbed.rejected, "\(scenario.name)")
    }
  }
}

extension Engine {
  /// Goes on from the rows of a store, as a start does: nobody is in memory yet.
  func goOn(from store: any StateStore) throws {
    try restore(store.commonRows().shuffled())
    try store.makeFindable()
    recall(from: StoredMemory(of: store))
  }
}

/// Shows the first item that differs.
private func expectEqual<T: Equatable>(_ restarted: [T], _ undisturbed: [T], _ name: String) {
  guard restarted != undisturbed else { return }
  let place = zip(restarted, undisturbed).enumerated().first { $1.0 != $1.1 }?.offset
  let at = place ?? min(restarted.count, undisturbed.count)
  func item(_ list: [T]) -> String { at < list.count ? "\(list[at])" : "nothing" }
  Issue.record(
    "\(name), item \(at)\nrestarted:   \(item(restarted))\nundisturbed: \(item(undisturbed))")
}
