import EventFormats
import JourneyModel
import Testing

private func show(
  _ file: String, _ form: SampleReader.Form = .json,
  _ surroundings: SampleReader.Surroundings = .init(),
  _ change: (inout SourcePlan) -> Void = { _ in }
) throws -> [String] {
  var source = SourcePlan(name: "s", topic: .pattern("^in\\..*"))
  change(&source)
  let reader = try SampleReader(source, of: Plan())
  var lines: [String] = []
  Array(file.utf8).withUnsafeBufferPointer { bytes in
    reader.show(bytes, form, named: "f.ndjson", surroundings) {
      lines.append(String(decoding: $0, as: UTF8.self))
    }
  }
  return lines
}

@Test func `every line is a record, also an empty one, the last with or without line feed`() throws
{
  let line = Fields().text
  #expect(try show("").isEmpty)
  #expect(try show("\n").count == 1)
  #expect(try show("\(line)\n\n\(line)").count == 3)
  #expect(try show("\(line)\n\(line)\r\n").allSatisfy { $0.contains("\"interaction\"") })
}

@Test func `the text form has interactions as JSON and the place and reason of a rejection`() throws
{
  let lines = try show("\(Fields().text)\n{}\n", .text)
  #expect(
    lines == [
      "{\"id\":\"e1\",\"time\":\"2026-01-05T09:00:00.000Z\",\"touchpoint\":\"page_viewed\","
        + "\"channel\":\"web\",\"identifiers\":{\"customer_id\":[\"C1\"]}}",
      "f.ndjson:2: rejected: id-missing (validate): “id” is not there",
    ])
}

@Test func `what is no contact is marked, and has no touchpoint`() throws {
  let lines = try show(Fields().text) { $0.isContact = false }
  #expect(
    lines == [
      "{\"line\":1,\"interaction\":{\"id\":\"e1\",\"time\":\"2026-01-05T09:00:00.000Z\","
        + "\"identifiers\":{\"customer_id\":[\"C1\"]}},\"touch\":false}"
    ])
}

@Test func `a line's place is the topic as written, partition 0 and its number from 0`() throws {
  var map = MappingPlan()
  map.id = MappingPlan.Field(.recordPosition)
  let lines = try show("{}\n{}\n") {
    $0.format = .json(map)
    $0.isContact = false
  }
  #expect(lines.allSatisfy { $0.contains("time-missing") })
  map.time = MappingPlan.Field(.recordTimestamp)
  map.identifiers = .named([.init("email", MappingPlan.Field(.recordKey))])
  var surroundings = SampleReader.Surroundings()
  surroundings.key = Array("a@x.nl".utf8)
  surroundings.timestamp = Moment(0)
  let placed = try show("{}\n{}\n", .json, surroundings) {
    $0.format = .json(map)
    $0.isContact = false
  }
  #expect(placed.last?.contains("\"id\":\"^in\\\\..*/0/1\"") == true)
}

@Test(arguments: [
  ("ce_id: 1", "ce_id", "1"), ("a:b:c", "a", "b:c"), ("a:", "a", ""), ("a:  b \t", "a", "b"),
])
func `a header is a name, a colon and a value`(text: String, name: String, value: String) {
  #expect(SampleReader.Header(text) == SampleReader.Header(name: name, value: value))
}

@Test func `what has no colon or no name is no header`() {
  #expect(SampleReader.Header("a") == nil)
  #expect(SampleReader.Header(": b") == nil)
}

@Test func `records as kcat prints them bring their own key, time, place and headers`() throws {
  var map = MappingPlan()
  map.id = MappingPlan.Field(.recordPosition)
  map.time = MappingPlan.Field(.recordTimestamp)
  map.identifiers = .named([.init("email", MappingPlan.Field(.recordKey))])
  map.traits = .named([
    .init("t", MappingPlan.Field(.header("t"))), .init("p", MappingPlan.Field(.pointer("/p"))),
  ])
  var surroundings = SampleReader.Surroundings()
  surroundings.isCaptured = true
  let file = #"""
    {"topic":"in.a","partition":2,"offset":17,"tstype":"create","ts":1767600753120,"broker":0,"headers":["u","x","t","y"],"key":"a@x.nl","payload":"{\"p\":\"\\u00e9\"}"}
    {"topic":"in.a","partition":2,"offset":18,"ts":-1,"key":null,"payload":"{}"}
    {"topic":"in.a","partition":2,"offset":19,"ts":0,"key":"k","payload":null}
    {"key":"k"}
    nonsense
    """#
  let lines = try show(file, .json, surroundings) {
    $0.format = .json(map)
    $0.isContact = false
  }
  #expect(
    lines.first
      == "{\"line\":1,\"interaction\":{\"id\":\"in.a/2/17\",\"time\":\"2026-01-05T08:12:33.120Z\","
      + "\"identifiers\":{\"email\":[\"a@x.nl\"]},\"traits\":{\"t\":\"y\",\"p\":\"é\"}},\"touch\":false}"
  )
  for (line, code) in zip(
    lines.dropFirst(), ["time-missing", "empty", "not-an-object", "not-json"])
  {
    #expect(line.contains("\"code\":\"\(code)\""))
  }
}
