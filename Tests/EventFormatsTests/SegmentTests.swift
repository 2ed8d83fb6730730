import EventFormats
import JourneyModel
import Testing

private func bench(_ change: (inout SourcePlan) -> Void = { _ in }) throws -> Bench {
  var source = SourcePlan(name: "s", topic: .named("in.s"))
  source.format = .segment(consent: [
    .init(category: "Advertising", channel: "email", purpose: "marketing"),
    .init(category: "Profiling", channel: "email", purpose: "marketing"),
  ])
  source.channel = "web"
  change(&source)
  return try Bench(source, attributes: ["amount", "name", "category", "groupId", "employees"])
}

/// A call with every field that is read.
private func call(_ type: String, without left: Set<String> = [], _ more: String...) -> String {
  let fields = [
    "messageId": "\"m-1\"", "userId": "\"u-1\"", "anonymousId": "\"a-1\"", "channel": "\"server\"",
    "timestamp": "\"2026-03-01T10:00:00.500Z\"", "event": "\"Order Completed\"",
    "name": "\"Rates\"", "category": "\"Loans\"", "properties": "{\"amount\":7}",
    "groupId": "\"g-1\"", "previousId": "\"p-1\"", "traits": "{\"employees\":9}",
    "context":
      "{\"traits\":{\"plan\":\"basic\",\"email\":\"a@x.nl\"},\"timezone\":\"Europe/Paris\"}",
  ]
  let kept = fields.filter { !left.contains($0.key) }.map { "\"\($0)\":\($1)" }.sorted()
  return "{" + (["\"type\":\"\(type)\""] + kept + more).joined(separator: ",") + "}"
}

private func traits(_ bench: Bench) -> Set<String> {
  let read = bench.interaction
  return Set(read.traits.map { read.text($0.name) + "=" + read.text($0.text) })
}

@Test(arguments: [
  ("track", "order_completed", ["amount": "7"]), ("identify", "identified", ["amount": "7"]),
  ("page", "page_viewed", ["amount": "7", "name": "Rates", "category": "Loans"]),
  ("screen", "screen_viewed", ["amount": "7", "name": "Rates", "category": "Loans"]),
  ("group", "grouped", ["employees": "9", "groupId": "g-1"]), ("alias", "aliased", ["amount": "7"]),
])
func `each call is read, also with its optional fields missing one by one`(
  type: String, touchpoint: String, attributes: [String: String]
) throws {
  var bench = try bench()
  #expect(bench.read(call(type)) == .read)
  let read = bench.interaction
  #expect(read.text(read.id) == "m-1" && bench.names.text(read.channel) == "web")
  #expect(bench.names.text(read.touchpoint) == touchpoint)
  #expect(bench.attributes() == attributes)
  let people = type == "group" ? [] : ["employees=9"]
  #expect(traits(bench) == Set(["plan=basic", "timezone=Europe/Paris"] + people))
  let cookies = type == "alias" ? ["4=a-1", "4=p-1"] : ["4=a-1"]
  #expect(bench.identifiers() == ["0=u-1", "1=a@x.nl"] + cookies)
  for field in [
    "userId", "anonymousId", "channel", "name", "category", "properties", "groupId",
    "previousId", "traits", "context",
  ] {
    #expect(bench.read(call(type, without: [field])) == .read, "without \(field)")
  }
  #expect(bench.code(call(type, without: ["messageId"])) == .idMissing)
  #expect(bench.code(call(type, without: ["timestamp"])) == .timeMissing)
  #expect(
    bench.code(call(type, without: ["userId", "anonymousId", "context", "previousId"]))
      == .identifierMissing)
  let noEvent = bench.read(call(type, without: ["event"]))
  #expect(type == "track" ? noEvent.code == .touchpointMissing : noEvent == .read)
}

@Test func `a clock that goes wrong is put right by when it was sent and received`() throws {
  var bench = try bench()
  func time(_ fields: String...) -> String? {
    let text =
      "{\"type\":\"page\",\"messageId\":\"m\",\"userId\":\"u\"," + fields.joined(separator: ",")
      + "}"
    return bench.read(text) == .read ? bench.interaction.time.rfc3339 : bench.code(text)?.rawValue
  }
  let received = "\"receivedAt\":\"2026-03-01T10:00:05Z\""
  let sent = "\"sentAt\":\"2031-01-01T00:00:03.250+01:00\""
  let original = "\"originalTimestamp\":\"2030-12-31T23:00:01Z\""
  #expect(time(received, sent, original) == "2026-03-01T10:00:02.750Z")
  #expect(time(received, sent) == "2026-03-01T10:00:05.000Z")
  #expect(time(received, original) == "2026-03-01T10:00:05.000Z")
  #expect(time(sent, original) == "time-missing")
  #expect(time(received, "\"sentAt\":\"soon\"", original) == "time-invalid")
  #expect(time(received, sent, original, "\"timestamp\":null") == "2026-03-01T10:00:02.750Z")
  #expect(time(received, "\"timestamp\":7") == "time-invalid")
  #expect(time(received, "\"timestamp\":\"2026-01-01T00:00:00Z\"") == "2026-01-01T00:00:00.000Z")
}

