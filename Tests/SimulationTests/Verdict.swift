import JourneyModel
import KafkaClient

/// What does not agree with one undisturbed run of the same input in the recorded order.
struct Verdict {
  private(set) var problems: [String] = []
  /// Suggestions that were made or withdrawn.
  private(set) var suggestions = 0
  private let simulation: Simulation
  private var broker: Broker { simulation.broker }

  init(_ simulation: Simulation) {
    self.simulation = simulation
    problems += simulation.refusals
    problems += broker.offsets.setBack.map { "an offset went back: \($0)" }
    do { try compare() } catch { problems.append("\(error)") }
  }

  private mutating func compare() throws {
    let undisturbed = try Undisturbed(simulation.plan, firstLoaded: firstLoaded)
    for note in broker.committedNotes {
      guard let batch = simulation.batches[note] else {
        problems.append("nobody has told of the batch \(note)")
        continue
      }
      undisturbed.tell(batch, broker)
    }
    compareInputs(undisturbed)
    for (number, topic) in Traffic.outputs.prefix(2).enumerated() {
      compare(topic, undisturbed.written[number])
    }
  }

  /// Every record is handled once and in order, or rejected.
  private mutating func compareInputs(_ undisturbed: Undisturbed) {
    var broken = undisturbed.rejected
    for log in broker.topics.filter({ Traffic.inputs.contains($0.key) }).values.joined() {
      let good = log.visible.filter { undisturbed.read($0, of: log.place) != nil }.map(\.offset)
      broken += log.visible.count - good.count
      let handled = undisturbed.handled[log.place] ?? []
      if handled != good {
        problems.append(
          "of \(log.place) were handled \(handled.map(\.rawValue)),"
            + " there are \(good.map(\.rawValue))")
      }
    }
    let rejected = broker.topics["rejected"]?[0].visible.count ?? 0
    if isExact ? rejected != broken : rejected < broken {
      problems.append("\(rejected) were rejected of \(broken)")
    }
  }

  private var isExact: Bool { simulation.plan.processing.guarantee == .exactlyOnce }

  private mutating func compare(_ topic: String, _ expected: [[UInt8]: [[UInt8]?]]) {
    guard let log = broker.topics[topic]?[0] else { return }
    if log.stableEnd < log.end { problems.append("a transaction is open in \(topic)") }
    var found: [[UInt8]: [[UInt8]?]] = [:]
    for entry in log.visible { found[entry.key ?? [], default: []].append(entry.value) }
    for key in Set(found.keys).union(expected.keys).sorted(by: { $0.lexicographicallyPrecedes($1) })
    {
      let (found, expected) = (found[key] ?? [], expected[key] ?? [])
      if topic == "suggestions" {
        suggestions += expected.count
        if isExact ? found != expected : !Set(expected).isSubset(of: Set(found)) {
          let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset
          let at = place ?? min(found.count, expected.count)
          report(topic, found.dropFirst(at).first, expected.dropFirst(at).first)
        }
      } else if isExact
        ? found.last != expected.last : !expected.isEmpty && !found.contains(expected.last ?? nil)
      {
        // Once it was compacted only the last picture is left. Without transactions somebody who was taken for
        // dead may have written an older one behind it.
        report(topic, found.last, expected.last)
      }
    }
  }

  private mutating func report(_ topic: String, _ found: [UInt8]??, _ expected: [UInt8]??) {
    problems.append(
      "\(topic):\n  found \(text(found ?? nil))\n  not   \(text(expected ?? nil))")
  }

  private func text(_ bytes: [UInt8]?) -> String {
    bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
  }

  /// As the group's state has it.
  private var firstLoaded: [String: Moment] {
    var moments: [String: Moment] = [:]
    for entry in broker.topics[Traffic.group + "-state"]?[0].entries ?? [] {
      guard entry.part?.fate != .aborted, let key = entry.key, key.first == RowKind.rule.rawValue,
        let value = entry.value
      else {
        continue
      }
      var reader = RowReader(value)
      moments[String(decoding: key.dropFirst(), as: UTF8.self)] = try? reader.moment()
    }
    return moments
  }
}
