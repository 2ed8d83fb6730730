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
    let known: [StateRow]
    do throws(StoreFailure) { known = try copy.rows.commonRows() } catch {
      throw StateCopy.failure(error)
    }
    do throws(RowDamage) { try engine.restore(known) } catch {
      throw StateCopy.damage(error.message)
    }
    let memory = StoredMemory(copy.rows)
    engine.recall(from: memory)
    let found = engine.find(subject)
    if engine.hasLost {
      throw memory.failure.map { StateCopy.failure($0) }
        ?? StateCopy.damage("its rows do not fit together")
    }
    ref = try found.get()
    id = engine.id(of: ref)
    row = try Self.row(engine.place(of: ref), copy)
    guard let household = try Self.row(engine.householdPlace(of: ref), copy) else {
      throw StateCopy.damage("the household of \(id) is not there")
    }
    self.household = household
  }

  func picture(at now: Moment) -> CustomerPicture { engine.picture(of: ref, at: now) }

  private static func row(_ place: RowPlace, _ copy: StateCopy) throws(Failure) -> StateRow? {
    do throws(StoreFailure) {
      return try copy.rows.value(place.partition, place.key).map {
        StateRow(partition: place.partition, key: place.key, value: $0)
      }
    } catch { throw StateCopy.failure(error) }
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
