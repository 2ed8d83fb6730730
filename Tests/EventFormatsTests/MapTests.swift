import EventFormats
import JourneyModel
import Testing

private typealias Field = MappingPlan.Field

private func field(_ pointer: String, _ change: (inout Field) -> Void = { _ in }) -> Field {
  var field = Field(.pointer(pointer))
  change(&field)
  return field
}

private func bench(_ change: (inout MappingPlan) -> Void) throws -> Bench {
  var map = MappingPlan()
  map.id = field("/id")
  map.time = Field(.const(.string("2026-01-05T09:00:00Z")))
  map.touchpoint = Field(.const(.string("sold")))
  map.channel = Field(.const(.string("till")))
  map.identifiers = .named([.init("customer_id", field("/who"))])
  map.attributes = .named([])
  change(&map)
  var source = SourcePlan(name: "s", topic: .named("in.s"))
  source.format = .json(map)
  return try Bench(source, attributes: ["a", "b"])
}

@Test(arguments: [
  ("/a", "1"), ("/b/0", "2"), ("/b/1/c", "3"), ("/~1~0", "4"), ("/", "5"), ("/d e", "6"),
  ("/b/-", nil), ("/b/00", nil), ("/b/2", nil), ("/b/1/c/d", nil), ("/a/0", nil), ("/%61", nil),
  ("/o/0", "7"), ("/b/18446744073709551616", nil), ("/\u{65}\u{301}", "8"), ("/n", nil),
])
func `a pointer finds what RFC 6901 says`(pointer: String, found: String?) throws {
  var bench = try bench { $0.attributes = .named([.init("a", field(pointer))]) }
  let text = """
    {"id": 1, "who": "C1", "a": 1, "b": [2, {"c": 3}], "/~": 4, "": 5, "d e": 6, "o": {"0": 7},
     "e\u{301}": 8, "n": null}
    """
  #expect(bench.read(text) == .read)
  #expect(bench.attributes()["a"] == found)
}

@Test(arguments: ["", "a", "/~", "/a~2", "/~x/b"])
func `what is no pointer is told`(pointer: String) {
  #expect(throws: PlanProblem.self) { try JSONPointer(pointer) }
}

@Test(
  arguments: [
    (MappingPlan.TimeForm.epochMilliseconds, "1767600753120", "2026-01-05T08:12:33.120Z"),
    (.epochMilliseconds, "\"1767600753120.9\"", "2026-01-05T08:12:33.120Z"),
    (.epochMilliseconds, "1.76760075312e12", "2026-01-05T08:12:33.120Z"),
    (.epochSeconds, "1767600753.120", "2026-01-05T08:12:33.120Z"),
    (.epochSeconds, "1767600753.1209999999999999999999", "2026-01-05T08:12:33.120Z"),
    (.epochSeconds, "\"1767600753\"", "2026-01-05T08:12:33.000Z"),
    (.epochSeconds, "17676007531200e-4", "2026-01-05T08:12:33.120Z"),
    (.epochSeconds, "-1.5", "1969-12-31T23:59:58.500Z"),
    (.epochSeconds, "0", "1970-01-01T00:00:00.000Z"),
    (.epochSeconds, "1e-400", "1970-01-01T00:00:00.000Z"), (.epochSeconds, "1e300", nil),
    (.epochSeconds, "99999999999999999999", nil), (.epochSeconds, "\"12 \"", nil),
    (.epochSeconds, "true", nil), (.epochSeconds, "\"\"", nil), (.rfc3339, "1767600753", nil),
    (.rfc3339, "\"2026-01-05 08:12:60Z\"", "2026-01-05T08:13:00.000Z"),
  ] as [(MappingPlan.TimeForm, String, String?)])
func `times are read in the form the map says`(
  form: MappingPlan.TimeForm, text: String, shown: String?
) throws {
  var bench = try bench { $0.time = field("/t") { $0.timeForm = form } }
  let reading = bench.read("{\"id\": 1, \"who\": \"C1\", \"t\": \(text)}")
  if let shown {
    #expect(reading == .read)
    #expect(bench.interaction.time.rfc3339 == shown)
  } else {
    #expect(reading.code == .timeInvalid)
  }
}

@Test func `values compare the text of what is found, else there is otherwise`() throws {
  var bench = try bench {
    $0.touchpoint = field("/k") {
      $0.values = [
        .init(from: "2.50", to: .string("two")), .init(from: "true", to: .string("yes")),
        .init(from: "é", to: .string("accent")),
      ]
      $0.otherwise = .value(.string("rest"))
    }
  }
  for (text, touchpoint) in [
    ("2.50", "two"), ("2.5", "rest"), ("true", "yes"), ("\"true\"", "yes"),
    ("\"\\u00e9\"", "accent"),
    ("null", "rest"), ("{}", "rest"), ("[true]", "rest"),
  ] {
    #expect(bench.read("{\"id\": 1, \"who\": \"C1\", \"k\": \(text)}") == .read)
    #expect(bench.names.text(bench.interaction.touchpoint) == touchpoint, "\(text)")
  }
  #expect(bench.read("{\"id\": 1, \"who\": \"C1\"}") == .read)
  #expect(bench.names.text(bench.interaction.touchpoint) == "rest")
}

