import EventFormats
import JourneyModel
import Testing

private let data = """
  {"channel":"app","identifiers":{"customer_id":"C7"},"attributes":{"total":59.9},
   "traits":{"segment":"b2c"},"id":"other","touchpoint":"other","time":"2020-01-01T00:00:00Z"}
  """

private let attributes: [(String, String)] = [
  ("specversion", "1.0"), ("id", "e-1"), ("source", "/shop/web"),
  ("type", "com.example.shop.basket_filled"), ("time", "2026-02-03T04:05:06.789Z"),
]

private func structured(
  _ attributes: [(String, String)] = attributes, _ data: String = "\"data\":\(data)"
) -> String {
  "{" + attributes.map { "\"\($0)\":\"\($1)\"," }.joined() + data + "}"
}

private func bench() throws -> Bench {
  var source = SourcePlan(name: "s", topic: .named("in.s"))
  source.format = .cloudevents(types: [TextPair(from: "urn:shop:visit", to: "store_visited")])
  return try Bench(source, attributes: ["total"])
}

private func shown(_ bench: Bench) -> [String] {
  let read = bench.interaction
  return [
    read.text(read.id), read.text(read.origin), read.time.rfc3339,
    bench.names.text(read.touchpoint), bench.names.text(read.channel),
  ] + bench.identifiers() + bench.attributes().map { "\($0)=\($1)" }
    + read.traits.map { read.text($0.name) + "=" + read.text($0.text) }
}

@Test func `a binary event and its structured twin are the same interaction`() throws {
  let expected = [
    "e-1", "/shop/web", "2026-02-03T04:05:06.789Z", "basket_filled", "app", "0=C7", "total=59.9",
    "segment=b2c",
  ]
  var bench = try bench()
  #expect(
    bench.read(structured(), headers: [("content-type", "application/cloudevents+json")]) == .read)
  #expect(shown(bench) == expected)
  #expect(bench.read(structured()) == .read)
  #expect(shown(bench) == expected)
  let headers = attributes.map { ("CE_" + $0, $1) } + [("Content-Type", "application/json")]
  #expect(bench.read(data, headers: headers) == .read)
  #expect(shown(bench) == expected)
  // {"channel":"app","identifiers":{"customer_id":"C7"},"attributes":{"total":59.9},"traits":{"segment":"b2c"}}
  let encoded =
    "eyJjaGFubmVsIjoiYXBwIiwiaWRlbnRpZmllcnMiOnsiY3VzdG9tZXJfaWQiOiJDNyJ9LCJhdHRyaWJ1dGVz"
    + "Ijp7InRvdGFsIjo1OS45fSwidHJhaXRzIjp7InNlZ21lbnQiOiJiMmMifX0="
  #expect(bench.read(structured(attributes, "\"data_base64\":\"\(encoded)\"")) == .read)
  #expect(shown(bench) == expected)
}

@Test(arguments: [
  ("specversion", nil, RejectCode.envelopeInvalid), ("specversion", "1", .envelopeInvalid),
  ("specversion", "0.3", .envelopeInvalid), ("specversion", "1.x", .envelopeInvalid),
  ("source", nil, .envelopeInvalid), ("source", "", .envelopeInvalid), ("id", nil, .idMissing),
  ("id", "", .idInvalid), ("type", nil, .touchpointMissing), ("type", "", .touchpointInvalid),
  ("type", "com.example.", .touchpointInvalid), ("type", "Basket", .touchpointInvalid),
  ("time", "now", .timeInvalid),
])
func `an attribute at fault is named alike in both modes`(
  name: String, value: String?, code: RejectCode
) throws {
  var bench = try bench()
  let changed = attributes.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
  let headers = [("content-type", "application/cloudevents+json; charset=UTF-8")]
  #expect(bench.read(structured(changed), headers: headers).code == code)
  #expect(bench.read(data, headers: changed.map { ("ce_" + $0, $1) }).code == code)
}

@Test(arguments: [
  ("\"data\":[1]", RejectCode.envelopeInvalid), ("\"data\":\"{}\"", .envelopeInvalid),
  ("\"data\":{},\"data_base64\":\"e30=\"", .envelopeInvalid),
  ("\"data_base64\":\"e30\"", .envelopeInvalid), ("\"data_base64\":\"e3=0\"", .envelopeInvalid),
  ("\"data_base64\":\"aGVsbG8=\"", .envelopeInvalid), ("\"data_base64\":7", .envelopeInvalid),
  ("\"data_base64\":\"W10=\"", .envelopeInvalid),
  ("\"data_base64\":\"eyJhIjoxLCJhIjoxfQ==\"", .duplicateKey), ("\"data\":null", .channelMissing),
  ("\"data\":{\"channel\":\"app\"}", .identifierMissing),
])
func `data that cannot be used is told`(data: String, code: RejectCode) throws {
  var bench = try bench()
  #expect(bench.code(structured(attributes, data)) == code)
}

@Test(arguments: [
  "application/cloudevents-batch+json", "application/cloudevents+avro",
  "Application/CloudEvents+protobuf; a=b",
])
func `batches and other encodings are not supported`(type: String) throws {
  var bench = try bench()
  #expect(bench.read("[{}]", headers: [("content-type", type)]).code == .typeUnsupported)
  #expect(bench.read("\u{1}", headers: [("content-type", type)]).code == .typeUnsupported)
  #expect(bench.read("", headers: [("content-type", type)]).code == .empty)
}

@Test func `a binary body has the codes of a native record`() throws {
  var bench = try bench()
  let headers = attributes.map { ("ce_" + $0, $1) }
  #expect(bench.read("[]", headers: headers).code == .notAnObject)
  #expect(bench.read("{", headers: headers).code == .notJSON)
  #expect(bench.read("", headers: headers).code == .empty)
  #expect(bench.read("{}").code == .envelopeInvalid)
}

@Test func `a time of the data serves where the envelope has none, a type is mapped whole`() throws
{
  var bench = try bench()
  let changed =
    attributes.filter { $0.0 != "time" && $0.0 != "type" } + [("type", "urn:shop:visit")]
  #expect(bench.read(structured(changed)) == .read)
  #expect(bench.interaction.time.rfc3339 == "2020-01-01T00:00:00.000Z")
  #expect(bench.names.text(bench.interaction.touchpoint) == "store_visited")
}

@Test func `the trace extension serves where the headers have none`() throws {
  var bench = try bench()
  let traced = attributes + [("traceparent", "00-in-01")]
  #expect(bench.read(structured(traced)) == .read)
  #expect(bench.interaction.text(bench.interaction.traceparent) == "00-in-01")
  #expect(bench.read(structured(traced), headers: [("traceparent", "00-out-01")]) == .read)
  #expect(bench.interaction.text(bench.interaction.traceparent) == "00-out-01")
  #expect(bench.read(data, headers: traced.map { ("ce_" + $0, $1) }) == .read)
  #expect(bench.interaction.text(bench.interaction.traceparent) == "00-in-01")
}
