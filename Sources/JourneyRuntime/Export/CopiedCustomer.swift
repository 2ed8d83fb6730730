internal import JourneyModel
package import Supervision

internal import JourneyEngine
internal import StateStore

/// One customer out of a copy of the state, in an engine that knows nobody else's history.
struct CopiedCustomer {
  let engine: Engine
  let ref: CustomerRef
  let id: CustomerID
  /// Nil where nothing but who it is is known.
  let row: StateRow?
  let household: StateRow

  init(_ copy: StateCopy, _ subject: Inquiry.Subject) throws(Failure) {
    let facts = copy.facts
    let engine = Engine(
      plan: copy.plan, names: facts.names,
      secret: facts.secret ?? Array(repeating: 0, count: 32))
    self.engine = engine
    var known: [StateRow] = []
    for kind in [RowKind.household, .erasure, .rule] {
      try copy.each(kind) { row throws(Failure) in known.append(row) }
    }
    try Self.restore(engine, known)
    if case .suggestion(let id) = subject {
      try copy.each(.customer) { row throws(Failure) in
        if row.holds(id) { try Self.restore(engine, [row]) }
      }
    }
    switch engine.find(subject) {
    case .success(let found): ref = found
    case .failure(let failure): throw failure
    }
    id = engine.id(of: ref)
    row = try Self.row(of: id, copy)
    if let row { try Self.restore(engine, [row]) }
    let key = engine.householdKey(of: ref)
    guard let household = known.first(where: { $0.key == key }) else {
      throw StateCopy.damage("the household of \(id) is not there")
    }
    self.household = household
  }

  func picture(at now: Moment) -> CustomerPicture { engine.picture(of: ref, at: now) }

  private static func restore(_ engine: Engine, _ rows: [StateRow]) throws(Failure) {
    do throws(RowDamage) { try engine.restore(rows) } catch {
      throw StateCopy.damage(error.message)
    }
  }

  private static func row(of id: CustomerID, _ copy: StateCopy) throws(Failure) -> StateRow? {
    let key = StateRow.customerKey(id)
    for partition in 1...Int32(copy.plan.processing.shards) {
      do throws(StoreFailure) {
        if let value = try copy.rows.value(partition, key) {
          return StateRow(partition: partition, key: key, value: value)
        }
      } catch { throw StateCopy.failure(error) }
    }
    return nil
  }
}

extension Inquiry {
  /// Answers from the copy of the state, where no daemon runs.
  package static func answer(
    _ subject: Subject, from copy: StateCopy
  ) throws(Failure) -> InquiryAnswer {
    try CopiedCustomer(copy, subject).engine.answer(subject, at: copy.clock)
  }
}
