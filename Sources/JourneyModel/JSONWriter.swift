/// Writes JSON on one line, in the order it is told, numbers in shortest round-trip form.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init(reserving capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  package mutating func object(_ body: (inout JSONWriter) -> Void) { nested("{", "}", body) }
  package mutating func list(_ body: (inout JSONWriter) -> Void) { nested("[", "]", body) }

  package mutating func key(_ name: String) {
    separate()
    quoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }
  package mutating func member(_ name: String, _ value: Double) {
    key(name)
    number(value)
  }
  package mutating func member(_ name: String, _ value: Int) {
    key(name)
    raw(String(value))
  }
  package mutating func member(_ name: String, _ value: Bool) {
    key(name)
    raw(value ? "true" : "false")
  }
  package mutating func member(_ name: String, _ value: Moment) {
    key(name)
    moment(value)
  }

  package mutating func string(_ value: String) {
    separate()
    quoted(value)
  }
  package mutating func string(_ value: some Collection<UInt8>) {
    separate()
    quoted(value)
  }
  package mutating func moment(_ value: Moment) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    value.appendRFC3339(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }
  /// A number in shortest round-trip form, a whole one without a point; not finite: null.
  package mutating func number(_ value: Double) {
    separate()
    guard value.isFinite else { return bytes.append(contentsOf: "null".utf8) }
    if value == value.rounded(), abs(value) < 1e15 {
      let whole = String(Int64(value))
      bytes.append(contentsOf: (value.sign == .minus && value == 0 ? "-0" : whole).utf8)
    } else {
      bytes.append(contentsOf: "\(value)".utf8)
    }
  }
  package mutating func null() { raw("null") }
  /// JSON that is already written.
  package mutating func raw(_ json: String) { raw(Array(json.utf8)) }
  package mutating func raw(_ json: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
  }

  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let flag): raw(flag ? "true" : "false")
    case .number(let number): self.number(number)
    case .digits(let digits): raw(digits)
    case .string(let text): string(text)
    case .list(let values): list { for value in values { $0.value(value) } }
    case .object(let members):
      object {
        for member in members {
          $0.key(member.name)
          $0.value(member.value)
        }
      }
    }
  }

  private mutating func nested(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
  ) {
    begin(open)
    body(&self)
    end(close)
  }

  /// Opens an object or a list, to be ended with the other bracket.
  package mutating func begin(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    needsComma = false
  }

  /// Closes what ``begin(_:)`` has opened.
  package mutating func end(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func quoted(_ text: String) {
    var text = text
    text.withUTF8 { quoted($0) }
  }

  private mutating func quoted(_ text: some Collection<UInt8>) {
    if text.withContiguousStorageIfAvailable({ quoted($0) }) == nil { quoted(Array(text)) }
  }

  /// Copies what needs no escape in one go.
  private mutating func quoted(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var plain = 0
    for (index, byte) in text.enumerated()
    where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      bytes.append(contentsOf: text[plain..<index])
      appendEscaped(byte)
      plain = index + 1
    }
    bytes.append(contentsOf: text[plain...])
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
    case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
