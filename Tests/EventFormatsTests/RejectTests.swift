import EventFormats
import JourneyModel
import Testing

/// A native record, field by field.
struct Fields {
  var fields: [(String, String)] = [
    ("id", "\"e1\""), ("time", "\"2026-01-05T09:00:00Z\""), ("touchpoint", "\"page_viewed\""),
    ("channel", "\"web\""), ("identifiers", "{\"customer_id\": \"C1\"}"),
  ]

  /// With a field replaced or added; nil takes it away.
  func with(_ name: String, _ value: String?) -> Fields {
    var out = self
    out.fields.removeAll { $0.0 == name }
    if let value { out.fields.append((name, value)) }
    return out
  }

  var text: String { "{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}" }
}

private let big = String(repeating: "x", count: 17 << 10)
private let many = (0..<33).map { "\"d\($0)\"" }.joined(separator: ",")

@Test(arguments: [
  ("id", nil, RejectCode.idMissing), ("id", "null", .idMissing), ("id", "\"\"", .idInvalid),
  ("id", "1.0", .idInvalid), ("id", "1e3", .idInvalid), ("id", "true", .idInvalid),
  ("id", "{}", .idInvalid), ("time", nil, .timeMissing), ("time", "1767600753", .timeInvalid),
  ("time", "\"yesterday\"", .timeInvalid), ("time", "\"\"", .timeInvalid),
  ("touchpoint", nil, .touchpointMissing), ("touchpoint", "7", .touchpointInvalid),
  ("touchpoint", "\"Page\"", .touchpointInvalid), ("touchpoint", "\"\"", .touchpointInvalid),
  ("touchpoint", "\"pagé\"", .touchpointInvalid), ("channel", nil, .channelMissing),
  ("channel", "[]", .channelInvalid), ("channel", "\"we-b\"", .channelInvalid),
  ("identifiers", nil, .identifierMissing), ("identifiers", "[]", .identifiersInvalid),
  ("identifiers", "\"C1\"", .identifiersInvalid),
  ("identifiers", "{\"customer_id\": 1.5}", .identifiersInvalid),
  ("identifiers", "{\"customer_id\": true}", .identifiersInvalid),
  ("identifiers", "{\"customer_id\": [[\"C1\"]]}", .identifiersInvalid),
  ("identifiers", "{\"device_id\": [\(many)]}", .identifiersInvalid),
  ("identifiers", "{\"email\": \"\(big.prefix(513))\"}", .identifiersInvalid),
  ("identifiers", "{\"email\": \" Guest \", \"phone\": \"--\"}", .identifierMissing),
  ("identifiers", "{\"passport\": \"P1\"}", .identifierMissing),
  ("attributes", "[]", .attributesInvalid), ("attributes", "\"a\"", .attributesInvalid),
  ("attributes", "{\"a\": \"\(big)\"}", .attributesTooLarge),
  ("satisfaction", "\"0.5\"", .satisfactionInvalid),
  ("satisfaction", "1.0000001", .satisfactionInvalid), ("satisfaction", "{}", .satisfactionInvalid),
  ("traits", "7", .traitsInvalid), ("traits", "{\"a\": \"\(big)\"}", .traitsInvalid),
  ("consent", "[]", .consentInvalid), ("consent", "{\"email\": \"granted\"}", .consentInvalid),
  ("consent", "{\"email\": {\"marketing\": \"yes\"}}", .consentInvalid),
  ("consent", "{\"email\": {\"\": \"granted\"}}", .consentInvalid),
  ("suggestion", "\"sg_1\"", .suggestionInvalid), ("suggestion", "{}", .suggestionInvalid),
  ("suggestion", "{\"id\": \"sg_1\", \"outcome\": \"made\"}", .suggestionInvalid),
  ("suggestion", "{\"id\": 7, \"outcome\": \"sent\"}", .suggestionInvalid),
  ("suggestion", "{\"id\": \"\", \"outcome\": \"sent\"}", .suggestionInvalid),
  ("erase", "1", .eraseInvalid), ("erase", "\"true\"", .eraseInvalid),
])
func `a field at fault is named by its code`(name: String, value: String?, code: RejectCode) throws
{
  var bench = try Bench()
  #expect(bench.code(Fields().with(name, value).text) == code)
}

