import JourneyModel

/// Writes fields as the members of a JSON object.
struct FieldWriter: StateFields {
  private(set) var out: JSONWriter
  private unowned let scribe: StateScribe

  init(_ scribe: StateScribe, reserving capacity: Int = 1024) {
    out = JSONWriter(reserving: capacity)
    self.scribe = scribe
  }

  /// The line of a value.
  mutating func line<T: Described>(_ value: T) throws(LineProblem) -> [UInt8] {
    var value = value
    out.removeAll()
    try object(&value)
    return out.bytes
  }

  mutating func begin() {
    out.removeAll()
    out.begin("{")
  }

  mutating func end() -> [UInt8] {
    out.end("}")
    return out.bytes
  }

  private mutating func object<T: Described>(_ value: inout T) throws(LineProblem) {
    out.begin("{")
    try value.describe(&self)
    out.end("}")
  }

  /// Bytes that are no text stand under another name, as hex digits.
  mutating func text(_ name: String, _ value: inout [UInt8]) {
    guard String(validating: value, as: UTF8.self) != nil else {
      return out.member(name + "_bytes", hexText(value))
    }
    out.key(name)
    out.string(value)
  }

  mutating func moment(_ name: String, _ value: inout Moment) {
    out.key(name)
    // Beyond what RFC 3339 can say: milliseconds.
    if (Moment.first...Moment.last).contains(value) {
      out.moment(value)
    } else {
      out.raw(String(value.milliseconds))
    }
  }

  mutating func moment(_ name: String, _ value: inout Moment, none: Moment) {
    if value != none { moment(name, &value) }
  }

  mutating func name(_ name: String, _ value: inout NameID) {
    out.member(name, scribe.names.text(value))
  }

  mutating func whole(_ name: String, _ value: inout Int) { out.member(name, value) }

  mutating func number(_ name: String, _ value: inout Double) {
    if value.isFinite { out.member(name, value) }
  }

  mutating func flag(_ name: String, _ value: inout Bool) {
    if value { out.member(name, true) }
  }

  mutating func word<T: Equatable>(_ name: String, _ value: inout T?, _ words: [(T, String)]) {
    if let found = words.first(where: { $0.0 == value }) { out.member(name, found.1) }
  }

  mutating func id(_ name: String, _ prefix: String, _ value: inout UInt64?) {
    if let value { out.member(name, prefix + hex(value)) }
  }

  mutating func stem(_ name: String, _ value: inout StemRef) throws(LineProblem) {
    switch try scribe.told(value) {
    case .identifier(let text): out.member(name, text)
    case .bundle(var bundle):
      out.key(name)
      try object(&bundle)
    }
  }

  mutating func sent(_ name: String, _ value: inout SentValue?) {
    guard let (shown, asSent) = value?.shown else { return }
    out.key(name)
    out.value(shown)
    if var asSent { text(name + "_as_sent", &asSent) }
  }

  mutating func attributes(_ name: String, _ value: inout [UInt8]) {
    guard !value.isEmpty else { return }
    var asSent: [(NameID, [UInt8])] = []
    out.key(name)
    out.begin("{")
    AttributeBytes.forEach(value) { attribute, sent in
      let (shown, text) = sent.shown
      out.key(scribe.names.text(attribute))
      out.value(shown)
      if let text { asSent.append((attribute, text)) }
    }
    out.end("}")
    guard !asSent.isEmpty else { return }
    out.key(name + "_as_sent")
    out.begin("{")
    for (attribute, bytes) in asSent {
      var bytes = bytes
      text(scribe.names.text(attribute), &bytes)
    }
    out.end("}")
  }

  mutating func part<T: Described>(_ name: String, _ value: inout T?) throws(LineProblem) {
    guard var part = value else { return }
    out.key(name)
    try object(&part)
  }

  mutating func texts(_ name: String, _ value: inout [String?]) {
    guard !value.isEmpty else { return }
    out.key(name)
    out.begin("[")
    for text in value { if let text { out.string(text) } else { out.null() } }
    out.end("]")
  }

  mutating func list<T: Described>(_ name: String, _ value: inout [T]) throws(LineProblem) {
    guard !value.isEmpty else { return }
    out.key(name)
    out.begin("[")
    for index in value.indices { try object(&value[index]) }
    out.end("]")
  }

  mutating func shown(_ name: String, _ value: @autoclosure () -> String?) {
    if let value = value() { out.member(name, value) }
  }
}

extension Moment {
  /// The bounds of what RFC 3339 can say.
  static let first = Moment(-62_167_219_200_000)
  static let last = Moment(253_402_300_799_999)
}

extension AttributeBytes {
  /// Lends each attribute, in the order kept.
  static func forEach(_ bytes: [UInt8], _ body: (NameID, SentValue) -> Void) {
    var position = 0
    while position + headBytes <= bytes.count {
      func number(_ from: Int, _ count: Int) -> UInt64 {
        (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(bytes[position + from + $1]) }
      }
      let start = position + headBytes
      let end = min(bytes.count, start + Int(number(3, 4)))
      body(
        NameID(UInt16(number(0, 2))),
        SentValue(
          kind: ValueKind(rawValue: bytes[position + 2]) ?? .null,
          number: Double(bitPattern: number(7, 8)), text: Array(bytes[start..<end])))
      position = end
    }
  }

  static func append(_ name: NameID, _ value: SentValue, to out: inout [UInt8]) {
    withUnsafeBytes(of: name.rawValue.littleEndian) { out.append(contentsOf: $0) }
    out.append(value.kind.rawValue)
    withUnsafeBytes(of: UInt32(value.text.count).littleEndian) { out.append(contentsOf: $0) }
    withUnsafeBytes(of: value.number.bitPattern.littleEndian) { out.append(contentsOf: $0) }
    out.append(contentsOf: value.text)
  }
}
