import JourneyModel

/// One look at a customer at one moment: what the evaluation of rules, conditions and gates shares while a decision is made.
///
/// It collects when the answers can next change by time alone; that is the customer's next deadline.
final class Look {
  let plan: CompiledPlan
  let customer: UnsafeMutablePointer<Customer>
  let id: CustomerID
  /// The moment that is decided for.
  let now: Moment
  /// Deadlines up to here have been reached by the clock.
  let horizon: Moment
  /// The earliest later moment at which an answer can change.
  var next = Moment.distantFuture
  private var folds: [FoldKey: JourneyFold] = [:]
  private(set) lazy var zone = customer.pointee.zone(plan)

  private struct FoldKey: Hashable {
    let journey: Int
    let limit: Moment?
  }

  init(
    _ customer: UnsafeMutablePointer<Customer>, id: CustomerID, now: Moment, horizon: Moment,
    plan: CompiledPlan
  ) {
    self.plan = plan
    self.customer = customer
    self.id = id
    self.now = now
    self.horizon = horizon
  }

  var names: NameTable { plan.names }

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
}
