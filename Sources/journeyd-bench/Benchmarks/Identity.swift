import JourneyEngine
import JourneyModel
import Supervision

extension Benchmark {
  static let identity = Benchmark(
    name: "identity", summary: "Who is who against the truth, its time and its memory.",
    options: [
      Option("events", "1000000", "Interactions."), Option("people", "200000", "People."),
      Option("shared", "2", "Devices of a hundred that two people use."),
      Option("late", "5", "Interactions of a hundred that are told up to ten minutes late."), seed,
    ], quick: ["events": "200000", "people": "40000"]
  ) { values throws(Failure) in
    let run = IdentityRun(
      events: try values.number("events"), people: try values.number("people"),
      shared: Double(try values.number("shared", from: 0)) / 100,
      late: Double(try values.number("late", from: 0)) / 100, seed: try values.number("seed"))
    try run.measure()
  }
}

/// One run: who is who alone, then the engine, then both against the truth.
private struct IdentityRun {
  let events: Int
  let people: Int
  let shared: Double
  let late: Double
  let seed: Int

  private static let plan = Plan()

  func measure() throws(Failure) {
    let feed = PeopleFeed(seed: seed, events: events, people: people, shared: shared, late: late)
    let stages = Stages(plan: Self.plan, source: .native, rowsEvery: 10_000)
    let names = NameTable()
    let who = WhoIsWho(plan: Self.plan.identity, names: names, keep: Self.plan.history.keep)
    let empty = residentBytes()
    let placed = try stages.place(feed, in: who, names)
    let placedBytes = residentBytes() - empty
    let engine = Engine(plan: Self.plan, names: NameTable())
    let handled = try stages.all(feed, on: engine)
    let engineBytes = residentBytes() - empty - placedBytes
    let comparison = try compare(engine)
    guard who.customerCount == engine.customerCount else {
      throw Failure(
        .internalError,
        "alone there are \(who.customerCount) customers, with the engine \(engine.customerCount)")
    }
    report(placed, placedBytes, handled, engineBytes, engine, comparison)
  }

  private func compare(_ engine: Engine) throws(Failure) -> TruthComparison {
    var feed = PeopleFeed(
      seed: seed, events: events, people: people, shared: shared, late: late, keepsFacts: true)
    var group = RecordGroup()
    repeat {
      group.removeAll()
      feed.fill(&group)
    } while group.count > 0
    var comparison = TruthComparison(Truth(feed.facts, people: people), people: people)
    comparison.compare(engine)
    let found = engine.customerCount
    guard comparison.isRight, found == comparison.customers else {
      throw Failure(
        .internalError,
        "\(comparison.wrong) identifiers are with somebody else, \(comparison.missed) are apart"
          + " from their own, \(comparison.unknown) are unknown; there are \(found) customers"
          + " instead of \(comparison.customers)")
    }
    return comparison
  }

  private func report(
    _ placed: StageTimes, _ placedBytes: Int64, _ handled: StageTimes, _ engineBytes: Int64,
    _ engine: Engine, _ comparison: TruthComparison
  ) {
    var report = Report(
      "Identity: \(grouped(events)) interactions of \(grouped(people)) people,"
        + " \(percent(late)) late, seed \(seed)",
      columns: ["part", "ns per event", "bytes per customer"])
    let customers = Int64(max(1, engine.customerCount))
    let place = placed.perEvent(placed.place)
    report.row("decode", grouped(placed.perEvent(placed.decode)), "")
    report.row("who is who", grouped(place), grouped(Int(placedBytes / customers)))
    report.row(
      "who is who, history", grouped(handled.perEvent(handled.handle)),
      grouped(Int(engineBytes / customers)))
    report.note(
      "\(grouped(comparison.compared)) identifiers compared with the truth: none is with somebody"
        + " else, none is apart from its own")
    report.note(
      "\(grouped(engine.customerCount)) customers, as many as there should be;"
        + " \(grouped(engine.counts.merges)) merges, \(grouped(comparison.ambiguous)) devices that"
        + " stand for no one")
    report.note(
      "who is who against decoding: \(ratio(place / placed.perEvent(placed.decode)))")
    report.print()
  }
}

/// The engine's customers beside those of the truth.
private struct TruthComparison {
  private var truth: Truth
  private let people: Int
  private(set) var compared = 0
  /// With identifiers of somebody else.
  private(set) var wrong = 0
  /// Not with those that they were linked to.
  private(set) var missed = 0
  private(set) var unknown = 0
  private(set) var ambiguous = 0
  /// How many customers there should be.
  private(set) var customers = 0
  private var customerOfRoot: [Int: CustomerRef] = [:]
  private var rootOfCustomer: [CustomerRef: Int] = [:]

  init(_ truth: Truth, people: Int) {
    self.truth = truth
    self.people = people
  }

  var isRight: Bool { wrong == 0 && missed == 0 && unknown == 0 }

  private static let number = IdentifierType(0)
  private static let address = IdentifierType(1)
  private static let device = IdentifierType(5)

  mutating func compare(_ engine: Engine) {
    for person in 0..<people {
      if truth.hasNumber[person] {
        note(
          truth.numberNode(person),
          engine.customer(having: Self.number, Array(PeopleFeed.number(person).utf8)))
      }
      if truth.hasAddress[person] {
        note(
          truth.addressNode(person),
          engine.customer(having: Self.address, Array(PeopleFeed.address(person).utf8)))
      }
    }
    let devices = truth.devices
    for index in devices.indices where devices[index].isSeen && !devices[index].isAmbiguous {
      note(truth.deviceNode(index), customer(ofDevice: index, engine))
    }
    customers = customerOfRoot.count
    for index in devices.indices where devices[index].isAmbiguous {
      ambiguous += 1
      compared += 1
      if devices[index].isOwnCustomer { customers += 1 }
      guard let customer = customer(ofDevice: index, engine) else {
        if devices[index].isOwnCustomer { unknown += 1 }
        continue
      }
      if rootOfCustomer[customer] != nil { wrong += 1 }
    }
  }

  private func customer(ofDevice device: Int, _ engine: Engine) -> CustomerRef? {
    engine.customer(having: Self.device, Array(PeopleFeed.device(device).utf8))
  }

  private mutating func note(_ node: Int, _ customer: CustomerRef?) {
    compared += 1
    guard let customer else {
      unknown += 1
      return
    }
    let root = truth.root(node)
    if let known = customerOfRoot[root], known != customer { missed += 1 }
    if let known = rootOfCustomer[customer], known != root { wrong += 1 }
    customerOfRoot[root] = customer
    rootOfCustomer[customer] = root
  }
}
