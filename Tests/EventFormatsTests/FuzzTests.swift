import CSimdJSON
import EventFormats
import Foundation
import JourneyModel
import Testing

/// SplitMix64: the same seed gives the same run.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

private func seeds(_ what: String) -> Seeded {
  let seed =
    ProcessInfo.processInfo.environment["JOURNEYD_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 1...UInt64.max)
  print("\(what): JOURNEYD_SEED=\(seed)")
  return Seeded(state: seed)
}

private let pieces: [String] = [
  "null", "true", "{}", "[]", "\"\"", "1e400", "-0", "9007199254740993", "1.5", "\\ud83d",
  "\\u0000",
  "\u{FEFF}", "\"id\":", "\"time\":", "\"channel\":\"web\"", ",", ":", "{", "}", "[", "]", "\"",
  "\\",
  "\"a\":1,\"a\":2", "é", "😀", " ", "\n", String(repeating: "[", count: 70), "granted", "*",
]

/// Changes a few bytes, cuts, doubles or puts pieces in.
private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...20, using: &random))
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.removeSubrange(place..<end)
    case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
    case 3: bytes.removeSubrange(place...)
    case 4:
      let other = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
      bytes.insert(contentsOf: Array(bytes[place..<end]), at: other)
    default: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: place)
    }
  }
}

@Test func `whatever a record is made of, it is read, left out or named by a code`() throws {
  var random = seeds("fuzz of the formats")
  var readers: [String: (RecordReader, [Case])] = [:]
  for one in Case.all where one.sample == nil && one.pad == nil {
    let key = "\(one.config ?? "config.yaml") \(one.source)"
    if readers[key] == nil {
      let plan = try #require(try one.plan())
      let source = try #require(plan.sources.first { $0.name == one.source })
      let reader = try RecordReader(
        source, of: plan, attributes: ["amount", "offer.rate", "total"], names: NameTable())
      readers[key] = (reader, [])
    }
    readers[key]?.1.append(one)
  }
  let groups = readers.sorted { $0.key < $1.key }.map(\.value)
  let until = ContinuousClock.now + .seconds(5)
  var interaction = Interaction()
  var tally: [String: Int] = [:]
  while ContinuousClock.now < until {
    guard let (reader, cases) = groups.randomElement(using: &random),
      let one = cases.randomElement(using: &random)
    else { continue }
    var bytes = Array(one.file.dropLast())
    mutate(&bytes, &random)
    let headers = LentMap((one.headers ?? [:]).filter { _ in Bool.random(using: &random) })
    let reading = bytes.withUnsafeBufferPointer {
      let record = InputRecord(
        value: $0, timestamp: Moment(1_767_600_753_120), topic: "t", headers: headers)
      return reader.read(record, bounds: .any, into: &interaction)
    }
    switch reading {
    case .read:
      tally["read", default: 0] += 1
      #expect(interaction.isSound, "\(String(decoding: bytes, as: UTF8.self))")
    case .skipped: tally["skipped", default: 0] += 1
    case .rejected(let rejection): tally[rejection.code.rawValue, default: 0] += 1
    }
  }
  #expect(tally["read", default: 0] > 100 && tally["not-json", default: 0] > 100)
}

@Test func `our second stage takes what simdjson's own takes`() throws {
  var random = seeds("fuzz of the parser")
  let texts = Case.all.filter { $0.sample == nil && $0.pad == nil }.map {
    Array($0.file.dropLast())
  }
  .filter { $0.count < 4_000 }
  let parser = json_parser_new(1 << 20, 1024)
  defer { json_parser_free(parser) }
  let until = ContinuousClock.now + .seconds(3)
  var taken = 0
  while ContinuousClock.now < until {
    var bytes = texts.randomElement(using: &random) ?? []
    mutate(&bytes, &random)
    var view = json_view()
    let ours = json_parse(parser, bytes, bytes.count, &view)
    // A byte order mark is skipped by ours alone.
    let bare = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    let theirs = json_reference(bare, bare.count)
    let text = String(decoding: bytes, as: UTF8.self)
    if ours == JSON_OK || ours == JSON_DUPLICATE_KEY {
      taken += 1
      // Whole numbers beyond 64 bits are no error with us.
      #expect(theirs || text.contains(/\d{19}/), "\(text)")
    } else {
      // A low surrogate on its own is no error with them.
      #expect(!theirs || text.contains(/\\u[dD][cdefCDEF]/), "\(text)")
    }
  }
  #expect(taken > 100)
}

private struct LentMap: RecordHeaders {
  let headers: [(UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>)]

  /// Texts are lent once each: cases have few.
  init(_ headers: [String: String]) {
    self.headers = headers.map { (LentMap.lend($0), LentMap.lend($1)) }
  }

  func forEach(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>?) -> Void) {
    for (name, value) in headers { body(name, value) }
  }

  nonisolated(unsafe) private static var known: [String: UnsafeBufferPointer<UInt8>] = [:]

  private static func lend(_ text: String) -> UnsafeBufferPointer<UInt8> {
    if let bytes = known[text] { return bytes }
    let bytes = lent(Array(text.utf8))
    known[text] = bytes
    return bytes
  }
}

extension Interaction {
  /// Whether it keeps what its comments promise.
  fileprivate var isSound: Bool {
    let texts = identifiers.map { text($0.value) }
    let ordered = zip(identifiers, identifiers.dropFirst()).allSatisfy { a, b in
      a.type < b.type
        || (a.type == b.type
          && bytes[a.value.range].lexicographicallyPrecedes(bytes[b.value.range]))
    }
    return (1...256).contains(id.count) && !identifiers.isEmpty && ordered
      && texts.allSatisfy { !$0.isEmpty } && (satisfaction.map { (-1...1).contains($0) } ?? true)
      && attributes.allSatisfy { $0.text.count <= 1024 && $0.kind != .null }
      && traits.allSatisfy { $0.text.count <= 1024 }
      && String(validating: bytes, as: UTF8.self) != nil
  }
}
