import JourneyModel
import JourneyRuntime

/// Every way in which one expectation of a scenario can be made wrong.
enum Mutations {
  struct Mutation {
    var what: String
    var scenario: Scenario
  }

  static func all(of scenario: Scenario) -> [Mutation] {
    suggestions(scenario) + refusals(scenario) + rejections(scenario) + customers(scenario)
  }

  private static let moment = TimeSpan(1)

  private static func suggestions(_ scenario: Scenario) -> [Mutation] {
    guard let expected = scenario.expected else { return [] }
    var all: [Mutation] = []
    func add(_ what: String, _ list: [ExpectedSuggestion]) {
      var changed = scenario
      changed.expected = list
      all.append(Mutation(what: what, scenario: changed))
    }
    for index in expected.indices {
      func change(_ what: String, _ body: (inout ExpectedSuggestion) -> Void) {
        var list = expected
        body(&list[index])
        add("\(what) of expect[\(index)]", list)
      }
      add("expect[\(index)] left out", Array(expected[..<index] + expected[(index + 1)...]))
      add("expect[\(index)] twice", Array(expected[...index]) + Array(expected[index...]))
      change("rule") { $0.rule += "x" }
      change("kind") { $0.isWithdrawal.toggle() }
      change("touchpoint") { $0.touchpoint = "nothing" }
      change("channel") { $0.channel = "nowhere" }
      change("purpose") { $0.purpose = "none" }
      change("to") { $0.to = [NamedText("customer_id", "nobody at all")] }
      change("group") { $0.isControl = !($0.isControl ?? false) }
      change("journey") { $0.journey = .value("nowhere") }
      change("phase") { $0.phase = .value("never") }
      change("address") { $0.address = .value("nobody@nowhere") }
      change("with") { $0.content = ($0.content ?? []) + [NamedValue("more", .bool(true))] }
      if expected[index].at != nil {
        change("at, later") { $0.at = TimeSpan(($0.at ?? .zero).milliseconds + 1) }
        change("at, sooner") { $0.at = TimeSpan(($0.at ?? .zero).milliseconds - 1) }
      }
      if let because = expected[index].because {
        change("because, longer") { $0.because = because + ["e1"] }
        change("because, shorter") { $0.because = Array(because.dropLast()) }
      }
      if expected[index].isWithdrawal {
        change("reason") { $0.reason = $0.reason == .inactive ? .merged : .inactive }
      }
      if index > 0, let at = expected[index].at, let before = expected[index - 1].at, before < at {
        var list = expected
        list.swapAt(index, index - 1)
        add("order of expect[\(index)]", list)
      }
    }
    return all
  }

  private static func refusals(_ scenario: Scenario) -> [Mutation] {
    scenario.refused.indices.flatMap { index in
      func change(_ what: String, _ body: (inout ExpectedRefusal) -> Void) -> Mutation {
        var changed = scenario
        body(&changed.refused[index])
        return Mutation(what: "\(what) of refused[\(index)]", scenario: changed)
      }
      return [
        change("at") { $0.at = $0.at.map { TimeSpan($0.milliseconds + 1) } },
        change("suggestion") { $0.rule = "nothing" },
        change("channel") { $0.channel = "nowhere" },
        change("reason") { $0.reason = "pressure:nothing" },
      ]
    }
  }

  private static func rejections(_ scenario: Scenario) -> [Mutation] {
    guard let rejected = scenario.rejected else { return [] }
    func with(_ what: String, _ list: [ExpectedRejection]) -> Mutation {
      var changed = scenario
      changed.rejected = list
      return Mutation(what: what, scenario: changed)
    }
    let place = scenario.rejectedPlace
    var all = [
      with("one more rejected", rejected + [ExpectedRejection(place: place, id: "x", code: .empty)])
    ]
    for index in rejected.indices {
      var list = rejected
      list[index].code = list[index].code == .empty ? .erased : .empty
      all.append(with("code of rejected[\(index)]", list))
      list = rejected
      list[index].id += "x"
      all.append(with("id of rejected[\(index)]", list))
      list = rejected
      list.remove(at: index)
      all.append(with("rejected[\(index)] left out", list))
    }
    return all
  }

  private static func customers(_ scenario: Scenario) -> [Mutation] {
    var all: [Mutation] = []
    if let count = scenario.customerCount {
      var changed = scenario
      changed.customerCount = ExpectedCount(place: count.place, count: count.count + 1)
      all.append(Mutation(what: "customer_count", scenario: changed))
    }
    for index in scenario.customers.indices {
      func change(_ what: String, _ body: (inout ExpectedCustomer) -> Void) {
        var changed = scenario
        body(&changed.customers[index])
        all.append(Mutation(what: "\(what) of customers[\(index)]", scenario: changed))
      }
      let customer = scenario.customers[index]
      change("identifiers") { $0.identifiers += [NamedText("customer_id", "nobody at all")] }
      if customer.touchpoints != nil { change("touchpoints") { $0.touchpoints? += 1 } }
      change("traits") { $0.traits.append(NamedValue("t", .string("nothing"))) }
      if case .value(let value) = customer.satisfaction {
        change("satisfaction") { $0.satisfaction = .value(value + 0.01) }
      }
      for number in customer.journeys.indices {
        change("journey's name") { $0.journeys[number].name += "x" }
        change("number of journeys") { $0.journeys[number].instances.append(ExpectedJourney()) }
        for place in customer.journeys[number].instances.indices {
          change("phase") { $0.journeys[number].instances[place].phase = .value("never") }
          change("touchpoints of a journey") {
            let count = $0.journeys[number].instances[place].touchpoints ?? 1_000
            $0.journeys[number].instances[place].touchpoints = count + 1
          }
          change("channels of a journey") {
            $0.journeys[number].instances[place].channels = .names(["nowhere"])
          }
        }
      }
    }
    return all
  }
}
