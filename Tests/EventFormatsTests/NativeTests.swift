import EventFormats
import JourneyModel
import Testing

private let event = """
  {"id": "web-7f3a91", "time": "2026-01-05T09:12:33.120+01:00",
   "touchpoint": "mortgage_calculator_used", "channel": "web",
   "identifiers": {"cookie_id": "c-8d7f", "customer_id": "C10023984"},
   "attributes": {"amount": 320000, "term_months": 360, "first_home": true,
                  "offer": {"rate": [3.75, "\\u0041\\n", null], "big": 123456789012345678901}},
   "satisfaction": 0.5,
   "traits": {"segment": "private", "timezone": "Europe/Amsterdam", "gone": null},
   "consent": {"email": {"marketing": "granted"}, "*": {"*": "denied"}},
   "suggestion": {"id": "sg_4be1", "outcome": "clicked"}, "erase": false, "more": [{}]}
  """

@Test func `every field of the native format is read`() throws {
  var bench = try Bench(attributes: ["amount", "first_home", "offer.rate", "offer.big", "absent"])
  #expect(bench.read(event) == .read)
  let read = bench.interaction
  #expect(read.text(read.id) == "web-7f3a91")
  #expect(read.time.rfc3339 == "2026-01-05T08:12:33.120Z")
  #expect(bench.names.text(read.touchpoint) == "mortgage_calculator_used")
  #expect(bench.names.text(read.channel) == "web")
  #expect(bench.identifiers() == ["0=C10023984", "4=c-8d7f"])
  #expect(
    bench.attributes() == [
      "amount": "320000", "first_home": "true", "offer.rate": "[3.75,\"A\\n\",null]",
      "offer.big": "123456789012345678901",
    ])
  #expect(read.satisfaction == 0.5)
  #expect(read.traits.map { read.text($0.name) } == ["segment", "timezone", "gone"])
  #expect(read.traits.map(\.kind) == [.string, .string, .null])
  #expect(read.consents.map { bench.names.text($0.channel) } == ["email", "*"])
  #expect(read.consents.map(\.granted) == [true, false])
  #expect(read.consents.last?.purpose == .any)
  #expect(read.feedback.map { read.text($0.suggestion) } == "sg_4be1")
  #expect(read.feedback?.outcome == .clicked)
  #expect(!read.erase && read.isContact && read.leftOut == 0)
}