@Test func `a record is left out before any fault of its fields, not before those of its text`()
  throws
{
  var bench = try bench {
    $0.identifiers = .named([.init("customer_id", field("/who") { $0.otherwise = .skip })])
  }
  #expect(bench.read("{}") == .skipped)
  #expect(bench.read("{\"who\": null, \"id\": []}") == .skipped)
  #expect(bench.code("{\"who\": null, \"who\": 1}") == .duplicateKey)
  #expect(bench.code("[]") == .notAnObject)
  #expect(bench.code("{\"who\": {}}") == .idMissing)
}

@Test func `a number is turned into a text and a text into a number`() throws {
  var bench = try bench {
    $0.attributes = .named([
      .init("a", field("/a") { $0.conversion = .number }),
      .init("b", field("/b") { $0.conversion = .text }),
    ])
  }
  func read(_ a: String, _ b: String) -> [String]? {
    guard bench.read("{\"id\": 1, \"who\": \"C1\", \"a\": \(a), \"b\": \(b)}") == .read else {
      return nil
    }
    return bench.interaction.attributes.map { "\($0.kind) " + bench.interaction.text($0.text) }
  }
  #expect(
    read("\"-1.50e2\"", "12345678901234567890") == [
      "number -1.50e2", "string 12345678901234567890",
    ])
  #expect(read("7", "\"x\"") == ["number 7", "string x"])
  #expect(read("null", "true") == ["string true"])
  for word in ["\"\"", "\"1,5\"", "\" 1\"", "\"0x1\"", "\"1e400\"", "true", "[]"] {
    #expect(read(word, "1") == nil, "\(word)")
  }
  #expect(read("1", "{}") == nil)
}

@Test func `a pointer that finds null clears a trait, one that finds nothing does not`() throws {
  var bench = try bench {
    $0.traits = .named([.init("t", field("/t")), .init("u", field("/u"))])
  }
  #expect(bench.read("{\"id\": 1, \"who\": \"C1\", \"t\": null}") == .read)
  #expect(bench.interaction.traits.map(\.kind) == [.null])
}

@Test func `whole objects can be taken, and must be objects`() throws {
  var bench = try bench {
    $0.identifiers = .whole(field("/ids"))
    $0.attributes = .whole(field("/attributes"))
    $0.traits = .whole(field("/traits"))
    $0.consent = .whole(field("/consent"))
    $0.suggestion = .whole(field("/suggestion"))
    $0.erase = field("/erase")
  }
  func text(_ name: String = "", _ value: String = "") -> String {
    let fields = [
      "ids": "{\"email\": \"a@x.nl\"}", "attributes": "{\"a\": 1}", "traits": "{\"t\": 1}",
      "consent": "{\"*\": {\"*\": \"denied\"}}",
      "suggestion": "{\"id\": \"s\", \"outcome\": \"shown\"}",
      "erase": "true", "id": "1",
    ].merging([name: value]) { $1 }.filter { $0.key != "" }
    return "{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ",") + "}"
  }
  #expect(bench.read(text()) == .read)
  #expect(bench.identifiers() == ["1=a@x.nl"] && bench.attributes() == ["a": "1"])
  #expect(bench.interaction.erase && bench.interaction.feedback?.outcome == .shown)
  #expect(bench.interaction.consents.first?.channel == .any)
  for (name, code) in [
    ("ids", RejectCode.identifiersInvalid), ("attributes", .attributesInvalid),
    ("traits", .traitsInvalid), ("consent", .consentInvalid), ("suggestion", .suggestionInvalid),
    ("erase", .eraseInvalid),
  ] {
    #expect(bench.code(text(name, "[7]")) == code)
  }
}

@Test func `key, time, place and headers of the record can be taken`() throws {
  var map = MappingPlan()
  map.id = Field(.recordPosition)
  map.time = Field(.recordTimestamp)
  map.touchpoint = Field(.header("what"))
  map.channel = Field(.header("where"))
  map.identifiers = .named([.init("customer_id", Field(.recordKey))])
  var asNumber = Field(.recordTimestamp)
  asNumber.conversion = .number
  map.attributes = .named([.init("a", asNumber), .init("b", Field(.recordTimestamp))])
  var source = SourcePlan(name: "s", topic: .named("in.s"))
  source.format = .json(map)
  let bench = try Bench(source, attributes: ["a", "b"])
  var interaction = Interaction()
  let headers = ListedHeaders([
    ("what", "bought"), ("What", "x"), ("where", "a"), ("where", "till"),
  ])
  var record = InputRecord(
    value: lent(Array("{}".utf8)), key: lent(Array("C1".utf8)),
    timestamp: Moment(1_767_600_753_120),
    topic: "in.s", partition: 3, offset: 42, headers: headers)
  #expect(bench.reader.read(record, bounds: .any, into: &interaction) == .read)
  #expect(interaction.text(interaction.id) == "in.s/3/42")
  #expect(interaction.time == Moment(1_767_600_753_120))
  #expect(bench.names.text(interaction.touchpoint) == "bought")
  #expect(bench.names.text(interaction.channel) == "till")
  #expect(
    interaction.attributes.map { interaction.text($0.text) }
      == ["1767600753120", "2026-01-05T08:12:33.120Z"])
  record.key = lent([0xFF])
  #expect(bench.reader.read(record, bounds: .any, into: &interaction).code == .identifiersInvalid)
  record.key = nil
  #expect(bench.reader.read(record, bounds: .any, into: &interaction).code == .identifierMissing)
  record.timestamp = nil
  #expect(bench.reader.read(record, bounds: .any, into: &interaction).code == .timeMissing)
}
