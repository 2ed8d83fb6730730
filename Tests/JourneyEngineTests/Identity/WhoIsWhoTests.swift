import JourneyModel
import Testing

@testable import JourneyEngine

@Suite struct WhoIsWhoTests {
  let visits = Visits()

  private func place(_ who: WhoIsWho, _ list: [(Int64, String)]) -> [Placement] {
    list.map { who.place(visits.visit($0.0, $0.1), now: Moment(100)) }
  }

  @Test func `a login joins the nameless visits to the known customer`() {
    let who = visits.whoIsWho()
    let placed = place(
      who, [(0, "cookie_id=k"), (1, "customer_id=C"), (2, "cookie_id=k customer_id=C")])
    #expect(who.customerCount == 1)
    #expect(placed.map(\.isNew) == [true, true, false])
    #expect(placed.map(\.regrouped) == [false, false, true])
    #expect(who.regroup.former.count == 2)
    #expect(who.regroup.merged.count == 1)
    #expect(who.customer(of: placed[0].stem) == who.customer(of: placed[1].stem))
  }

  @Test func `a tablet used by two stands for neither from then on, also when told late`() {
    let who = visits.whoIsWho()
    let placed = place(
      who,
      [
        (0, "cookie_id=k"), (1, "cookie_id=k customer_id=vera"), (3, "cookie_id=k"),
        (4, "cookie_id=k"), (2, "cookie_id=k customer_id=wim"),
      ])
    #expect(who.customerCount == 3)
    #expect(placed[4].regrouped)
    #expect(who.regroup.divided.count == 1)
    let key = OrderKey(of: visits.visit(3, "cookie_id=k"), names: visits.names)
    let stem = who.resolve(placed[2].stem, at: key)
    #expect(stem != placed[2].stem)
    #expect(who.customer(of: stem) != who.customer(of: placed[0].stem))
    #expect(who.customer(of: placed[0].stem) == who.customer(of: placed[1].stem))
  }

  @Test func `a form that comes late changes whose telephone it was`() {
    let who = visits.whoIsWho()
    let placed = place(
      who,
      [(1, "customer_id=x phone=7"), (2, "phone=7"), (0, "customer_id=y phone=7")])
    #expect(who.customerCount == 2)
    #expect(who.customer(of: placed[1].stem) == who.customer(of: placed[2].stem))
  }

  @Test func `an erasure forgets what was before it and leaves what came after`() {
    let who = visits.whoIsWho()
    _ = place(who, [(0, "customer_id=eef cookie_id=k"), (3, "customer_id=eef")])
    let regroup = who.erase(visits.visit(1, "customer_id=eef", erase: true), now: Moment(100))
    #expect(who.customerCount == 1)
    #expect(regroup.former.count == 1)
    #expect(who.isErased(visits.visit(0, "cookie_id=k")))
    #expect(!who.isErased(visits.visit(2, "cookie_id=k")))
    #expect(who.lookup(IdentifierType(3), Array("k".utf8)) == nil)
  }
}
