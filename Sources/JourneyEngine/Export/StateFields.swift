import JourneyModel

/// What is wrong with a line of an export, in words that name the field.
package struct LineProblem: Error, Equatable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// The fields of a value, one after another: the same list of them writes a line and reads it.
///
/// What is not known is left out, in place of null.
protocol StateFields {
  mutating func text(_ name: String, _ value: inout [UInt8]) throws(LineProblem)
  mutating func moment(_ name: String, _ value: inout Moment) throws(LineProblem)
  /// One that may be missing: then it is `none`.
  mutating func moment(_ name: String, _ value: inout Moment, none: Moment) throws(LineProblem)
  mutating func name(_ name: String, _ value: inout NameID) throws(LineProblem)
  mutating func whole(_ name: String, _ value: inout Int) throws(LineProblem)
  /// One that is no number is left out.
  mutating func number(_ name: String, _ value: inout Double) throws(LineProblem)
  /// False is left out.
  mutating func flag(_ name: String, _ value: inout Bool) throws(LineProblem)
  /// One of a few words; nil is left out.
  mutating func word<T: Equatable>(
    _ name: String, _ value: inout T?, _ words: [(T, String)]
  ) throws(LineProblem)
  /// Sixteen hex digits behind a prefix; nil is left out.
  mutating func id(_ name: String, _ prefix: String, _ value: inout UInt64?) throws(LineProblem)
  /// The strongest identifier that something came with.
  mutating func stem(_ name: String, _ value: inout StemRef) throws(LineProblem)
  /// A JSON value as an interaction brought it; of no kind it is left out.
  mutating func sent(_ name: String, _ value: inout SentValue?) throws(LineProblem)
  /// Attributes of a touch, as ``AttributeBytes`` keeps them.
  mutating func attributes(_ name: String, _ value: inout [UInt8]) throws(LineProblem)
  /// An object within; nil is left out.
  mutating func part<T: Described>(_ name: String, _ value: inout T?) throws(LineProblem)
  /// None is left out.
  mutating func list<T: Described>(_ name: String, _ value: inout [T]) throws(LineProblem)
  /// A list of texts, some of them unknown; none is left out.
  mutating func texts(_ name: String, _ value: inout [String?]) throws(LineProblem)
  /// What follows from the rest, for people: written, and not read.
  mutating func shown(_ name: String, _ value: @autoclosure () -> String?)
}

/// A value with fields.
protocol Described {
  /// With nothing in it yet.
  static var blank: Self { get }
  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem)
}

/// A JSON value as the history keeps it: a string's own bytes, of anything else its text as it was sent.
struct SentValue: Equatable {
  var kind: ValueKind
  var number: Double
  var text: [UInt8]

  /// As the value alone would be kept; a number in its shortest form.
  init(_ value: JSONValue) {
    var writer = JSONWriter(reserving: 32)
    writer.value(value)
    (text, number) = (writer.bytes, 0)
    switch value {
    case .null: (kind, text) = (.null, [])
    case .bool(let flag): (kind, number) = (.bool, flag ? 1 : 0)
    case .number(let value): (kind, number) = (.number, value)
    case .digits(let digits): (kind, number) = (.number, Double(digits) ?? 0)
    case .string(let string): (kind, text) = (.string, Array(string.utf8))
    case .list: kind = .list
    case .object: kind = .object
    }
  }

  init(kind: ValueKind, number: Double, text: [UInt8]) {
    (self.kind, self.number, self.text) = (kind, number, text)
  }

  /// The value, and where it does not say all the text as it was sent.
  var shown: (value: JSONValue, asSent: [UInt8]?) {
    let value: JSONValue =
      switch kind {
      case .null: .null
      case .bool: .bool(number != 0)
      case .number: .number(number)
      case .string: .string(String(decoding: text, as: UTF8.self))
      case .list, .object: JSONValue(parsing: text) ?? .null
      }
    return (value, SentValue(value) == self ? nil : text)
  }

  /// What the key of a journey or of an issue is compared by (``Customer/keyBytes(_:of:)``).
  init?(key: [UInt8]) {
    guard let first = key.first, let kind = ValueKind(rawValue: first), kind != .null else {
      return nil
    }
    let rest = Array(key.dropFirst())
    switch Customer.keyValue(key) {
    case .null: self.init(kind: kind, number: 0, text: rest)
    case .list, .object: self.init(kind: kind, number: 0, text: rest)
    case let value: self.init(value)
    }
  }

  var key: [UInt8] {
    switch kind {
    case .null: []
    case .bool: [kind.rawValue, number == 0 ? 0 : 1]
    case .number: [kind.rawValue] + withUnsafeBytes(of: number.bitPattern.bigEndian) { Array($0) }
    case .string, .list, .object: [kind.rawValue] + text
    }
  }
}
