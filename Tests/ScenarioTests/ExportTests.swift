import JourneyEngine
import JourneyModel
import StateStore
import Supervision
import Testing

@testable import JourneyRuntime

/// An exported state and what is made of it elsewhere.
private struct Moved {
  var rows: [StateRow] = []
  var lines: [String] = []

  init(_ store: MemoryStore, _ plan: Plan, to other: Plan) throws {
    let copy = try StateCopy(store, plan)
    var written: [[UInt8]] = []
    _ = try StateExport(copy).all { line throws(Failure) in written.append(line) }
    let reading = StateReading(other, file: "test", carriesOffsets: false)
    for line in written {
      if let row = try line.withUnsafeBufferPointer({ (bytes) throws(Failure) in
        try reading.take(bytes)
      }) {
        rows.append(row)
      }
    }
    rows += try reading.finish()
    lines = written.map { String(decoding: $0, as: UTF8.self) }
  }
}

@Suite struct ExportTests {
  @Test(arguments: try Shared.paths())
  func `a state that is exported and imported during a scenario decides the same`(
    path: String
  ) throws {
    let file = try Shared.file(path)
    var plan = try #require(file.plan)
    for scenario in file.scenarios {
      let runner = ScenarioRunner(plan: plan)
      let undisturbed = try runner.observe(scenario, runner.engine(for: scenario, on: plan))
      var store = MemoryStore()
      var events = 0
      runner.replacing = { engine in
        events += 1
        do {
          try store.apply(engine.takeChangedRows())
          guard events % 3 == 1 else { return engine }
          var other = plan
          other.processing.shards = 1 + events % 9
          let moved = try Moved(store, plan, to: other)
          plan = other
          runner.names = try Engine.names(in: moved.rows)
          let fresh = runner.engine(for: scenario, on: plan)
          fresh.collects.insert(.rows)
          try fresh.restore(moved.rows)
          store = MemoryStore()
          try store.apply(moved.rows)
          return fresh
        } catch {
          Issue.record("\(scenario.name): \(error)")
          return engine
        }
      }
      let first = runner.engine(for: scenario, on: plan)
      first.collects.insert(.rows)
      let carried = try runner.observe(scenario, first)
      #expect(carried.happenings == undisturbed.happenings, "\(scenario.name)")
      #expect(carried.decisions == undisturbed.decisions, "\(scenario.name)")
      #expect(carried.customers == undisturbed.customers, "\(scenario.name)")
      #expect(carried.rejected == undisturbed.rejected, "\(scenario.name)")
    }
  }
}
