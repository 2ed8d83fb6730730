internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// Reads the lines of an export into the rows of a new state, one after another.
final class StateReading {
  private let plan: Plan
  private let file: String
  private let carriesOffsets: Bool
  private var facts: StateFacts?
  private var scribe: StateScribe?
  private var lineNumber = 0
  private var isEnded = false
  private(set) var summary = StateExport.Summary()

  /// Of a line in bytes: more than a customer or a household can come to.
  static let lineBytesMax = 64 << 20

  /// - Parameters:
  ///   - file: its name, for what is told of it.
  ///   - carriesOffsets: whether the input goes on where it was read up to.
  init(_ plan: Plan, file: String, carriesOffsets: Bool) {
    self.plan = plan
    self.file = file == "-" ? "standard input" : file
    self.carriesOffsets = carriesOffsets
  }

  /// Where reading of the input goes on; known behind the first line.
  var offsets: [TopicPartition: Offset] {
    carriesOffsets ? facts?.kept.partitions.compactMapValues(\.next) ?? [:] : [:]
  }

  /// The row of a line; nil of those that make none.
  func take(_ line: UnsafeBufferPointer<UInt8>) throws(Failure) -> StateRow? {
    lineNumber += 1
    do throws(LineProblem) {
      guard line.count <= Self.lineBytesMax else { throw LineProblem("it is too long") }
      guard !isEnded else { throw LineProblem("there is more behind the last line") }
      guard let value = JSONValue(parsing: line) else { throw LineProblem("it is not JSON") }
      guard let scribe else {
        try begin(value)
        return nil
      }
      return try row(value, scribe)
    } catch { throw problem(error.message) }
  }

  private func begin(_ value: JSONValue) throws(LineProblem) {
    var facts = try StateFacts(line: value)
    if let refusal = facts.kept.refusal(plan.identity) { throw LineProblem(refusal.message) }
    scribe = StateScribe(
      plan: plan, names: facts.names, secret: facts.secret ?? [],
      now: facts.kept.clock ?? .distantPast)
    self.facts = facts
  }

  private func row(_ value: JSONValue, _ scribe: StateScribe) throws(LineProblem) -> StateRow? {
    if value["customer"] != nil {
      summary.customers += 1
      return try scribe.customer(value)
    }
    if value["household"] != nil {
      summary.households += 1
      return try scribe.household(value)
    }
    if value["erased"] != nil, value["end"] == nil {
      summary.erased += 1
      return try scribe.erasure(value)
    }
    guard value["end"] != nil else { throw LineProblem("it is of no kind that is known") }
    guard summary.isTold(by: value) else {
      throw LineProblem("other numbers of lines were written than are here")
    }
    isEnded = true
    return nil
  }

  /// The rows that are left behind the last line.
  func finish() throws(Failure) -> [StateRow] {
    guard isEnded, let facts, let scribe else {
      lineNumber += 1
      throw problem("it ends too soon, the last line of an export is missing")
    }
    var kept = RuntimeRows()
    kept.clock = facts.kept.clock
    kept.kinds = plan.identity.kinds.map {
      IdentityPlan.Kind($0.name, unique: $0.unique, shared: $0.shared, normalize: $0.normalize)
    }
    if carriesOffsets {
      kept.partitions = facts.kept.partitions.filter { $0.value.next != nil }
    }
    var rows = scribe.nameRows() + [.secret(facts.secret ?? [])]
    rows += facts.rules.map { .rule($0.name, firstLoaded: $0.firstLoaded) }
    rows.append(scribe.numbersRow())
    return rows + kept.takeChanged()
  }

  private func problem(_ message: String) -> Failure {
    Failure(
      .configurationInvalid, "\(file):\(lineNumber): \(message)",
      cure: "take a file as journeyd state export wrote it, and a configuration that fits it")
  }
}