@Test(arguments: [
  ("", RejectCode.empty), (" \t\r\n", .empty), ("\u{FEFF}", .empty), ("\u{FEFF} \n", .empty),
  ("{", .notJSON), ("{}}", .notJSON), ("{} {}", .notJSON), ("{\"a\"}", .notJSON),
  ("{\"a\":1,}", .notJSON), ("[1,]", .notJSON), ("{,}", .notJSON), ("{1:2}", .notJSON),
  ("{\"a\":tru}", .notJSON), ("{\"a\":nulls}", .notJSON), ("{\"a\":01}", .notJSON),
  ("{\"a\":.5}", .notJSON), ("{\"a\":1.}", .notJSON), ("{\"a\":+1}", .notJSON),
  ("{\"a\":1e}", .notJSON), ("{\"a\":NaN}", .notJSON), ("{'a':1}", .notJSON),
  ("{\"a\":\"\u{1}\"}", .notJSON), ("{\"a\":\"\n\"}", .notJSON), ("{\"a\":\"\\x\"}", .notJSON),
  ("{\"a\":\"\\u12\"}", .notJSON), ("{\"a\":\"\\ud83d\"}", .notJSON),
  ("{\"a\":\"\\ude00\"}", .notJSON), ("{\"a\":\"\\ud83d\\u0041\"}", .notJSON),
  ("{\"a\":\"\\ude00\\ud83d\"}", .notJSON), ("{\"a\":1e400}", .notJSON),
  ("{\"a\":-1e400}", .notJSON), ("{\"a\":1" + String(repeating: "0", count: 309) + "}", .notJSON),
  ("{\"a\":12\"b\"}", .notJSON), ("{\"a\":\"b\"c}", .notJSON), ("{\"a\"\"b\":1}", .notJSON),
  ("{\"a\":\"b\" 1}", .notJSON), ("{\"a\":1 2}", .notJSON), ("// a\n{}", .notJSON),
  ("\u{A0}", .notJSON), ("7", .notAnObject), ("\"a\"", .notAnObject), ("null", .notAnObject),
  ("[]", .notAnObject), ("[{\"a\":1,\"a\":2}]", .duplicateKey),
  ("{\"a\":{\"b\":[{\"c\":1,\"\\u0063\":2}]}}", .duplicateKey), ("{\"\":1,\"\":2}", .duplicateKey),
  ("{\"a\":1,\"a\":2,}", .notJSON),
])
func `a text that is no record is named by its code`(text: String, code: RejectCode) throws {
  var bench = try Bench()
  #expect(bench.code(text) == code)
}

@Test func `text that is not UTF-8 comes before text that is not JSON`() throws {
  var bench = try Bench()
  for bytes in [
    [0x7B, 0x22, 0xFC, 0x22], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
  ] {
    guard case .rejected(let rejection) = bench.read(bytes.map { UInt8($0) }) else {
      Issue.record("taken")
      continue
    }
    #expect(rejection.code == .notUTF8)
  }
  guard case .rejected(let rejection) = bench.read([0x7B, 0x7D, 0]) else {
    Issue.record("NUL behind was taken")
    return
  }
  #expect(rejection.code == .notJSON)
}

@Test func `64 levels are read and 65 are too deep`() throws {
  func nested(_ levels: Int) -> String {
    let inner =
      String(repeating: "[", count: levels - 2) + String(repeating: "]", count: levels - 2)
    return Fields().with("attributes", "{\"a\": \(inner)}").text
  }
  var bench = try Bench()
  #expect(bench.read(nested(64)) == .read)
  #expect(bench.code(nested(65)) == .tooDeep)
  let deep = String(repeating: "[", count: 200_000)
  #expect(bench.code(deep) == .notJSON)
  #expect(bench.code(deep + String(repeating: "]", count: 200_000)) == .tooDeep)
}

@Test func `a record above 1 MiB is too large, whatever is in it`() throws {
  var bench = try Bench()
  let text = Array(Fields().text.utf8)
  var exact = text + [UInt8](repeating: 32, count: (1 << 20) - text.count)
  #expect(bench.read(exact) == .read)
  exact.append(32)
  #expect(bench.read(exact).code == .tooLarge)
  #expect(bench.read([UInt8](repeating: 0xFF, count: 10 << 20)).code == .tooLarge)
  #expect(bench.read([UInt8](repeating: 32, count: 10 << 20)).code == .empty)
  #expect(bench.read([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)).code == .notJSON)
}

@Test func `a key there twice is found among many`() throws {
  for count in [2, 47, 48, 49, 5_000] {
    var names = (0..<count).map { "k\($0)" }
    var bench = try Bench()
    let object = { "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}" }
    #expect(bench.code(object()) == .idMissing)
    names[count - 1] = names[0]
    #expect(bench.code(object()) == .duplicateKey)
  }
}

