import JourneyModel
import Supervision
import Testing

@testable import JourneyEngine
@testable import JourneyRuntime

/// Who someone is, and why an identifier was not linked.
@Suite struct IdentityTests {
  private func told(_ identifiers: [String]) throws -> Told {
    try Told(
      "channels: {web: {side: online}}",
      events: identifiers.enumerated().map {
        "{at: \($0.offset)m, channel: web, touchpoint: visit, identifiers: {\($0.element)}}"
      }, until: "1h")
  }

  @Test func `an identifier tells the interaction that linked it`() throws {
    let told = try told(["customer_id: C1", "customer_id: C1, email: a@x.nl"])
    let identity = try told.explanation().identity
    let link = try #require(identity.links.first)
    #expect(
      link.identifiers == [NamedText("customer_id", "C1"), NamedText("email", "a@x.nl")])
    #expect(link.origin == .init(source: "test", id: "e2", time: try told.time("1m")))
    #expect(link.joined == nil)
    #expect(identity.identifiers.map(\.first?.id) == ["e1", "e2"])
  }

  @Test func `a link between two customers tells who became one`() throws {
    let told = try told(["cookie_id: k1", "customer_id: C1", "customer_id: C1, cookie_id: k1"])
    let explanation = try told.explanation()
    #expect(explanation.identity.links.map(\.joined) == explanation.picture.aliases)
    #expect(explanation.picture.aliases.count == 1)
    let alias = try #require(explanation.picture.aliases.first)
    #expect(try told.explanation(alias.description) == explanation)
  }

  @Test func `an identifier of another person was not linked as unique`() throws {
    let told = try told([
      "customer_id: C1, email: a@x.nl", "customer_id: C2", "customer_id: C2, email: a@x.nl",
    ])
    let refused = try #require(try told.explanation().identity.refused.first)
    #expect(refused.reason == .unique)
    #expect(
      refused.identifiers == [NamedText("customer_id", "C2"), NamedText("email", "a@x.nl")])
    #expect(refused.origin.id == "e3")
    #expect(refused.others == [try told.explanation("customer_id=C2").picture.customer])
    #expect(
      ExplanationText.text(try told.explanation()).contains("Not linked\n  customer_id=C2 – email"))
  }

  @Test func `a shared device tells since when it stands for no one`() throws {
    let told = try told([
      "customer_id: C1, cookie_id: k1", "customer_id: C2, cookie_id: k1",
    ])
    let cookie = try #require(
      try told.explanation().identity.identifiers.first { $0.identifier.name == "cookie_id" })
    #expect(cookie.ambiguous?.id == "e2")
  }

  @Test func `an identifier is asked for as it is kept`() throws {
    let told = try told(["customer_id: C1, email: a@x.nl"])
    #expect(
      try told.explanation("email= A@X.nl ").picture.customer
        == (try told.explanation()).picture.customer)
  }

  @Test func `nobody known, ignored and unknown types are told apart`() throws {
    let told = try told(["customer_id: C1"])
    func refusal(_ subject: String) throws -> (Int32, String) {
      guard
        case .refusal(let failure) = told.engine.answer(try Inquiry.Subject(subject), at: told.now)
      else { return (0, "") }
      return (failure.code.rawValue, failure.message)
    }
    #expect(try refusal("customer_id=C9") == (1, "nobody is known by “customer_id=C9”"))
    #expect(try refusal("cu_0000000000000001").0 == 1)
    #expect(try refusal("sg_0000000000000001").0 == 1)
    #expect(
      try refusal("customer_id=null").1 == "“customer_id=null” is ignored, it stands for nobody")
    #expect(try refusal("customerid=C1").0 == 64)
  }
}
