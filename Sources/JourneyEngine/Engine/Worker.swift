import JourneyModel

/// Keeps the customers of its shards and decides for them: a function of the messages it is given.
final class Worker {
  let plan: Plan
  let compiled: CompiledPlan
  let mode: Engine.Mode
  let log: EffectLog
  let customers = CustomerTable()
  let look: Look
  var collects: Engine.Collects
  var counts = Engine.Counts()
  var boundsOfRules: [NameID: Moment] = [:]
  var expiredBy = Moment.distantPast
  var calendar = DeadlineCalendar()
  /// Whose each suggestion is.
  var holders: [SuggestionID: CustomerRef] = [:]
  var changed: Set<CustomerRef> = []
  /// Those of which the change was told and the row not yet taken.
  var rowless: Set<CustomerRef> = []
  /// Rows in which nothing is known any more since rows were last taken.
  var left: Set<CustomerPlace> = []
  /// Deadlines that came up.
  var fired = 0
  /// Outcomes whose suggestion was here.
  var outcomesTaken = 0
  /// A customer who was recalled does not read as it was written: nothing that was decided since may take effect.
  var hasLost = false
  /// The numbers of questions that were answered with yes.
  var duplicates: [Int] = []

  /// What is to be done beside others: in order, from the front.
  var inbox: [Envelope] = []
  private var done = 0

  init(
    _ plan: Plan, _ compiled: CompiledPlan, mode: Engine.Mode, collects: Engine.Collects,
    log: EffectLog
  ) {
    self.plan = plan
    self.compiled = compiled
    self.mode = mode
    self.collects = collects
    self.log = log
    // It is turned to somebody before every question.
    look = Look(compiled, customer: customers.pointer(CustomerRef(0)))
  }

  var names: NameTable { compiled.names }
  var collectsChanges: Bool { !collects.isDisjoint(with: [.changes, .rows]) }

  /// Does what the next message of the inbox says; waits where that needs a customer whom another worker has not
  /// given up yet.
  func step() -> CrewStanding {
    guard done < inbox.count else {
      inbox.removeAll(keepingCapacity: true)
      done = 0
      return .finished
    }
    if case .expect(_, _, let parcel) = inbox[done].message, !parcel.isHere { return .isWaiting }
    take(inbox[done])
    done += 1
    return .hasMore
  }

  func take(_ envelope: Envelope) {
    expiredBy = envelope.expiredBy
    log.number = envelope.number * 2
    var most = Int.max
    if case .advance(let wanted) = envelope.message { most = wanted }
    advance(before: envelope.bound, atMost: most)
    log.number = envelope.number * 2 + 1
    switch envelope.message {
    case .face(let ref, let id, let shard, let face): take(face, of: ref, id, shard)
    case .recall(let ref, let id, let shard, let value): recall(ref, id, shard, value)
    case .giveUp(let ref, let parcel): giveUp(ref, into: parcel)
    case .expect(let ref, let shard, let parcel): take(parcel.take(), as: ref, on: shard)
    case .regroup(let order): regroup(order)
    case .interaction(let box, let placed): take(box.interaction, placed)
    case .outcome(let box, let clock):
      takeOutcome(of: box.interaction, at: clock, except: nil)
    case .decide(let ref, let box, let clock):
      decide(
        ref, at: clock, trigger: trigger(of: box.interaction), .everything, merged: false,
        interaction: box.interaction)
    case .forget(let ref): forget(ref)
    case .advance: break
    case .question(let number, let box, let ref, let stem, let clock):
      if isKnown(box.interaction, ref, stem, at: clock) { duplicates.append(number) }
    }
  }

  /// The earliest deadline that may be waiting; nil where there is none.
  var nextDeadline: Moment? { calendar.first?.moment }

  /// Whether the history has an interaction already.
  func isKnown(
    _ interaction: Interaction, _ ref: CustomerRef, _ stem: StemRef, at clock: Moment
  ) -> Bool {
    customers.contains(ref)
      && customers.pointer(ref).pointee.hasTouch(stem: stem, interaction: interaction, at: clock)
  }

  // MARK: Time

  /// Fires the deadlines before a moment, so many at most, each with its own time.
  func advance(before bound: Moment, atMost most: Int) {
    let limit = most < .max ? fired + most : most
    while let entry = calendar.first, entry.moment < bound, fired < limit {
      calendar.removeFirst()
      guard customers.contains(entry.customer) else { continue }
      let customer = customers.pointer(entry.customer)
      guard customer.pointee.due == entry.moment else { continue }
      customer.pointee.due = .distantFuture
      fired += 1
      decide(
        entry.customer, now: entry.moment, horizon: entry.moment, trigger: .deadline(entry.moment),
        .due, merged: false, interaction: nil)
    }
  }

  func insert(_ moment: Moment, _ id: CustomerID, _ ref: CustomerRef) {
    calendar.insert(moment, id, ref)
    calendar.tidy(for: customers.count) { entry in
      customers.contains(entry.customer)
        && customers.pointer(entry.customer).pointee.due == entry.moment
    }
  }

  func schedule(_ ref: CustomerRef, _ moment: Moment) {
    let customer = customers.pointer(ref)
    guard customer.pointee.due != moment else { return }
    customer.pointee.due = moment
    if moment < .distantFuture { insert(moment, customer.pointee.id, ref) }
  }
}
