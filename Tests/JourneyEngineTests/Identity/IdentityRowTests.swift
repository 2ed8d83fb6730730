import JourneyModel
import Testing

@testable import JourneyEngine

@Suite struct IdentityRowTests {
  /// The last row of each key, as a store keeps them.
  struct Store {
    var rows: [[UInt8]: StateRow] = [:]

    mutating func take(_ list: [StateRow]) {
      for row in list where row.key != StateRow.numbersKey {
        rows[row.key] = row.value.map { _ in row }
      }
    }

    func restored(_ visits: Visits, keep: TimeSpan = .days(90)) throws -> WhoIsWho {
      let who = visits.whoIsWho(keep: keep)
      who.collectsRows = true
      for key in rows.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        if let row = rows[key] { try who.restore(row) }
      }
      return who
    }
  }

  private func picture(_ who: WhoIsWho, _ seen: [Interaction]) -> [String] {
    var lines = seen.map { each in
      guard let found = who.known(each) else { return "nobody" }
      let customer = found.customer
      return "\(found.stem) \(who.id(of: customer)) \(who.aliases(of: customer)) "
        + "\(who.identifiers(of: customer)) \(who.isAnonymous(customer)) "
        + "\(who.lastSeen(IdentifierType(1), of: customer) ?? [])"
    }
    lines.append("\(who.customerCount)")
    return lines
  }

  @Test(arguments: IdentityPropertyTests.plans.indices)
  func `what is restored from its rows goes on as if it had never stopped`(_ plan: Int) throws {
    let visits = Visits(IdentityPropertyTests.plans[plan])
    for seed in 0..<IdentityPropertyTests.seeds {
      var dice = Dice(state: seed)
      var who = visits.whoIsWho()
      who.collectsRows = true
      var store = Store()
      var seen: [Interaction] = []
      for _ in 0..<16 {
        var visit = visits.random(&dice, count: 12, identifiersMax: 3)[0]
        visit.erase = Int.random(in: 0..<8, using: &dice) == 0
        if visit.erase {
          who.erase(visit, now: Moment(0))
        } else if !who.isErased(visit) {
          _ = who.place(visit, now: Moment(0))
          seen.append(visit)
        }
        guard Bool.random(using: &dice) else { continue }
        store.take(who.takeChangedRows())
        let other = try store.restored(visits)
        let (a, b) = (picture(who, seen), picture(other, seen))
        if let problem = other.checkInvariants() ?? (a == b ? nil : "\(a)\n\(b)") {
          Issue.record("seed \(seed): \(problem)")
          return
        }
        if Bool.random(using: &dice) { who = other }
      }
    }
  }

  @Test func `a household of a known customer fits a short row, one that is gone is deleted`()
    throws
  {
    let visits = Visits()
    let who = visits.whoIsWho()
    who.collectsRows = true
    var store = Store()
    let ids = "customer_id=C10023984 email=c10023984@example.org cookie_id=8d7f1c02"
    for time in 0..<20 { _ = who.place(visits.visit(Int64(time), ids), now: Moment(0)) }
    store.take(who.takeChangedRows())
    #expect(store.rows.count == 1)
    #expect(try #require(store.rows.values.first?.value).count < 200)
    #expect(who.takeChangedRows().isEmpty)
    _ = who.place(visits.visit(30, "customer_id=other"), now: Moment(0))
    store.take(who.takeChangedRows())
    _ = who.place(visits.visit(31, "customer_id=other email=c10023984@example.org"), now: Moment(0))
    store.take(who.takeChangedRows())
    // The refused link makes one household of both.
    #expect(store.rows.count == 1)
    who.erase(visits.visit(32, "customer_id=other customer_id=C10023984"), now: Moment(0))
    let rows = who.takeChangedRows()
    store.take(rows)
    #expect(store.rows.keys.allSatisfy { $0.first == RowKind.erasure.rawValue })
    #expect(try store.restored(visits).isErased(visits.visit(1, "email=c10023984@example.org")))
  }

  @Test func `an erased hash is kept as long as a history, restored or not`() throws {
    let visits = Visits()
    for isRestored in [false, true] {
      var who = visits.whoIsWho(keep: TimeSpan(100))
      who.collectsRows = true
      var store = Store()
      who.erase(visits.visit(10, "email=a"), now: Moment(10))
      store.take(who.takeChangedRows())
      if isRestored { who = try store.restored(visits, keep: TimeSpan(100)) }
      who.erase(visits.visit(60, "email=b"), now: Moment(60))
      store.take(who.takeChangedRows())
      #expect(store.rows.count == 2)
      who.erase(visits.visit(111, "email=c"), now: Moment(111))
      store.take(who.takeChangedRows())
      #expect(store.rows.count == 2)
      #expect(!who.isErased(visits.visit(9, "email=a")))
      #expect(who.isErased(visits.visit(59, "email=b")))
    }
  }

  @Test func `a damaged row is told, whatever of it is damaged`() throws {
    let visits = Visits()
    let who = visits.whoIsWho()
    who.collectsRows = true
    _ = who.place(visits.visit(1, "customer_id=a cookie_id=k"), now: Moment(0))
    _ = who.place(visits.visit(2, "customer_id=b cookie_id=k"), now: Moment(0))
    _ = who.place(visits.visit(3, "cookie_id=k device_id=d"), now: Moment(0))
    let row = try #require(who.takeChangedRows().first)
    let value = try #require(row.value)
    for end in 0..<value.count {
      let cut = StateRow(partition: 0, key: row.key, value: Array(value[..<end]))
      #expect(throws: RowDamage.self) { try visits.whoIsWho().restore(cut) }
    }
    for at in value.indices {
      for bit in 0..<8 {
        var changed = value
        changed[at] ^= 1 << UInt8(bit)
        // It may read as another household, or not at all; it never stops the process.
        try? visits.whoIsWho().restore(StateRow(partition: 0, key: row.key, value: changed))
      }
    }
  }
}