@Test func `of several faults the first of the table is named`() throws {
  var bench = try Bench()
  var record = Fields()
  let faults: [(String, String?, RejectCode)] = [
    ("erase", "1", .eraseInvalid), ("suggestion", "1", .suggestionInvalid),
    ("consent", "1", .consentInvalid), ("traits", "1", .traitsInvalid),
    ("satisfaction", "2", .satisfactionInvalid), ("attributes", "1", .attributesInvalid),
    ("identifiers", "1", .identifiersInvalid), ("channel", nil, .channelMissing),
    ("touchpoint", "1", .touchpointInvalid), ("time", "1", .timeInvalid), ("id", nil, .idMissing),
  ]
  record = record.with("identifiers", nil)
  #expect(bench.code(record.text) == .identifierMissing)
  for (name, value, code) in faults {
    record = record.with(name, value)
    #expect(bench.code(record.text) == code)
  }
}

@Test func `times are held within the bounds, both included`() throws {
  var bench = try Bench()
  let time = try #require(Moment(rfc3339: "2026-01-05T09:00:00Z"))
  let text = Fields().text
  #expect(bench.read(text, bounds: TimeBounds(oldest: time, newest: time)) == .read)
  #expect(bench.code(text, bounds: TimeBounds(oldest: time + TimeSpan(1))) == .tooOld)
  #expect(bench.code(text, bounds: TimeBounds(newest: time - TimeSpan(1))) == .inFuture)
}

@Test func `a record that is no contact is never too old, but can be ahead of its time`() throws {
  var source = SourcePlan(name: "s", topic: .named("in.s"))
  source.isContact = false
  var bench = try Bench(source)
  let text = Fields().with("touchpoint", "7").with("channel", "[]").with("attributes", "7")
    .with("satisfaction", "7").text
  #expect(bench.read(text, bounds: TimeBounds(oldest: .distantFuture)) == .read)
  #expect(!bench.interaction.isContact)
  #expect(bench.interaction.satisfaction == nil && bench.interaction.attributes.isEmpty)
  #expect(bench.code(text, bounds: TimeBounds(newest: .distantPast)) == .inFuture)
}

@Test func `what the catalogue does not know is rejected, ignored or accepted as it says`() throws {
  var source = SourcePlan(name: "s", topic: .named("in.s"))
  source.channel = "web"
  func bench(_ touchpoints: CataloguePlan.Unknown, _ channels: CataloguePlan.Unknown) throws
    -> Bench
  {
    try Bench(source) {
      $0.catalogue.unknownTouchpoints = touchpoints
      $0.catalogue.unknownChannels = channels
      $0.catalogue.touchpoints = [CataloguePlan.Touchpoint("page_viewed")]
      $0.catalogue.channels = [CataloguePlan.Channel("web", side: .online)]
    }
  }
  let known = Fields().text
  let other = Fields().with("touchpoint", "\"other\"").with("channel", nil).text
  let elsewhere = Fields().with("channel", "\"shop\"").text
  var strict = try bench(.reject, .reject)
  #expect(strict.read(known) == .read)
  #expect(strict.code(other) == .touchpointUnknown)
  #expect(strict.code(elsewhere) == .channelUnknown)
  var ignoring = try bench(.ignore, .reject)
  #expect(ignoring.read(known) == .read && ignoring.interaction.isContact)
  #expect(ignoring.read(other, bounds: TimeBounds(oldest: .distantFuture)) == .read)
  #expect(!ignoring.interaction.isContact)
  var accepting = try bench(.accept, .accept)
  #expect(accepting.read(other) == .read && accepting.read(elsewhere) == .read)
}

@Test func `a rejected record leaves no name behind`() throws {
  var bench = try Bench { $0.history.attributes = .all }
  let before = bench.names.count
  let text = Fields().with("touchpoint", "\"new\"").with("channel", "\"new_too\"")
    .with("consent", "{\"x\": {\"y\": \"granted\"}}").with("attributes", "{\"z\": 1}")
  #expect(bench.code(text.with("erase", "7").text) == .eraseInvalid)
  #expect(bench.code(text.with("identifiers", "{}").text) == .identifierMissing)
  #expect(bench.names.count == before)
  #expect(bench.read(text.text) == .read)
  #expect(bench.names.count == before + 5)
}

@Test func `when there is no room for names, new ones are unknown`() throws {
  var bench = try Bench()
  #expect(bench.read(Fields().text) == .read)
  var filler = 0
  while bench.names.intern("filler\(filler)") != nil { filler += 1 }
  #expect(bench.read(Fields().text) == .read)
  #expect(bench.code(Fields().with("touchpoint", "\"new\"").text) == .touchpointUnknown)
  #expect(bench.code(Fields().with("channel", "\"new\"").text) == .channelUnknown)
}

extension Reading {
  var code: RejectCode? {
    guard case .rejected(let rejection) = self else { return nil }
    return rejection.code
  }
}
