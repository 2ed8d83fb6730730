import JourneyModel
import Testing

@testable import JourneyEngine

/// What time, forgetting and the output of identities do.
@Suite struct IdentityLifeTests {
  let visits = Visits()

  private func place(_ who: WhoIsWho, _ time: Int64, _ identifiers: String, now: Int64) -> Placement
  {
    who.place(visits.visit(time, identifiers), now: Moment(now))
  }

  @Test func `no late interaction comes before a link that is older than the history`() {
    let who = visits.whoIsWho(keep: TimeSpan(100))
    _ = place(who, 50, "customer_id=x phone=7", now: 50)
    // Older than the link and, since that is final, counted after it.
    let late = place(who, 10, "customer_id=y phone=7", now: 200)
    #expect(late.time == Moment(100))
    #expect(who.identifiers(of: late.customer).map(\.type) == ["customer_id"])
    let again = visits.whoIsWho(keep: TimeSpan(1000))
    _ = place(again, 50, "customer_id=x phone=7", now: 50)
    let first = place(again, 10, "customer_id=y phone=7", now: 200)
    #expect(again.identifiers(of: first.customer).map(\.type) == ["customer_id", "phone"])
  }

  @Test
  func `refused links are forgotten with the history, whom they left standing for no one is not`() {
    var bounds = WhoIsWho.Bounds()
    bounds.refused = 2
    let who = WhoIsWho(plan: visits.plan, names: visits.names, keep: TimeSpan(100), bounds: bounds)
    _ = place(who, 1, "customer_id=a cookie_id=k", now: 1)
    for time in 2..<6 { _ = place(who, Int64(time), "customer_id=c\(time) cookie_id=k", now: 5) }
    #expect(who.links.count == 3)
    let own = place(who, 300, "cookie_id=k", now: 300)
    let other = place(who, 301, "customer_id=d cookie_id=k", now: 301)
    #expect(own.customer != other.customer)
    #expect(who.links.count == 1)
    #expect(who.checkInvariants() == nil)
    #expect(place(who, 302, "cookie_id=k", now: 302).customer == own.customer)
  }

  @Test func `who was forgotten is somebody new when coming back`() {
    let who = visits.whoIsWho()
    let first = place(who, 1, "cookie_id=k", now: 1)
    #expect(who.isAnonymous(first.customer))
    who.forget(first.customer)
    #expect(who.customerCount == 0)
    #expect(who.identifiers.count == 0)
    #expect(place(who, 2, "cookie_id=k", now: 2).isNew)
  }

  @Test func `forgetting those whom a shared device stood for leaves the others`() {
    let who = visits.whoIsWho()
    _ = place(who, 1, "customer_id=a cookie_id=k", now: 1)
    _ = place(who, 2, "customer_id=b cookie_id=k", now: 2)
    let own = place(who, 3, "cookie_id=k", now: 3)
    #expect(who.customerCount == 3)
    who.forget(own.customer)
    #expect(who.customerCount == 2)
    #expect(who.checkInvariants() == nil)
    let again = place(who, 4, "cookie_id=k", now: 4)
    #expect(again.isNew)
    #expect(!who.identifiers(of: again.customer).contains { $0.type == "customer_id" })
  }

  @Test func `a late first visit changes the id, and the former one stays an alias`() {
    let who = visits.whoIsWho()
    _ = place(who, 5, "customer_id=a email=e", now: 5)
    let known = place(who, 6, "email=e", now: 6)
    let former = who.id(of: known.customer)
    let late = place(who, 1, "email=e", now: 7)
    #expect(late.regrouped)
    #expect(who.regroup.former.map(\.id) == [former])
    #expect(who.id(of: late.customer) != former)
    #expect(who.aliases(of: late.customer) == [former])
    #expect(who.lookup(former) == late.customer)
  }

  @Test func `the survivor of a merge is who was first, the loser's id stays an alias`() {
    let who = visits.whoIsWho()
    let younger = who.id(of: place(who, 5, "customer_id=a", now: 5).customer)
    let older = who.id(of: place(who, 3, "email=e", now: 5).customer)
    let both = place(who, 6, "customer_id=a email=e", now: 6).customer
    #expect(who.id(of: both) == older)
    #expect(who.aliases(of: both) == [younger])
    #expect(who.regroup.merged == [.init(survivor: older, loser: younger)])
  }

  @Test func `the address is the one seen last, and a receipt finds without founding`() {
    let who = visits.whoIsWho()
    _ = place(who, 5, "customer_id=a email=new", now: 5)
    let known = place(who, 3, "customer_id=a email=old", now: 6).customer
    #expect(who.lastSeen(IdentifierType(1), of: known) == Array("new".utf8))
    _ = place(who, 7, "email=old", now: 7)
    #expect(who.lastSeen(IdentifierType(1), of: known) == Array("old".utf8))
    #expect(who.find(visits.visit(8, "customer_id=nobody email=new"))?.customer == known)
    #expect(who.find(visits.visit(8, "customer_id=nobody")) == nil)
    #expect(who.customerCount == 1)
  }

  @Test func `identities tell links, refusals with their reason, merges and who stands for no one`()
  {
    let who = visits.whoIsWho()
    who.collectsChanges = true
    func told(_ time: Int64, _ identifiers: String) -> [String] {
      _ = place(who, time, identifiers, now: time)
      return who.drainChanges().map { change in
        let reason = change.reason.map { " \($0)" } ?? ""
        return "\(change.what.rawValue)\(reason) "
          + change.identifiers.map { "\($0.type)=\($0.values.joined(separator: ","))" }
          .joined(separator: " ")
      }
    }
    #expect(told(0, "cookie_id=k").isEmpty)
    #expect(told(1, "customer_id=a cookie_id=k") == ["linked customer_id=a cookie_id=k"])
    #expect(told(2, "customer_id=a cookie_id=k").isEmpty)
    _ = told(3, "email=e")
    #expect(
      told(4, "customer_id=a email=e") == [
        "linked customer_id=a email=e", "merged customer_id=a email=e",
      ])
    #expect(
      told(5, "customer_id=b cookie_id=k") == [
        "ambiguous cookie_id=k", "refused unique customer_id=b cookie_id=k",
      ])
    _ = told(6, "customer_id=a email=f")
    #expect(told(7, "customer_id=a email=g") == ["refused limit customer_id=a email=g"])
  }

  @Test func `two rows of one number are two interactions where they are of two people`() {
    let who = visits.whoIsWho()
    let a = who.place(visits.visit(1, "customer_id=piet email=e", id: "row7"), now: Moment(1))
    #expect(who.known(visits.visit(1, "customer_id=piet", id: "row7"))?.stem == a.stem)
    #expect(who.known(visits.visit(1, "customer_id=quin email=e", id: "row7")) == nil)
  }

  @Test func `an erased device that stood for no one still does`() {
    let who = visits.whoIsWho()
    _ = place(who, 1, "customer_id=a cookie_id=k", now: 1)
    _ = place(who, 2, "customer_id=b cookie_id=k", now: 2)
    who.erase(visits.visit(3, "cookie_id=k customer_id=a customer_id=b"), now: Moment(3))
    #expect(who.customerCount == 0)
    #expect(who.identifiers.count == 0)
    _ = place(who, 4, "customer_id=c cookie_id=k", now: 4)
    let own = place(who, 5, "cookie_id=k", now: 5)
    #expect(!who.identifiers(of: own.customer).contains { $0.type == "customer_id" })
    #expect(who.isErased(visits.visit(1, "cookie_id=k")))
  }
}
