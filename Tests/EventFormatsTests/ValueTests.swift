import EventFormats
import JourneyModel
import Testing

@Test func `numbers at the edges keep their text`() throws {
  let numbers = [
    "9007199254740993", "-0", "-0.0", "1e308", "5e-324", "1e-400", "123456789012345678901234567890",
    "0.1", "1E+2", "-12.50", "18446744073709551616",
  ]
  var bench = try Bench(attributes: numbers.indices.map { "n\($0)" })
  let members = numbers.enumerated().map { "\"n\($0)\": \($1)" }.joined(separator: ",")
  #expect(bench.read(Fields().with("attributes", "{\(members)}").text) == .read)
  for (index, number) in numbers.enumerated() {
    let attribute = try #require(
      bench.interaction.attributes.first { bench.names.text($0.name) == "n\(index)" })
    #expect(attribute.kind == .number && bench.interaction.text(attribute.text) == number)
    #expect(attribute.number == Double(number))
  }
}

@Test func `an id can be a whole number of any length, taken as its digits`() throws {
  var bench = try Bench()
  for id in ["7", "-0", "9007199254740993", String(repeating: "7", count: 256)] {
    #expect(bench.read(Fields().with("id", id).text) == .read)
    #expect(bench.interaction.text(bench.interaction.id) == id)
  }
  #expect(bench.code(Fields().with("id", String(repeating: "7", count: 257)).text) == .idInvalid)
}

@Test func `escapes are read, NUL among them`() throws {
  var bench = try Bench()
  let text = Fields().with("id", #""a\u0000\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00""#).text
  #expect(bench.read(text) == .read)
  #expect(
    bench.interaction.text(bench.interaction.id)
      == "a\0\"\\/\u{8}\u{c}\n\r\té€😀")
}

@Test(arguments: [
  (" C1\u{A0}\u{3000}\u{2028}", "C1"), ("\u{2003}Ünï ", "Ünï"), ("a b", "a b"),
  ("\u{85}x\u{1680}", "x"),
])
func `identifiers lose Unicode white space at their ends`(sent: String, used: String) throws {
  var bench = try Bench()
  #expect(bench.read(Fields().with("identifiers", "{\"customer_id\": \"\(sent)\"}").text) == .read)
  #expect(bench.identifiers() == ["0=\(used)"])
}

@Test func `identifiers are normalised, each once, strongest first, then as bytes`() throws {
  var bench = try Bench()
  let identifiers = """
    {"cookie_id": ["b", "a", "b", null], "phone": "+31 (0)6-12 34", "passport": ["P", null],
     "email": ["Ä@X.NL", "ä@x.nl", "A@X.NL"], "customer_id": 42, "loyalty_card": null}
    """
  #expect(bench.read(Fields().with("identifiers", identifiers).text) == .read)
  #expect(
    bench.identifiers() == ["0=42", "1=a@x.nl", "1=ä@x.nl", "2=31061234", "4=a", "4=b"])
}

@Test func `digits of other scripts are digits`() throws {
  var bench = try Bench()
  #expect(bench.read(Fields().with("identifiers", "{\"phone\": \"٠٦١٢٣٤\"}").text) == .read)
  #expect(bench.identifiers() == ["2=061234"])
}

@Test(arguments: ["Guest", "[Object OBJECT]", "0000-00", "NULL", "-1", "\u{A0}none\u{A0}", ""])
func `an ignored identifier is none`(value: String) throws {
  var bench = try Bench()
  #expect(
    bench.code(Fields().with("identifiers", "{\"customer_id\": \"\(value)\"}").text)
      == .identifierMissing)
}

@Test func `values are ignored by a pattern anywhere in them, without regard to case`() throws {
  var bench = try Bench {
    $0.identity.ignorePattern = "test(er)?\\d+|ÄB"
    $0.identity.ignore = ["112"]
  }
  for value in ["a-TEST12-b", "Tester7", "xäb"] {
    #expect(
      bench.code(Fields().with("identifiers", "{\"email\": \"\(value)\"}").text)
        == .identifierMissing)
  }
  // Ignored in the form it was sent, and in the form it is used.
  #expect(
    bench.code(Fields().with("identifiers", "{\"phone\": \"1-1-2\"}").text) == .identifierMissing)
  #expect(bench.read(Fields().with("identifiers", "{\"email\": \"test\"}").text) == .read)
}

@Test func `a pattern that is none is told`() {
  #expect(throws: PlanProblem.self) {
    try Bench { $0.identity.ignorePattern = "(" }
  }
}

@Test func `only the attributes that something reads are kept`() throws {
  var bench = try Bench(attributes: ["a", "b.c", "d.e.f", "x.y", "l"])
  let attributes = """
    {"a": null, "b": {"c": 1, "z": 2}, "d.e": {"f": "dotted"}, "d": {"e": {"f": "nested"}},
     "x.y": true, "x": {"y": false}, "l": [ {"k" : 1.50} , "\\u0022" ], "other": 7}
    """
  #expect(bench.read(Fields().with("attributes", attributes).text) == .read)
  #expect(
    bench.attributes() == [
      "b.c": "1", "d.e.f": "dotted", "x.y": "true", "l": #"[{"k":1.50},"\""]"#,
    ])
}

