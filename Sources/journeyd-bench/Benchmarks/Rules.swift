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
    let five = try cost(of: .concerning(5, of: 5), feed)
    let many = try cost(of: .concerning(5, of: rules), feed)
    guard five.made == many.made, five.made > 0 else {
      throw Failure(
        .internalError, "five rules suggest \(five.made) times, among others \(many.made) times")
    }
    let products = 15
    let hundred = try cost(
      of: .bank(products: products, rules: 100),
      BankFeed(seed: seed, events: events, customers: customers, products: products))
    let sample = try cost(of: .sample(), feed)
    var report = Report(
      "Rules: \(grouped(events)) interactions of \(grouped(customers)) customers",
      columns: ["rules", "ns per event", "events/s", "suggestions"])
    for (name, result) in [
      ("5 that concern it", five), ("\(rules) of which 5 concern it", many),
      ("the sample's 7", sample), ("100 like the sample's, \(products) products", hundred),
    ] {
      report.row(
        name, grouped(result.time), grouped(1e9 / result.whole), grouped(result.made))
    }
    report.note("ns of the engine; events/s with decoding and writing, on one core")
    report.note("\(rules) rules against 5: \(ratio(many.time / five.time))")
    report.print()
  }

  /// Nanoseconds of the engine and of the whole way per event, and how many suggestions came of it.
  private func cost(
    of plan: Plan, _ feed: BankFeed
  ) throws(Failure) -> (time: Double, whole: Double, made: Int) {
    let stages = Stages(plan: plan, source: .native, rowsEvery: 10_000)
    var times: [Double] = []
    var wholes: [Double] = []
    var made = 0
    for _ in 0..<runs {
      let engine = Engine(plan: plan, names: NameTable())
      let result = try stages.all(feed, on: engine)
      times.append(result.perEvent(result.handle))
      wholes.append(result.perEvent(result.decode + result.handle + result.write))
      made = engine.counts.made
    }
    return (median(times), median(wholes), made)
  }
}

extension Plan {
  /// Rules of which some name what a bank's traffic brings, and the others what never comes.
  fileprivate static func concerning(_ concerning: Int, of rules: Int) throws(Failure) -> Plan {
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

  /// The sample's journey and rules once per product, each over touchpoints of its own.
  fileprivate static func bank(products: Int, rules: Int) throws(Failure) -> Plan {
    let sample = try sample()
    var plan = sample
    for product in 1..<products {
      plan.journeys += sample.journeys.map { $0.of(product) }
      plan.rules += sample.rules.map { $0.of(product) }
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
