import JourneyEngine
import JourneyModel
import Testing

@testable import JourneyRuntime

/// The state as a store keeps it: the last row of each key.
private struct Rows {
  private struct Place: Hashable {
    var partition: Int32
    var key: [UInt8]
  }
  private var values: [Place: [UInt8]] = [:]

  mutating func apply(_ rows: [StateRow]) {
    for row in rows { values[Place(partition: row.partition, key: row.key)] = row.value }
  }
  var all: [StateRow] {
    values.map { StateRow(partition: $0.key.partition, key: $0.key.key, value: $0.value) }
      .shuffled()
  }
}

@Suite struct RestartTests {
  @Test(arguments: try Shared.paths())
  func `an engine built from its rows after every event decides the same`(path: String) throws {
    let file = try Shared.file(path)
    let plan = try #require(file.plan)
    for scenario in file.scenarios {
      let runner = ScenarioRunner(plan: plan)
      let undisturbed = try runner.observe(scenario, runner.engine(for: scenario, on: plan))
      var rows = Rows()
      runner.replacing = { engine in
        rows.apply(engine.takeChangedRows())
        let fresh = runner.engine(for: scenario, on: plan)
        fresh.collects.insert(.rows)
        do { try fresh.restore(rows.all) } catch { Issue.record("\(scenario.name): \(error)") }
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

/// Shows the first item that differs.
private func expectEqual<T: Equatable>(_ restarted: [T], _ undisturbed: [T], _ name: String) {
  guard restarted != undisturbed else { return }
  let place = zip(restarted, undisturbed).enumerated().first { $1.0 != $1.1 }?.offset
  let at = place ?? min(restarted.count, undisturbed.count)
  func item(_ list: [T]) -> String { at < list.count ? "\(list[at])" : "nothing" }
  Issue.record(
    "\(name), item \(at)\nrestarted:   \(item(restarted))\nundisturbed: \(item(undisturbed))")
}
