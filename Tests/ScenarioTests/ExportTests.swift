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
      var store = MemoryStore { $0.marks }
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
          store = MemoryStore { $0.marks }
          try store.apply(moved.rows)
          try fresh.goOn(from: store)
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

/// What is wrong with a file is told with its line, and never stops the process.
@Suite struct ExportFileTests {
  /// The lines of a state with several households.
  private func exported() throws -> (lines: [String], plan: Plan) {
    for path in try Shared.paths().filter({ $0.contains("identity") }) {
      let file = try Shared.file(path)
      let plan = try #require(file.plan)
      for scenario in file.scenarios {
        let lines = try exported(scenario, plan)
        if lines.count(where: { $0.hasPrefix(#"{"household":"#) }) > 1 { return (lines, plan) }
      }
    }
    Issue.record("no scenario has several households")
    return ([], Plan())
  }

  private func exported(_ scenario: Scenario, _ plan: Plan) throws -> [String] {
    let runner = ScenarioRunner(plan: plan)
    let store = MemoryStore()
    runner.replacing = { engine in
      do { try store.apply(engine.takeChangedRows()) } catch { Issue.record("\(error)") }
      return engine
    }
    let engine = runner.engine(for: scenario, on: plan)
    engine.collects.insert(.rows)
    _ = try runner.observe(scenario, engine)
    return try Moved(store, plan, to: plan).lines
  }

  /// The failure that reading these lines ends with; nil: all is well.
  private func problem(_ lines: [String], _ plan: Plan) -> Failure? {
    let reading = StateReading(plan, file: "a.ndjson", carriesOffsets: false)
    do throws(Failure) {
      for line in lines {
        _ = try Array(line.utf8).withUnsafeBufferPointer { (bytes) throws(Failure) in
          try reading.take(bytes)
        }
      }
      _ = try reading.finish()
      return nil
    } catch { return error }
  }

  @Test func `a whole file is read`() throws {
    let (lines, plan) = try exported()
    #expect(lines.count > 4)
    #expect(problem(lines, plan) == nil)
  }

  @Test func `each fault is told with its file, its line and what is wrong`() throws {
    let (lines, plan) = try exported()
    func told(_ change: (inout [String]) -> Void) throws -> String {
      var changed = lines
      change(&changed)
      let failure = try #require(problem(changed, plan))
      #expect(failure.code == .configurationInvalid)
      #expect(!failure.cure.isEmpty)
      return failure.message
    }
    let last = lines.count
    let customer = try #require(lines.firstIndex { $0.hasPrefix(#"{"customer":"#) })
    #expect(try told { $0[0] = "{" } == "a.ndjson:1: it is not JSON")
    #expect(try told { $0.removeFirst() } == "a.ndjson:1: it is not the export of a state")
    #expect(
      try told { $0[0] = $0[0].replacing(#""format":1"#, with: #""format":2"#) }
        == "a.ndjson:1: it is of a newer version of journeyd, \(journeydVersion)")
    #expect(
      try told { $0[0] = $0[0].replacing(#"[{"name":"customer_id""#, with: #"[{"name":"fax""#) }
        .hasPrefix("a.ndjson:1: the state knows “fax” as identifier type number 1"))
    #expect(
      try told { $0.removeLast() }
        == "a.ndjson:\(last): it ends too soon, the last line of an export is missing")
    #expect(
      try told { $0.remove(at: customer) }
        == "a.ndjson:\(last - 1): other numbers of lines were written than are here")
    #expect(
      try told { $0.insert($0[last - 1], at: 1) }
        == "a.ndjson:2: other numbers of lines were written than are here")
    #expect(
      try told { $0.append("{}") } == "a.ndjson:\(last + 1): there is more behind the last line")
    #expect(
      try told { $0[1] = #"{"cat":1}"# } == "a.ndjson:2: it is of no kind that is known")
    #expect(
      try told { $0.swapAt(1, customer) }
        == "a.ndjson:2: “customer” is nobody of a household before")
    let broken = try told {
      $0[customer] = $0[customer].replacing(#""touches":[{"time":"#, with: #""touches":[{"tim":"#)
    }
    #expect(broken == "a.ndjson:\(customer + 1): touches[0]: “time” is missing")
  }

  @Test func `whatever is changed in a file it is read or refused`() throws {
    let (lines, plan) = try exported()
    var random = SplitMix(state: 5)
    var refused = 0
    for _ in 0..<500 {
      var changed = lines
      let at = Int.random(in: changed.indices, using: &random)
      var bytes = Array(changed[at].utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes[place] = bytes[Int.random(in: bytes.indices, using: &random)]
        }
      }
      changed[at] = String(decoding: bytes, as: UTF8.self)
      if problem(changed, plan) != nil { refused += 1 }
    }
    #expect(refused > 100)
  }
}
