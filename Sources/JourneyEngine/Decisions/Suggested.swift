import JourneyModel

/// A suggestion made to a customer, and all that was told of it.
struct Suggested {
  var id: SuggestionID
  var rule: NameID
  var instance: JourneyID?
  /// The moment at which its occasion completed.
  var completed: Moment
  var made: Moment
  var expires: Moment
  var touchpoint: NameID
  var channel: NameID
  var purpose: NameID
  /// The strongest identifier of what completed it: it goes with that.
  var stem: StemRef
  /// Where that stands in the order of interactions.
  var origin: FactOrigin
  var because: [Cause]
  /// Kept back by the holdout: it counts for `again_after` only.
  var isControl: Bool
  var withdrawn: WithdrawalReason?
  var withdrawnAt = Moment.distantFuture
  var receipts: [Receipt] = []
  /// Other outcomes, each at its earliest time.
  var outcomes: [OutcomeTime] = []
  /// Which of the customers it came from, while a merge is decided.
  var half: Int32 = 0

  struct Receipt: Equatable {
    var time: Moment
    var isSent: Bool
  }
  struct OutcomeTime: Equatable {
    var outcome: Outcome
    var time: Moment
  }
}

extension Suggested {
  /// Notes what became of it. Outcomes may come in any order and twice. Says whether it was news.
  mutating func note(_ outcome: Outcome, at time: Moment) -> Bool {
    if outcome.isReceipt {
      let receipt = Receipt(time: time, isSent: outcome == .sent)
      guard !receipts.contains(receipt), receipts.count < 64 else { return false }
      receipts.append(receipt)
      return true
    }
    for index in outcomes.indices where outcomes[index].outcome == outcome {
      guard time < outcomes[index].time else { return false }
      outcomes[index].time = time
      return true
    }
    outcomes.append(OutcomeTime(outcome: outcome, time: time))
    return true
  }

  /// When it was sent, or when it failed, as the reports decide: of the two the later, at the same time `sent`; any other
  /// outcome without a `sent` stands for one.
  func reported(_ plan: CompiledPlan) -> (sent: Moment?, failed: Moment?) {
    if receipts.isEmpty, outcomes.isEmpty { return (nil, nil) }
    var sent = receipts.filter(\.isSent).map(\.time)
    if sent.isEmpty, let earliest = outcomes.map(\.time).min() {
      // By then silence stood for a sending already, where none is heard of.
      let wasTaken =
        receipts.isEmpty && !plan.expectsReceipts(channel)
        && earliest >= made + plan.reserveFor(channel)
      sent = [wasTaken ? made : earliest]
    }
    let failed = receipts.filter { !$0.isSent }.map(\.time)
    guard let lastFailed = failed.max() else { return (sent.min(), nil) }
    guard let lastSent = sent.max(), lastSent >= lastFailed else {
      let since = sent.max() ?? .distantPast
      return (nil, failed.filter { $0 > since }.min())
    }
    return (sent.filter { $0 >= lastFailed }.min(), nil)
  }

  /// When it was sent, also where silence stands for it.
  func sent(at moment: Moment, plan: CompiledPlan) -> Moment? {
    let reported = reported(plan)
    if reported.sent != nil || reported.failed != nil { return reported.sent }
    guard withdrawn == nil, !isControl, !plan.expectsReceipts(channel),
      moment >= made + plan.reserveFor(channel)
    else { return nil }
    return made
  }

  func hasFailed(_ plan: CompiledPlan) -> Bool { reported(plan).failed != nil }

  func isOpen(at moment: Moment, plan: CompiledPlan) -> Bool {
    moment < expires && !isControl && withdrawn == nil && !hasFailed(plan)
      && sent(at: moment, plan: plan) == nil
  }

  /// The time at which it takes a slot of the caps; nil where it takes none.
  func slot(at moment: Moment, plan: CompiledPlan) -> Moment? {
    guard !isControl else { return nil }
    let reported = reported(plan)
    if let sent = reported.sent { return sent }
    guard withdrawn == nil, reported.failed == nil else { return nil }
    if plan.expectsReceipts(channel), moment >= made + plan.reserveFor(channel) { return nil }
    return made
  }

  /// Whether its rule has to wait for it.
  func countsForAgainAfter(_ plan: CompiledPlan) -> Bool { withdrawn == nil && !hasFailed(plan) }

  /// The earliest time of an outcome; withdrawn ones and what a holdout kept back have none.
  func time(of outcome: Outcome, at moment: Moment, plan: CompiledPlan) -> Moment? {
    guard withdrawn == nil, !isControl else { return nil }
    switch outcome {
    case .made: return made
    case .sent: return sent(at: moment, plan: plan)
    case .failed: return reported(plan).failed
    case .shown, .opened, .clicked, .accepted, .dismissed:
      return outcomes.first { $0.outcome == outcome }?.time
    }
  }

  /// The earliest of several outcomes, and which it was.
  func earliest(of set: OutcomeSet, at moment: Moment, plan: CompiledPlan) -> (
    time: Moment, outcome: Outcome
  )? {
    var found: (time: Moment, outcome: Outcome)?
    for outcome in Outcome.allCases where set.contains(outcome) {
      guard let time = time(of: outcome, at: moment, plan: plan) else { continue }
      if found.map({ time < $0.time }) ?? true { found = (time, outcome) }
    }
    return found
  }

  /// What its status is called.
  func status(at moment: Moment, plan: CompiledPlan) -> String {
    if isControl { return "control" }
    if withdrawn != nil { return "withdrawn" }
    if hasFailed(plan) { return "failed" }
    for outcome in [Outcome.accepted, .dismissed]
    where outcomes.contains(where: { $0.outcome == outcome }) {
      return outcome.name
    }
    if sent(at: moment, plan: plan) != nil { return "sent" }
    return moment < expires ? "open" : "expired"
  }

  /// Whether it belongs to an occasion.
  func isOf(_ key: OccasionKey) -> Bool {
    rule == key.rule && instance == key.instance && completed == key.moment
  }
  var key: OccasionKey { OccasionKey(rule: rule, instance: instance, moment: completed) }
}

/// A rule, an instance of its journey where it has one, and a moment of completion.
struct OccasionKey: Hashable {
  var rule: NameID
  var instance: JourneyID?
  var moment: Moment
}

/// What completed a rule.
enum CauseRef: Equatable {
  case touch(Int)
  case outcome(suggestion: Int, Outcome, Moment)
  case trait(Int)
  case attribute(touch: Int, name: NameID)
}

/// A rule that is complete for a customer.
struct Occasion {
  var key: OccasionKey
  var causes: [CauseRef]
  /// Place of the last `seen` interaction; −1 without one.
  var lastTouch: Int
}
