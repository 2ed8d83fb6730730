internal import EventFormats
internal import JourneyEngine
package import JourneyModel

/// Runs the scenarios of one file, each on a fresh engine, under virtual time.
///
/// Events are written as records and read as the daemon reads them, so that a scenario sees what the daemon would.
/// Not for sharing between threads.
package final class ScenarioRunner {
  let plan: Plan
  /// Of the engine under test, and of what reads its events.
  var names = NameTable() { didSet { readers = [:] } }
  private let attributes: [String]
  private var readers: [String: RecordReader] = [:]
  private var interaction = Interaction()
  /// Tests put another engine in the place of one between events, as a restart does.
  var replacing: ((Engine) -> Engine)?

  package init(plan: Plan) {
    self.plan = plan
    attributes = plan.attributesRead
  }

  /// What a scenario comes to, compared with what it expects. Cost: that of its events, some milliseconds.
  package func run(_ scenario: Scenario) throws(ScenarioError) -> ScenarioResult {
    let observation = try observe(scenario, engine(for: scenario, on: plan))
    let comparison = ScenarioComparison(scenario, observation, identity: plan.identity) {
      self.explain($0, of: $1, in: scenario)
    }
    return ScenarioResult(scenario: scenario, findings: comparison.findings())
  }

  func engine(for scenario: Scenario, on plan: Plan) -> Engine {
    Engine(
      plan: plan, names: names,
      mode: Engine.Mode(policy: scenario.hasPolicy, holdout: scenario.hasHoldout),
      collects: .decisions)
  }

  /// Feeds all events and moves the clock to the end. Cost: that of its events.
  func observe(
    _ scenario: Scenario, _ engine: Engine
  ) throws(ScenarioError) -> Observation {
    var engine = engine
    var observer = Observer(until: scenario.end)
    var known = KnownIdentifiers()
    // Sorting is stable: what arrives at one moment stays in the order written.
    for event in scenario.events.sorted(by: { $0.arrival < $1.arrival }) {
      let arrival = scenario.start + event.arrival
      engine.advance(to: arrival, inclusive: false)
      switch try read(event, of: scenario) {
      case .read:
        known.add(interaction)
        name(event.suggestion, engine)
        switch engine.handle(interaction, at: arrival) {
        case .accepted, .duplicate, .unknownSuggestion: break
        case .rejected(let rejection): observer.reject(event.label, rejection)
        }
      case .skipped: break
      case .rejected(let rejection): observer.reject(event.label, rejection)
      }
      take(engine, &observer)
      if let replacing { engine = replacing(engine) }
    }
    engine.advance(to: scenario.end + plan.time.grace, inclusive: true)
    take(engine, &observer)
    let last = scenario.events.map(\.arrival).max() ?? .zero
    let now = max(scenario.end, scenario.start + last)
    observer.finish(
      known.customers(of: engine).map { engine.picture(of: $0, at: now) },
      count: engine.customerCount)
    return observer.observation
  }

  private func take(_ engine: Engine, _ observer: inout Observer) {
    observer.take(engine.effects)
    engine.effects.removeAll(keepingCapacity: true)
  }

  /// An outcome's suggestion is looked up when it arrives; one that was never made stays a name nobody knows.
  private func name(_ suggestion: NamedSuggestion?, _ engine: Engine) {
    guard let suggestion, interaction.feedback != nil,
      let id = engine.suggestion(
        of: suggestion.rule, ordinal: suggestion.ordinal, for: interaction)
    else { return }
    let slice = interaction.append(id.description.utf8)
    interaction.feedback?.suggestion = slice
  }
}

/// What cannot be run at all.
package struct ScenarioError: Error, Equatable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

// MARK: Events as records

extension ScenarioRunner {
  private func read(
    _ event: ScenarioEvent, of scenario: Scenario
  ) throws(ScenarioError) -> Reading {
    let reader = try reader(of: event.source)
    let arrival = scenario.start + event.arrival
    let bounds = TimeBounds(
      oldest: arrival - plan.history.keep, newest: arrival + plan.time.futureLimit)
    let record = Self.record(event, start: scenario.start)
    return record.withUnsafeBufferPointer { bytes in
      reader.read(InputRecord(value: bytes), bounds: bounds, into: &interaction)
    }
  }

  /// A record of the native format.
  private static func record(_ event: ScenarioEvent, start: Moment) -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("time", start + event.at)
      for field in event.fields {
        $0.key(field.name)
        $0.value(field.value)
      }
    }
    return writer.bytes
  }

  /// The reader of a source by its name; one that is not in the configuration has only defaults.
  private func reader(of source: String) throws(ScenarioError) -> RecordReader {
    if let reader = readers[source] { return reader }
    var native =
      plan.sources.first { $0.name == source } ?? SourcePlan(name: source, topic: .named(source))
    native.format = .journeyd
    let reader: RecordReader
    do throws(PlanProblem) {
      reader = try RecordReader(native, of: plan, attributes: attributes, names: names)
    } catch {
      throw ScenarioError(error.message)
    }
    readers[source] = reader
    return reader
  }
}

/// Every identifier that was seen, so that all customers can be found at the end.
private struct KnownIdentifiers {
  private struct Key: Hashable {
    var type: IdentifierType
    var value: [UInt8]
  }
  private var keys: [Key] = []
  private var seen: Set<Key> = []

  mutating func add(_ interaction: Interaction) {
    for identifier in interaction.identifiers {
      let key = Key(
        type: identifier.type, value: Array(interaction.bytes[identifier.value.range]))
      if seen.insert(key).inserted { keys.append(key) }
    }
  }

  /// Each once, in the order in which their identifiers were first seen.
  func customers(of engine: Engine) -> [CustomerRef] {
    var found: Set<CustomerRef> = []
    return keys.compactMap { engine.customer(having: $0.type, $0.value) }
      .filter { found.insert($0).inserted }
  }
}
