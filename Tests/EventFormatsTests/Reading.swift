import EventFormats
import JourneyModel
import Testing

/// Headers as a list of texts.
struct ListedHeaders: RecordHeaders {
  private let memory: [(UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>?)]

  /// The bytes are never freed: a test's process is short.
  init(_ headers: [(String, String?)]) {
    memory = headers.map { (lent(Array($0.0.utf8)), $0.1.map { lent(Array($0.utf8)) }) }
  }

  func forEach(
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>?) -> Void
  ) {
    for (name, value) in memory { body(name, value) }
  }
}

func lent(_ bytes: [UInt8]) -> UnsafeBufferPointer<UInt8> {
  let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
  _ = copy.initialize(from: bytes)
  return UnsafeBufferPointer(copy)
}

/// A source's reader and what it read last.
struct Bench {
  let names = NameTable()
  let reader: RecordReader
  var interaction = Interaction()

  init(
    _ source: SourcePlan = SourcePlan(name: "s", topic: .named("in.s")), attributes: [String] = [],
    _ change: (inout Plan) -> Void = { _ in }
  ) throws {
    var plan = Plan()
    change(&plan)
    reader = try RecordReader(source, of: plan, attributes: attributes, names: names)
  }

  mutating func read(
    _ text: String, bounds: TimeBounds = .any, headers: [(String, String?)] = []
  ) -> Reading {
    read(Array(text.utf8), bounds: bounds, headers: headers)
  }

  mutating func read(
    _ bytes: [UInt8], bounds: TimeBounds = .any, headers: [(String, String?)] = []
  ) -> Reading {
    bytes.withUnsafeBufferPointer {
      let record = InputRecord(
        value: $0, topic: "in.s", headers: headers.isEmpty ? nil : ListedHeaders(headers))
      return reader.read(record, bounds: bounds, into: &interaction)
    }
  }

  /// The code of a rejection; nil for anything else.
  mutating func code(_ text: String, bounds: TimeBounds = .any) -> RejectCode? {
    guard case .rejected(let rejection) = read(text, bounds: bounds) else { return nil }
    return rejection.code
  }

  func identifiers() -> [String] {
    interaction.identifiers.map { "\($0.type.rawValue)=\(interaction.text($0.value))" }
  }

  func attributes() -> [String: String] {
    var out: [String: String] = [:]
    for attribute in interaction.attributes {
      out[names.text(attribute.name)] = interaction.text(attribute.text)
    }
    return out
  }
}
