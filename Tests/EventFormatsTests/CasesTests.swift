import EventFormats
import Foundation
import JourneyModel
import Settings
import Testing

/// A case of Tests/Shared/formats/cases.jsonl; its README tells the fields.
struct Case: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var config: String?
  var source: String
  var headers: [String: String]?
  var key: String?
  var timestamp: String?
  var record: String?
  var base64: String?
  var pad: Int?
  var sample: [String]?
  var expect: JSON

  var testDescription: String { name }

  enum CodingKeys: String, CodingKey {
    case name = "case"
    case config, source, headers, key, timestamp, record
    case base64 = "record_base64"
    case pad, sample, expect
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Shared/formats")

  static let all: [Case] = {
    let text = (try? Data(contentsOf: folder.appending(path: "cases.jsonl"))) ?? Data()
    return text.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(Case.self, from: $0)
    }
  }()

  var file: [UInt8] {
    if let sample { return Array((sample.joined(separator: "\n") + "\n").utf8) }
    var bytes =
      base64.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Array((record ?? "").utf8)
    while bytes.count < pad ?? 0 { bytes.append(32) }
    return bytes + [10]
  }

  func plan() throws -> Plan? {
    try Settings.load(Case.folder.appending(path: config ?? "config.yaml").path).plan
  }

  func results() throws -> [JSON] {
    try lines().map { try JSONDecoder().decode(JSON.self, from: Data($0.utf8)) }
  }

  func lines() throws -> [String] {
    let plan = try #require(try plan())
    let source = try #require(plan.sources.first { $0.name == self.source })
    var surroundings = SampleReader.Surroundings()
    surroundings.headers = (headers ?? [:]).map { SampleReader.Header(name: $0, value: $1) }
    surroundings.key = key.map { Array($0.utf8) }
    surroundings.timestamp = timestamp.flatMap { Moment(rfc3339: $0) }
    var lines: [String] = []
    try file.withUnsafeBufferPointer { bytes in
      try SampleReader(source, of: plan).show(bytes, .json, named: "sample", surroundings) {
        lines.append(String(decoding: $0, as: UTF8.self))
      }
    }
    return lines
  }
}

@Test func `all cases are there`() { #expect(Case.all.count == 193) }

@Test(arguments: Case.all)
func `a record is read as its case says`(one: Case) throws {
  let results = try one.results()
  let expects = one.sample == nil ? [one.expect] : one.expect.elements
  #expect(results.count == expects.count)
  for (index, (expect, result)) in zip(expects, results).enumerated() {
    #expect(result["line"] == .number(Double(index + 1)))
    let reasons = judge(expect, result)
    #expect(reasons.isEmpty, "\(reasons.joined(separator: "; "))")
  }
}

@Test func `a sample shows the fields in the order of the contract`() throws {
  let whole = try #require(Case.all.first { $0.name == "native-every-field" })
  let line = try #require(try whole.lines().first)
  let places = order.dropLast().map { name in line.range(of: "\"\(name)\":")?.lowerBound }
  #expect(!places.contains(nil))
  #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
}

private let order = [
  "id", "time", "touchpoint", "channel", "identifiers", "attributes", "satisfaction", "traits",
  "consent", "suggestion", "erase",
]

private func judge(_ expect: JSON, _ result: JSON) -> [String] {
  if let any = expect["any"] {
    let reasons = any.elements.map { judge($0, result) }
    return reasons.contains { $0.isEmpty } ? [] : reasons.flatMap { $0 }
  }
  if expect["skipped"] != nil || result["skipped"] != nil {
    return expect["skipped"] == result["skipped"] ? [] : ["\(result) is not \(expect)"]
  }
  if let code = expect["rejected"] {
    guard let rejected = result["rejected"], rejected["code"] == code,
      case .string(let text) = code, let known = RejectCode(rawValue: text)
    else { return ["\(result) is not rejected: \(code)"] }
    return rejected["stage"] == .string(known.stage.rawValue) ? [] : ["wrong stage"]
  }
  guard let want = expect["interaction"], let got = result["interaction"] else {
    return ["\(result) is not accepted"]
  }
  var reasons: [String] = []
  for key in order {
    if let may = expect["may"]?[key], got[key] != nil, may.isSame(as: got[key]) { continue }
    if !(want[key] ?? .null).isAlike(got[key], key) {
      reasons.append("\(key) is \(got[key] ?? .null), not \(want[key] ?? .null)")
    }
  }
  let touch = expect["touch"] ?? .bool(true)
  if result["touch"] ?? .bool(true) != touch { reasons.append("touch is not \(touch)") }
  return reasons
}

/// Any JSON.
indirect enum JSON: Decodable, Hashable, Sendable, CustomStringConvertible {
  case null, bool(Bool), number(Double), string(String), list([JSON])
  case object([String: JSON])

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
    init(stringValue: String) { self.stringValue = stringValue }
  }

  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: Key.self) {
      var members: [String: JSON] = [:]
      for key in object.allKeys {
        members[key.stringValue] = try object.decode(JSON.self, forKey: key)
      }
      self = .object(members)
      return
    }
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else {
      self = .list(try value.decode([JSON].self))
    }
  }

  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  var elements: [JSON] {
    guard case .list(let elements) = self else { return [] }
    return elements
  }

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .number(let number): "\(number)"
    case .string(let text): "“\(text.prefix(80))”"
    case .list(let elements): "\(elements)"
    case .object(let members): "\(members)"
    }
  }

  /// Equal but for members that are null.
  func isSame(as other: JSON?) -> Bool {
    switch (self, other ?? .null) {
    case (.object(let a), .object(let b)):
      Set(a.keys).union(b.keys).allSatisfy { (a[$0] ?? .null).isSame(as: b[$0]) }
    case (.list(let a), .list(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (let a, let b): a == b
    }
  }

  fileprivate func isAlike(_ other: JSON?, _ key: String) -> Bool {
    switch (key, self, other ?? .null) {
    case ("satisfaction", .number(let a), .number(let b)): abs(a - b) <= 1e-9
    case ("traits", .object(let a), .object(let b)):
      Set(a.keys) == Set(b.keys) && isSame(as: other)
    case ("identifiers", .object(let a), .object(let b)):
      a.keys == b.keys
        && a.allSatisfy { Set($1.elements) == Set((b[$0] ?? .null).elements) }
    default: isSame(as: other)
    }
  }
}
