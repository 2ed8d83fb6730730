import JourneyEngine
import JourneyModel
import JourneyRuntime
import Supervision

extension Benchmark {
  static let hot = Benchmark(
    name: "hot", summary: "A cookie, and an address, that thousands claim: does it slow others?",
    options: [
      Option("events", "1000000", "Interactions with the hot identifier."),
      Option("claims", "10000", "Customer numbers that claim it."),
      Option("others", "200000", "Interactions of others, between them."), seed, runs,
    ], quick: ["events": "100000", "claims": "2000", "others": "50000"]
  ) { values throws(Failure) in
    let measurement = HotMeasurement(
      events: try values.number("events"), claims: try values.number("claims"),
      others: try values.number("others"), seed: try values.number("seed"))
    var report = Report(
      "Hot identifiers: \(grouped(measurement.events)) interactions,"
        + " \(grouped(measurement.claims)) numbers; what others' interactions take",
      columns: [
        "beside others there is", "others p50, ns", "others p99, ns", "others ns", "hot p99, ns",
        "hot ns",
      ])
    var runs: [[HotTimes]] = []
    for _ in 0..<(try values.number("runs")) {
      var round: [HotTimes] = []
      for kind in HotKind.allCases { round.append(try measurement.run(kind)) }
      runs.append(round)
    }
    var nineties: [Double] = []
    for (index, kind) in HotKind.allCases.enumerated() {
      func middle(_ value: KeyPath<HotTimes, Double>) -> Double {
        median(runs.map { $0[index][keyPath: value] })
      }
      nineties.append(middle(\.others99))
      report.row(
        kind.rawValue, grouped(middle(\.others50)), grouped(middle(\.others99)),
        grouped(middle(\.others)), kind == .none ? "" : grouped(middle(\.hot99)),
        kind == .none ? "" : grouped(middle(\.hot)))
    }
    report.note(
      "p99 of others against a run without: cookie \(ratio(nineties[1] / nineties[0])),"
        + " address \(ratio(nineties[2] / nineties[0]))")
    report.print()
    guard nineties[1] <= 2 * nineties[0], nineties[2] <= 2 * nineties[0] else {
      throw Failure(.internalError, "a hot identifier slows others to more than double")
    }
  }
}

private enum HotKind: String, CaseIterable {
  case none = "nothing"
  case cookie = "a hot cookie"
  case address = "a hot address"
}

private struct HotTimes {
  var others50 = 0.0
  var others99 = 0.0
  var others = 0.0
  var hot99 = 0.0
  var hot = 0.0
}

/// Interactions of one kind between those of others, each on its own clock.
private struct HotMeasurement {
  let events: Int
  let claims: Int
  let others: Int
  let seed: Int

  func run(_ kind: HotKind) throws(Failure) -> HotTimes {
    let plan = Plan()
    let engine = Engine(plan: plan, names: NameTable())
    var reader = try GroupReader(.native, plan, engine.names)
    var feed = HotFeed(kind, self)
    var group = RecordGroup()
    var (ofOthers, ofHot) = (Histogram(), Histogram())
    var (sumOthers, sumHot) = (Int64(0), Int64(0))
    while true {
      group.removeAll()
      feed.isHot.removeAll(keepingCapacity: true)
      feed.fill(&group)
      guard group.count > 0 else { break }
      reader.read(group)
      for index in 0..<reader.count {
        let time = reader.interactions[index].time
        let begun = wallNanoseconds()
        _ = engine.handle(reader.interactions[index], at: time)
        let took = wallNanoseconds() - begun
        if feed.isHot[index] {
          ofHot.record(took)
          sumHot += took
        } else {
          ofOthers.record(took)
          sumOthers += took
        }
      }
      engine.effects.removeAll(keepingCapacity: true)
    }
    guard reader.rejected == 0 else {
      throw Failure(.internalError, "\(reader.rejected) records were rejected")
    }
    return HotTimes(
      others50: ofOthers.percentile(0.5) ?? 0, others99: ofOthers.percentile(0.99) ?? 0,
      others: Double(sumOthers) / Double(max(1, ofOthers.count)),
      hot99: ofHot.percentile(0.99) ?? 0, hot: Double(sumHot) / Double(max(1, ofHot.count)))
  }
}

/// Others' interactions, and between them evenly those with the hot identifier, every second with a number.
private struct HotFeed: RecordFeed {
  private let kind: HotKind
  private let total: Int
  private let others: Int
  private let claims: Int
  private var random: SplitMix64
  private var made = 0
  private var madeOthers = 0
  /// Of the group that was filled last.
  var isHot: [Bool] = []

  init(_ kind: HotKind, _ size: HotMeasurement) {
    self.kind = kind
    others = size.others
    claims = size.claims
    total = size.others + (kind == .none ? 0 : size.events)
    random = SplitMix64(UInt64(size.seed))
  }

  mutating func fill(_ group: inout RecordGroup) {
    while made < total, !group.isFull {
      // The same share of both from beginning to end.
      let isOther = madeOthers * total <= made * others && madeOthers < others
      group.add("{\"id\":\"e-\(made)\",\"time\":\"")
      group.add((BankFeed.start + TimeSpan(Int64(made) * 1_000)).rfc3339)
      group.add("\",\"touchpoint\":\"page_viewed\",\"channel\":\"web\",\"identifiers\":{")
      if isOther { addOther(to: &group) } else { addHot(to: &group) }
      group.add("}}")
      group.endRecord()
      isHot.append(!isOther)
      made += 1
      if isOther { madeOthers += 1 }
    }
  }

  private mutating func addOther(to group: inout RecordGroup) {
    let person = Int(random.between(0, Int64(max(1, others / 5))))
    group.add("\"cookie_id\":\"c-\(person)-7f3a\"")
    if random.chance(0.6) { group.add(",\"customer_id\":\"P\(100_000 + person)\"") }
  }

  private mutating func addHot(to group: inout RecordGroup) {
    group.add(
      kind == .cookie ? "\"cookie_id\":\"c-hot-7f3a\"" : "\"email\":\"info@example.org\"")
    guard random.chance(0.5) else { return }
    group.add(",\"customer_id\":\"H\(100_000 + random.between(0, Int64(claims)))\"")
  }
}
