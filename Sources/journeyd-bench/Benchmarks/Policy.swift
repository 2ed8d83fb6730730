import EventFormats
import JourneyEngine
import JourneyModel
import JourneyRuntime
import Supervision

extension Benchmark {
  static let policy = Benchmark(
    name: "policy", summary: "A year of a bank's customers under the sample's contact policy.",
    options: [
      Option("customers", "10000", "Customers."), Option("months", "12", "Months of 30 days."),
      seed,
    ], quick: ["customers": "2000"]
  ) { values throws(Failure) in
    let year = try SimulatedYear(
      customers: try values.number("customers"), months: try values.number("months"),
      seed: try values.number("seed"))
    try year.run()
    year.report()
    try year.check()
  }
}

/// Traffic month by month through the engine, its suggestions answered as people do.
private final class SimulatedYear {
  private static let month = TimeSpan.days(30)
  private let customers: Int
  private let months: Int
  private let seed: Int
  private let plan: Plan
  private let engine: Engine
  private var readers: [String: RecordReader] = [:]
  private var traffic: [BankTraffic] = []
  private var monthsBegun = 0
  private var numbered = 0
  private var interaction = Interaction()
  private var answers: [String: Int] = [:]
  private var events = 0
  private var made = 0
  private var control = 0
  private var withdrawn = 0
  private var decisions = 0
  private var decode: Int64 = 0
  private var engineTime: Int64 = 0

  init(customers: Int, months: Int, seed: Int) throws(Failure) {
    self.customers = customers
    self.months = months
    self.seed = seed
    plan = try .sample()
    engine = Engine(plan: plan, names: NameTable(), collects: .decisions)
    for source in plan.sources {
      do throws(PlanProblem) {
        readers[source.topic.text] = try RecordReader(
          source, of: plan, attributes: plan.attributesRead, names: engine.names)
      } catch { throw Failure(.configurationInvalid, error.message) }
    }
  }

  func run() throws(Failure) {
    while let (index, record) = next() {
      try take(record)
      drain(index, at: record.at)
    }
    let end = BankFeed.start + TimeSpan(Self.month.milliseconds * Int64(months + 1))
    let begun = threadNanoseconds()
    engine.advance(to: end, inclusive: true)
    engineTime += threadNanoseconds() - begun
    drain(traffic.count - 1, at: end)
  }

  /// The earliest record of all months that have begun; a month begins when its first moment comes.
  private func next() -> (Int, DemoRecord)? {
    var best: (index: Int, at: Moment)?
    for index in traffic.indices {
      guard let at = traffic[index].nextAt, at < best?.at ?? .distantFuture else { continue }
      best = (index, at)
    }
    let start = BankFeed.start + TimeSpan(Self.month.milliseconds * Int64(monthsBegun))
    if monthsBegun < months, start <= best?.at ?? .distantFuture {
      begin(at: start)
      return next()
    }
    guard let best, let record = traffic[best.index].next(until: best.at) else { return nil }
    return (best.index, record)
  }

  private func begin(at start: Moment) {
    // Ids of answers are counted on within a month, so each has room for many.
    let fresh = BankTraffic(
      seed: UInt64(seed * 1_000 + monthsBegun), start: start, span: Self.month, people: customers,
      numberedFrom: numbered)
    numbered = fresh.number + 10 * customers
    monthsBegun += 1
    traffic.append(fresh)
  }

  private func take(_ record: DemoRecord) throws(Failure) {
    guard let reader = readers[record.topic] else { return }
    let begun = threadNanoseconds()
    let reading = record.value.withUnsafeBufferPointer {
      reader.read(InputRecord(value: $0, topic: record.topic), bounds: .any, into: &interaction)
    }
    let read = threadNanoseconds()
    decode += read - begun
    guard reading == .read else {
      throw Failure(.internalError, "a record of \(record.topic) was not read: \(reading)")
    }
    _ = engine.handle(interaction, at: record.at)
    engineTime += threadNanoseconds() - read
    events += 1
  }

  private func drain(_ index: Int, at now: Moment) {
    for effect in engine.effects {
      switch effect {
      case .made(let suggestion):
        guard !suggestion.isControl else {
          control += 1
          continue
        }
        made += 1
        answer(suggestion, index, at: now)
      case .withdrawn(let suggestion): if !suggestion.isControl { withdrawn += 1 }
      case .decided(let decision): count(decision)
      case .identity, .gone: break
      }
    }
    engine.effects.removeAll(keepingCapacity: true)
  }

  private func answer(_ made: SuggestionMade, _ index: Int, at now: Moment) {
    guard traffic.indices.contains(index),
      let number = made.customer.identifiers.first(where: { $0.type == "customer_id" })?.values
        .first
    else { return }
    traffic[index].answer(
      suggestion: made.id.description, channel: made.channel, purpose: made.purpose,
      customer: number, at: now)
  }

  private func count(_ decision: Decision) {
    decisions += 1
    for candidate in decision.candidates {
      for channel in candidate.channels {
        switch channel.answer {
        case .made:
          answers[decision.isControl ? "made for the control group" : "made", default: 0] += 1
        case .refused(let gate): answers[gate, default: 0] += 1
        }
      }
    }
  }

  /// Whether each suggestion that was made stands in a decision, too.
  func check() throws(Failure) {
    let told = answers["made"] ?? 0
    guard told == made else {
      throw Failure(
        .internalError, "\(made) suggestions were made, and decisions tell of \(told)")
    }
  }

  func report() {
    let days = Self.month.milliseconds / 86_400_000 * Int64(months)
    var report = Report(
      "Policy: \(grouped(customers)) customers, \(days) days, \(grouped(events)) interactions",
      columns: ["candidate and channel", "times", "share"])
    let all = answers.values.reduce(0, +)
    for (answer, times) in answers.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      report.row(answer, grouped(times), percent(Double(times) / Double(max(1, all))))
    }
    let seconds = Double(engineTime + decode) / 1e9
    report.note(
      "\(grouped(decisions)) decisions, \(grouped(made)) suggestions made, \(grouped(withdrawn))"
        + " withdrawn, \(grouped(control)) kept back as control")
    report.note(
      "\(ratio(seconds)) s, \(grouped(Double(engineTime) / Double(max(1, events)))) ns of the engine"
        + " per interaction; \(grouped(engine.customerCount)) customers at the end")
    report.note("engine against decoding: \(ratio(Double(engineTime) / Double(max(1, decode))))")
    report.print()
  }
}
