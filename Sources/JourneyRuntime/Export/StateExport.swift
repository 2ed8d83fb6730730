internal import JourneyModel
package import Supervision

internal import EventFormats
internal import JourneyEngine
internal import StateStore

/// Writes all that a state knows as lines of JSON: the first with what concerns all, then what is remembered of
/// erased identifiers, households, customers, and a last one with the counts.
package struct StateExport {
  private let copy: StateCopy

  package struct Summary: Equatable, Sendable {
    package var erased = 0
    package var households = 0
    package var customers = 0
  }

  package init(_ copy: StateCopy) { self.copy = copy }

  /// Lends the lines, without their ends. Who is who is kept in memory, customers pass through.
  package func all(_ take: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Summary {
    var summary = Summary()
    let scribe = scribe()
    try take(copy.facts.line(group: copy.plan.kafka.groupID, copiedAt: copy.copiedAt))
    try each(.erasure) { row throws(Failure) in
      guard row.key != StateRow.secretKey else { return }
      try take(try told { () throws(RowDamage) in try scribe.erasure(row) })
      summary.erased += 1
    }
    try each(.household) { row throws(Failure) in
      try take(try told { () throws(RowDamage) in try scribe.household(row) })
      summary.households += 1
    }
    try each(.customer) { row throws(Failure) in
      try take(try told { () throws(RowDamage) in try scribe.customer(row) })
      summary.customers += 1
    }
    try take(summary.line)
    return summary
  }

  /// Lends the lines of one customer: a first one, what identifies it, what is kept of it, and its picture as the
  /// output `journeys` has it. Nothing of others.
  package func one(
    _ subject: Inquiry.Subject, _ take: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let found = try CopiedCustomer(copy, subject)
    let scribe = scribe()
    try take(head(subject))
    try take(try told { () throws(RowDamage) in try scribe.own(found.household, of: found.id) })
    if let row = found.row {
      try each(.household) { other throws(Failure) in
        guard other.key == found.household.key else { return }
        try told { () throws(RowDamage) in _ = try scribe.household(other) }
      }
      try take(try told { () throws(RowDamage) in try scribe.customer(row) })
    }
    var picture = JSONWriter()
    picture.object {
      $0.key("picture")
      $0.raw(
        OutputWriter(groupID: copy.plan.kafka.groupID).record(found.picture(at: copy.clock)).value
          ?? [])
    }
    try take(picture.bytes)
  }

  private func scribe() -> StateScribe {
    StateScribe(
      plan: copy.plan, names: copy.facts.names,
      secret: copy.facts.secret ?? Array(repeating: 0, count: 32), now: copy.clock)
  }

  private func head(_ subject: Inquiry.Subject) -> [UInt8] {
    var out = JSONWriter()
    out.object {
      $0.member("journeyd", "customer")
      $0.member("format", StateFacts.format)
      $0.member("version", journeydVersion)
      $0.member("group", copy.plan.kafka.groupID)
      $0.member("clock", copy.clock)
      $0.member("personal_data", true)
      $0.member("asked", subject.description)
    }
    return out.bytes
  }

  private func each(
    _ kind: RowKind, _ body: (StateRow) throws(Failure) -> Void
  ) throws(Failure) {
    try copy.each(kind, body)
  }

  private func told<R>(_ body: () throws(RowDamage) -> R) throws(Failure) -> R {
    do throws(RowDamage) { return try body() } catch { throw StateCopy.damage(error.message) }
  }
}

extension StateCopy {
  /// Lends every row of a kind.
  func each(
    _ kind: RowKind, _ body: (StateRow) throws(Failure) -> Void
  ) throws(Failure) {
    var stopped: Failure?
    do throws(StoreFailure) {
      try rows.forEach(kind) { row throws(StoreFailure) in
        do throws(Failure) { try body(row) } catch {
          stopped = error
          throw .damaged(error.message)
        }
      }
    } catch { throw stopped ?? Self.failure(error) }
  }
}

extension StateExport.Summary {
  fileprivate var line: [UInt8] {
    var out = JSONWriter()
    out.object {
      $0.member("end", true)
      $0.member("erased", erased)
      $0.member("households", households)
      $0.member("customers", customers)
    }
    return out.bytes
  }

  /// Whether a last line counts the same.
  func isTold(by line: JSONValue) -> Bool {
    line.whole("erased") == Int64(erased) && line.whole("households") == Int64(households)
      && line.whole("customers") == Int64(customers)
  }
}