@Test(arguments: [
  ("{}", RejectCode.envelopeInvalid), ("{\"type\":null}", .envelopeInvalid),
  ("{\"type\":\"Track\"}", .typeUnsupported), ("{\"type\":\"batch\"}", .typeUnsupported),
  ("{\"type\":\"track\",\"type\":\"page\"}", .duplicateKey), ("[]", .notAnObject),
])
func `a call that is none of the six is told`(text: String, code: RejectCode) throws {
  var bench = try bench()
  #expect(bench.code(text) == code)
}

@Test func `consent comes from the categories, denied before granted on one pair`() throws {
  var bench = try bench()
  func granted(_ preferences: String) -> [Bool]? {
    let context = "\"context\":{\"consent\":{\"categoryPreferences\":\(preferences)}}"
    return bench.read(call("track", without: ["context"], context)) == .read
      ? bench.interaction.consents.map(\.granted) : nil
  }
  #expect(granted("{\"Advertising\":true}") == [true])
  #expect(granted("{\"Advertising\":true,\"Profiling\":false}") == [false])
  #expect(granted("{\"Advertising\":null,\"Other\":7}") == [])
  #expect(granted("null") == [])
  #expect(granted("{\"Advertising\":\"yes\"}") == nil)
  #expect(granted("[]") == nil)
}

@Test func `external ids are identifiers of their type`() throws {
  var bench = try bench()
  let context =
    "\"context\":{\"externalIds\":[{\"id\":\"L-1\",\"type\":\"loyalty_card\"},"
    + "{\"id\":31612345678,\"type\":\"phone\"},{\"id\":\"x\",\"type\":\"ga\"},null]}"
  #expect(bench.read(call("track", without: ["context"], context)) == .read)
  #expect(bench.identifiers() == ["0=u-1", "2=31612345678", "3=L-1", "4=a-1"])
  for broken in ["\"a\"", "[7]", "{}"] {
    let text = call("track", without: ["context"], "\"context\":{\"externalIds\":\(broken)}")
    #expect(bench.code(text) == .identifiersInvalid)
  }
}

@Test(arguments: [
  ("Mortgage Calculator Used", "mortgage_calculator_used"), ("HTMLPage", "html_page"),
  ("orderCompleted", "order_completed"), ("3DSecure", "3_d_secure"), ("Step 2b", "step_2b"),
  ("  a--b  ", "a_b"), ("iOSApp", "i_os_app"), ("already_snake.case", "already_snake_case"),
  ("e\u{301}te\u{301}E\u{301}te\u{301}", "ete_ete"), ("Ångström Größe", "angstrom_grosse"),
  ("ABC", "abc"), ("aB1C", "a_b1_c"), ("Łódź", "lodz"), ("ΓειάΣου", nil), ("—", nil), ("", nil),
])
func `an event's name becomes a touchpoint in snake case`(event: String, touchpoint: String?) throws
{
  var bench = try bench()
  let reading = bench.read(call("track", without: ["event"], "\"event\":\"\(event)\""))
  if let touchpoint {
    #expect(reading == .read)
    #expect(bench.names.text(bench.interaction.touchpoint) == touchpoint)
  } else {
    #expect(reading.code == .touchpointInvalid)
  }
}

@Test func `traits of the call hide those of the context, also where there are many`() throws {
  for count in [3, 400] {
    var bench = try bench()
    let own = (0..<count).map { "\"k\($0)\":1" }.joined(separator: ",")
    let around = (1...count).map { "\"k\($0)\":2" }.joined(separator: ",")
    let text = call(
      "identify", without: ["traits", "context"], "\"traits\":{\(own)}",
      "\"context\":{\"traits\":{\(around)}}")
    #expect(bench.read(text) == .read)
    #expect(traits(bench) == Set((0..<count).map { "k\($0)=1" } + ["k\(count)=2"]))
  }
}

@Test func `two large halves of traits are refused without being put together`() throws {
  var bench = try bench()
  let many = (0..<40_000).map { "\"k\($0)\":1" }.joined(separator: ",")
  let text = call(
    "identify", without: ["traits", "context"], "\"traits\":{\(many)}",
    "\"context\":{\"traits\":{\(many)}}")
  let took = ContinuousClock().measure { #expect(bench.code(text) == .traitsInvalid) }
  #expect(took < .seconds(5))
}
