import JourneyEngine
import JourneyModel
import Supervision

extension Benchmark {
  static let rules = Benchmark(
    name: "rules", summary: "A thousand rules of which five concern an event against five alone.",
    options: [
      Option("events", "300000", "Interactions."), Option("customers", "30000", "Customers."),
      Option("rules", "1000", "Rules in all."), seed, runs,
    ], quick: ["events": "100000", "customers": "10000"]
  ) { values throws(Failure) in
    let measurement = RulesMeasurement(
      events: try values.number("events"), customers: try values.number("customers"),
      rules: try values.number("rules"), seed: try values.number("seed"),
      runs: try values.number("runs"))
    try measurement.measure()
  }
}

private struct RulesMeasurement {
  let events: Int
  let customers: Int
  let rules: Int
  let seed: Int
  let runs: Int

  func measure() throws(Failure) {
    let feed = BankFeed(seed: seed, events: events, customers: customers)
    let products = 15
    let sample = try Plan.sample()
    var subjects = [
      Subject("5 that concern it", .concerning(5, of: 5), feed),
      Subject("\(grouped(rules)) of which 5 concern it", .concerning(5, of: rules), feed),
      Subject("the sample's \(sample.rules.count)", sample, feed),
      Subject(
        "100 like the sample's, \(products) products",
        sample.over(products: products, rules: 100),
        BankFeed(seed: seed, events: events, customers: customers, products: products)),
    ]
    // In turn, so that what else the machine does hits all alike.
    for _ in 0..<runs {
      for index in subjects.indices { try subjects[index].run() }
    }
    guard subjects[0].made == subjects[1].made, subjects[0].made > 0 else {
      throw Failure(
        .internalError,
        "five rules suggest \(subjects[0].made) times, among others \(subjects[1].made) times")
    }
    report(subjects)
  }

  private func report(_ subjects: [Subject]) {
    var report = Report(
      "Rules: \(grouped(events)) interactions of \(grouped(customers)) customers",
      columns: ["rules", "ns per event", "events/s", "suggestions"])
    for subject in subjects {
      report.row(
        subject.name, grouped(subject.engine), grouped(1e9 / subject.whole), grouped(subject.made))
    }
    report.note("ns of the engine; events/s with decoding and writing, on one core")
    let against = ratio(subjects[1].engine / subjects[0].engine)
    report.note("\(grouped(rules)) rules against 5: \(against)")
    report.print()
  }
}

/// Rules, the traffic they are for, and what came of it.
private struct Subject {
  let name: String
  private let stages: Stages
  private let feed: BankFeed
  private var engines: [Double] = []
  private var wholes: [Double] = []
  private(set) var made = 0

  init(_ name: String, _ plan: Plan, _ feed: BankFeed) {
    self.name = name
    self.feed = feed
    stages = Stages(plan: plan, source: .native, rowsEvery: 10_000)
  }

  /// Nanoseconds of the engine per event.
  var engine: Double { median(engines) }
  /// Nanoseconds of the whole way per event.
  var whole: Double { median(wholes) }

  mutating func run() throws(Failure) {
    let engine = Engine(plan: stages.plan, names: NameTable())
    let times = try stages.all(feed, on: engine)
    engines.append(times.perEvent(times.handle))
    wholes.append(times.perEvent(times.decode + times.handle + times.write))
    made = engine.counts.made
  }
}

extension Plan {
  /// Rules of which some name what a bank's traffic brings, and the others what never comes.
  fileprivate static func concerning(_ concerning: Int, of rules: Int) -> Plan {
    var plan = Plan()
    plan.contact.consent = [.init(purpose: "marketing", rule: .implied)]
    var channel = CataloguePlan.Channel("mail", side: .offline)
    channel.isOutbound = true
    plan.catalogue.channels = [channel]
    plan.rules = (0..<rules).map { number in
      let suffix = number < concerning ? "" : "_\(number)"
      var seen = StepPlan.Seen(MatcherPlan(["mortgage_calculator_used" + suffix]))
      seen.matcher.conditions = [
        AttributeCondition(
          path: "amount",
          comparisons: [Comparison(.atLeast, .number(Double(number % concerning) * 100_000))])
      ]
      seen.times = 2
      seen.within = .days(7)
      var unseen = StepPlan.Unseen(MatcherPlan(["mortgage_application_started" + suffix]))
      unseen.span = .hours(2)
      return RulePlan(
        name: "rule_\(number)", steps: [.seen(seen), .unseen(unseen)], touchpoint: "letter",
        channels: ["mail"])
    }
    for index in plan.rules.indices { plan.rules[index].againAfter = .days(7) }
    return plan
  }

  /// The same journeys and rules once per product, each over touchpoints of its own.
  fileprivate func over(products: Int, rules: Int) -> Plan {
    var plan = self
    for product in 1..<products {
      plan.journeys += journeys.map { $0.of(product) }
      plan.rules += self.rules.map { $0.of(product) }
    }
    plan.rules = Array(plan.rules.prefix(rules))
    return plan
  }
}

// The same for another product: its own touchpoints, journeys and rules, named with its number.

extension MatcherPlan {
  fileprivate func of(_ product: Int) -> MatcherPlan {
    var copy = self
    copy.touchpoints = touchpoints.map { $0 + "_\(product)" }
    return copy
  }
}

extension JourneyPlan {
  fileprivate func of(_ product: Int) -> JourneyPlan {
    var copy = self
    copy.name += "_\(product)"
    copy.starts = starts.map { $0.of(product) }
    copy.includes = includes.map { $0.of(product) }
    copy.won = won.map { $0.of(product) }
    copy.lost = lost.map { $0.of(product) }
    for index in phases.indices {
      copy.phases[index].entries = phases[index].entries.map { $0.of(product) }
    }
    return copy
  }
}

extension RulePlan {
  fileprivate func of(_ product: Int) -> RulePlan {
    var copy = self
    copy.name += "_\(product)"
    copy.journey = journey.map { $0 + "_\(product)" }
    copy.steps = steps.map { step in
      switch step {
      case .seen(var seen):
        seen.matcher = seen.matcher.of(product)
        return .seen(seen)
      case .unseen(var unseen):
        unseen.matcher = unseen.matcher.of(product)
        return .unseen(unseen)
      case .wait, .waitForDate: return step
      }
    }
    copy.given = given.map { $0.of(product) }
    copy.conditions = conditions.map { $0.of(product) }
    copy.exceptions = exceptions.map { $0.of(product) }
    return copy
  }
}

extension PredicatePlan {
  fileprivate func of(_ product: Int) -> PredicatePlan {
    switch self {
    case .seen(let matcher, let within, let count):
      .seen(matcher.of(product), within: within, count: count)
    case .unseen(let matcher, let within): .unseen(matcher.of(product), within: within)
    case .journey(let name, let status, let phases):
      .journey(name + "_\(product)", status: status, phases: phases)
    case .satisfaction(let comparisons, let journey):
      .satisfaction(comparisons, journey: journey.map { $0 + "_\(product)" })
    case .all(let parts): .all(parts.map { $0.of(product) })
    case .any(let parts): .any(parts.map { $0.of(product) })
    case .not(let part): .not(part.of(product))
    case .sample, .trait, .consent: self
    }
  }
}
