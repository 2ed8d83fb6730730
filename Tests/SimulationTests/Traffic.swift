import JourneyModel
import KafkaClient

/// Made-up interactions of a few people who are known by several identifiers, some of them shared, and the plan
/// that they are read by.
struct Traffic {
  struct Arrival {
    /// Since the beginning of the world; what lies before it is there from the start.
    var at: TimeSpan
    var place: TopicPartition
    var value: [UInt8]
    /// Written in a transaction of its own, which ends only then, this way.
    var transaction: (lasts: TimeSpan, commits: Bool)?
  }

  static let inputs = ["clicks", "calls"]
  static let outputs = ["suggestions", "journeys", "rejected"]
  static let group = "g"

  static func plan(_ dice: inout Dice) -> Plan {
    var plan = Plan()
    plan.kafka.groupID = group
    plan.processing.shards = dice.number(1...3)
    plan.processing.workers = dice.oneIn(4) ? 2 : 1
    plan.processing.guarantee = dice.oneIn(10) ? .atLeastOnce : .exactlyOnce
    plan.state.cacheBytes = Int64(dice.pick([0, 5_000, 512 << 20]))
    plan.time.grace = .seconds(1)
    plan.identity = IdentityPlan(
      kinds: [
        .init("customer_id", unique: true), .init("email", limit: 2),
        .init("cookie_id", shared: true, limit: 2),
      ], ignore: [], ignorePattern: "")
    plan.sources = inputs.map { SourcePlan(name: $0, topic: .named($0)) }
    plan.outputs.suggestions = outputs[0]
    plan.outputs.journeys = outputs[1]
    plan.outputs.rejected = outputs[2]
    plan.journeys = [journey]
    plan.rules = rules
    return plan
  }

  private static var journey: JourneyPlan {
    var journey = JourneyPlan(name: "home", starts: [MatcherPlan(["a"])])
    journey.phases = [.init("first"), .init("second", [MatcherPlan(["b"])])]
    journey.won = [MatcherPlan(["d"])]
    journey.endsAfter = .seconds(20)
    return journey
  }

  private static var rules: [RulePlan] {
    var third = StepPlan.Unseen(MatcherPlan(["d"]))
    third.span = .seconds(5)
    let steps: [[StepPlan]] = [
      [.seen(.init(MatcherPlan(["a"])))],
      [.seen(.init(MatcherPlan(["b"]))), .wait(.seconds(3))],
      [.seen(.init(MatcherPlan(["a"]))), .seen(.init(MatcherPlan(["c"]))), .unseen(third)],
    ]
    return steps.enumerated().map { number, steps in
      var rule = RulePlan(
        name: "r\(number)", steps: steps, touchpoint: "hint", channels: ["web"])
      rule.purpose = "service"
      rule.againAfter = .seconds(2)
      rule.expires = .seconds(60)
      return rule
    }
  }

  /// - Parameter busy: how long interactions keep coming.
  static func arrivals(
    _ dice: inout Dice, partitions: [String: Int], birth: Moment, busy: TimeSpan
  ) -> [Arrival] {
    let people = dice.number(1...6)
    let count = dice.number(5...60)
    let backlog = dice.pick([0, count / 2, count])
    return (0..<count).map { number in
      let topic = dice.pick(inputs)
      let place = TopicPartition(topic, Int32(dice.number(0...partitions[topic, default: 1] - 1)))
      let isOld = number < backlog
      let at = isOld ? TimeSpan.zero : dice.span(0...Int(busy.milliseconds))
      // Mostly told at once, sometimes late.
      let late = dice.oneIn(5) ? dice.span(0...20_000) : dice.span(0...300)
      let time = isOld ? birth - dice.span(0...120_000) : birth + at - late
      let id = dice.oneIn(12) ? "i0" : "i\(number)"
      let value = dice.oneIn(25) ? "{" : record(&dice, id, time, people)
      var arrival = Arrival(at: at, place: place, value: Array(value.utf8))
      if dice.oneIn(20) { arrival.transaction = (dice.span(1...9_000), !dice.oneIn(3)) }
      return arrival
    }
  }

  /// What became of a suggestion, as its channel tells it.
  static func receipt(
    _ dice: inout Dice, of suggestion: Substring, who: Substring, at time: Moment
  ) -> String {
    var text: [UInt8] = []
    time.appendRFC3339(to: &text)
    return """
      {"id":"o\(dice.number(0...1_000_000))","time":"\(String(decoding: text, as: UTF8.self))",\
      "touchpoint":"told","channel":"web","identifiers":{\(who)},"suggestion":{"id":"\(suggestion)",\
      "outcome":"\(dice.pick(["sent", "failed", "clicked", "dismissed"]))"}}
      """
  }

  private static func record(
    _ dice: inout Dice, _ id: String, _ time: Moment, _ people: Int
  ) -> String {
    let person = dice.number(1...people)
    var who = dice.oneIn(3) ? ["\"cookie_id\":\"k\(person)\""] : ["\"customer_id\":\"C\(person)\""]
    if dice.oneIn(3) { who.append("\"email\":\"e\(dice.number(1...people))\"") }
    if dice.oneIn(6) { who = ["\"cookie_id\":\"k\(person)\"", "\"customer_id\":\"C\(person)\""] }
    var text: [UInt8] = []
    time.appendRFC3339(to: &text)
    return """
      {"id":"\(id)","time":"\(String(decoding: text, as: UTF8.self))","touchpoint":"\
      \(dice.pick(["a", "a", "b", "c", "d", "e"]))","channel":"web",\
      "identifiers":{\(who.joined(separator: ","))}\(dice.oneIn(40) ? ",\"erase\":true" : "")}
      """
  }
}