@Test func `all attributes are kept where the history says so, and the paths that are read`() throws
{
  var bench = try Bench(attributes: ["b.c"]) { $0.history.attributes = .all }
  #expect(bench.read(Fields().with("attributes", "{\"a\": 1, \"b\": {\"c\": 2}}").text) == .read)
  #expect(bench.attributes() == ["a": "1", "b": "{\"c\":2}", "b.c": "2"])
  var also = try Bench(attributes: ["a"]) { $0.history.attributes = .also(["b.c"]) }
  #expect(also.read(Fields().with("attributes", "{\"a\": 1, \"b\": {\"c\": 2}}").text) == .read)
  #expect(also.attributes() == ["a": "1", "b.c": "2"])
}

@Test func `an attribute or trait above 1 KiB is left out and counted`() throws {
  var bench = try Bench(attributes: ["a", "b", "c"])
  let fits = String(repeating: "x", count: 1024)
  let text = Fields().with(
    "attributes", "{\"a\": \"\(fits)\", \"b\": \"\(fits)x\", \"c\": [\"\(fits)\"]}"
  )
  .with("traits", "{\"t\": \"\(fits)x\", \"u\": \"\(fits)\", \"n\": null}").text
  #expect(bench.read(text) == .read)
  #expect(Set(bench.attributes().keys) == ["a"])
  #expect(bench.interaction.traits.map { bench.interaction.text($0.name) } == ["u", "n"])
  #expect(bench.interaction.leftOut == 3)
}

@Test func `a satisfaction of its own wins over the touchpoint's scale`() throws {
  var bench = try Bench {
    var touchpoint = CataloguePlan.Touchpoint("page_viewed")
    touchpoint.satisfaction = CataloguePlan.SatisfactionSource(
      attribute: "survey.score", scale: ScalePlan(low: 0, middle: 7.5, high: 10))
    $0.catalogue.touchpoints = [touchpoint]
  }
  func read(_ score: String, _ own: String? = nil) -> Double? {
    let text = Fields().with("attributes", "{\"survey\": {\"score\": \(score)}}")
      .with("satisfaction", own).text
    return bench.read(text) == .read ? bench.interaction.satisfaction : .nan
  }
  #expect(read("7.5") == 0)
  #expect(read("0") == -1)
  #expect(read("10") == 1)
  #expect(read("9", "-0.25") == -0.25)
  #expect(read("null") == nil)
  #expect(read("\"9\"")?.isNaN == true)
  #expect(read("10.01")?.isNaN == true)
  #expect(bench.read(Fields().text) == .read && bench.interaction.satisfaction == nil)
}

@Test func `null counts as not there, but for a trait's value`() throws {
  var bench = try Bench(attributes: ["a"])
  var record = Fields().with("identifiers", "{\"customer_id\": \"C1\", \"email\": [null]}")
  for name in ["satisfaction", "suggestion", "erase", "consent"] {
    record = record.with(name, "null")
  }
  record = record.with("attributes", "{\"a\": null}").with("traits", "{\"a\": null}")
  #expect(bench.read(record.text) == .read)
  #expect(bench.identifiers() == ["0=C1"] && bench.interaction.attributes.isEmpty)
  #expect(bench.interaction.traits.first?.kind == .null)
  #expect(bench.read(record.with("consent", "{\"a\": null, \"b\": {\"c\": null}}").text) == .read)
  #expect(bench.interaction.consents.isEmpty)
}

@Test func `the trace of a record's headers is kept`() throws {
  var bench = try Bench()
  let headers: [(String, String?)] = [
    ("Traceparent", "00-ab-cd-01"), ("tracestate", "k=v"), ("x", nil),
  ]
  #expect(bench.read(Array(Fields().text.utf8), headers: headers) == .read)
  #expect(bench.interaction.text(bench.interaction.traceparent) == "00-ab-cd-01")
  #expect(bench.interaction.text(bench.interaction.tracestate) == "k=v")
  #expect(bench.read(Fields().text) == .read)
  #expect(bench.interaction.traceparent == .empty && bench.interaction.tracestate == .empty)
}

@Test func `a path beyond many others is kept once, its key with dots before nesting`() throws {
  let paths = (0..<100).map { "a\($0).b" }
  var bench = try Bench(attributes: paths)
  let attributes = "{\"a99.b\": 1, \"a99\": {\"b\": 2}, \"a98\": {\"b\": 3}}"
  #expect(bench.read(Fields().with("attributes", attributes).text) == .read)
  #expect(bench.interaction.attributes.count == 2)
  #expect(bench.attributes() == ["a99.b": "1", "a98.b": "3"])
}
