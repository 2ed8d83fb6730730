import JourneyModel

/// One look at a customer at one moment: what the evaluation of rules, conditions and gates shares while a decision is made.
///
/// It collects when the answers can next change by time alone; that is the customer's next deadline. One is used again for
/// every decision, so that its buffers are. Its accesses never overlap, so they are not checked for it each time.
final class Look {
  let plan: CompiledPlan
  @exclusivity(unchecked) private(set) var customer: UnsafeMutablePointer<Customer>
  /// The moment that is decided for.
  @exclusivity(unchecked) private(set) var now = Moment.distantPast
  /// Deadlines up to here have been reached by the clock.
  @exclusivity(unchecked) private(set) var horizon = Moment.distantPast
  /// The earliest later moment at which an answer can change.
  @exclusivity(unchecked) var next = Moment.distantFuture
  /// The attempt that is being run.
  @exclusivity(unchecked) var attempt = Attempt()
  /// Rules to look at, and what was found complete of each.
  @exclusivity(unchecked) var numbers: [Int] = []
  @exclusivity(unchecked) var complete: [RuleOccasions] = []

  @exclusivity(unchecked) private var isMarked: [Bool]
  private var folds: [FoldKey: JourneyFold] = [:]
  private var knownZone: TimeZone??

  private struct FoldKey: Hashable {
    let journey: Int
    let limit: Moment?
  }

  init(_ plan: CompiledPlan, customer: UnsafeMutablePointer<Customer>) {
    self.plan = plan
    self.customer = customer
    isMarked = Array(repeating: false, count: plan.rules.count)
  }

  /// Turns to a customer and a moment.
  func begin(_ customer: UnsafeMutablePointer<Customer>, now: Moment, horizon: Moment) {
    self.customer = customer
    self.now = now
    self.horizon = horizon
    next = .distantFuture
    knownZone = nil
    if !folds.isEmpty { folds.removeAll(keepingCapacity: true) }
    complete.removeAll(keepingCapacity: true)
    clearNumbers()
  }

  var names: NameTable { plan.names }
  var id: CustomerID { customer.pointee.id }

  var zone: TimeZone? {
    if let knownZone { return knownZone }
    let zone = customer.pointee.zone(plan)
    knownZone = .some(zone)
    return zone
  }

  /// Notes that an answer can change then.
  func wake(_ moment: Moment) {
    if moment > now, moment < next { next = moment }
  }

  /// Notes a deadline that counts only once the clock has reached it.
  func wakeForDeadline(_ moment: Moment) {
    if moment > horizon, moment < next { next = moment }
  }

  func fold(_ journey: Int, until limit: Moment? = nil) -> JourneyFold {
    let key = FoldKey(journey: journey, limit: limit)
    if let known = folds[key] { return known }
    let fold = customer.pointee.fold(plan.journeys[journey], until: limit, plan: plan)
    folds[key] = fold
    return fold
  }

  // MARK: The rules that are looked at

  func add(_ number: Int) {
    guard !isMarked[number] else { return }
    isMarked[number] = true
    numbers.append(number)
  }

  func isLookedAt(_ number: Int) -> Bool { isMarked[number] }

  func clearNumbers() {
    for number in numbers { isMarked[number] = false }
    numbers.removeAll(keepingCapacity: true)
  }

  /// What is complete of a rule; nil where it was not looked at.
  func occasions(of number: Int) -> [Occasion]? {
    complete.first { $0.rule == number }?.occasions
  }
}

/// The unexpired occasions of a rule, oldest first.
struct RuleOccasions {
  var rule: Int
  var occasions: [Occasion]
}
