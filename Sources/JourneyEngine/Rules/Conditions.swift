import JourneyModel

/// A comparison with its operand ready to be compared.
struct CompiledComparison {
  let op: Comparison.Operator
  let operand: JSONValue
  let operandBytes: [UInt8]
  let operandNumber: Double

  init(_ comparison: Comparison) {
    op = comparison.operator
    operand = comparison.operand
    if case .string(let text) = operand {
      operandBytes = Array(text.utf8)
    } else {
      operandBytes = []
    }
    operandNumber = operand.number ?? .nan
  }
}

extension JSONValue {
  /// Its value as a double, of a number only.
  var number: Double? {
    switch self {
    case .number(let value): value
    case .digits(let text): Double(text)
    case .null, .bool, .string, .list, .object: nil
    }
  }

  /// Equality of conditions: by value, numbers as numbers; lists and objects equal nothing.
  func equalsScalar(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.bool(let a), .bool(let b)): a == b
    default: if let a = number, let b = other.number { a == b } else { false }
    }
  }
}

/// A value as the history keeps it: its kind, its text and, of a number or a bool, its number.
struct ValueView {
  let kind: ValueKind
  let number: Double
  let text: UnsafeBufferPointer<UInt8>

  var json: JSONValue {
    switch kind {
    case .null: .null
    case .bool: .bool(number != 0)
    case .string: .string(String(decoding: text, as: UTF8.self))
    // An element of a list has no text of its own.
    case .number: text.isEmpty ? .number(number) : JSONValue(parsing: text) ?? .null
    case .list, .object: JSONValue(parsing: text) ?? .null
    }
  }

  func sameValue(as other: ValueView) -> Bool {
    guard kind == other.kind, kind != .null else { return false }
    switch kind {
    case .null: return false
    case .number, .bool: return number == other.number
    case .string, .list, .object: return text.elementsEqual(other.text)
    }
  }
}

extension CompiledComparison {
  /// Whether a value that is there, or nil for one that is missing, fits.
  func fits(_ value: ValueView?) -> Bool {
    guard let value, value.kind != .null else { return fitsMissing }
    switch op {
    case .exists: return operand == .bool(true)
    case .not: return !anyElement(of: value, { equals($0) })
    case .equals: return anyElement(of: value, { equals($0) })
    case .in:
      guard case .list(let options) = operand else { return false }
      return anyElement(of: value) { element in
        let json = element.json
        return options.contains { $0.equalsScalar(json) }
      }
    case .above:
      return anyElement(of: value) {
        ordered($0, { $0 > $1 }, { $1.lexicographicallyPrecedes($0) })
      }
    case .atLeast:
      return anyElement(of: value) {
        ordered($0, { $0 >= $1 }, { !$0.lexicographicallyPrecedes($1) })
      }
    case .below:
      return anyElement(of: value) {
        ordered($0, { $0 < $1 }, { $0.lexicographicallyPrecedes($1) })
      }
    case .atMost:
      return anyElement(of: value) {
        ordered($0, { $0 <= $1 }, { !$1.lexicographicallyPrecedes($0) })
      }
    case .contains: return anyElement(of: value) { contains($0, inList: value.kind == .list) }
    case .startsWith:
      return anyElement(of: value) { element in
        guard case .string = operand, element.kind == .string else { return false }
        return element.text.starts(with: operandBytes)
      }
    }
  }

  private var fitsMissing: Bool {
    switch op {
    case .exists: operand == .bool(false)
    case .not: true
    case .equals, .in, .above, .atLeast, .below, .atMost, .contains, .startsWith: false
    }
  }

  private func anyElement(of value: ValueView, _ body: (ValueView) -> Bool) -> Bool {
    guard value.kind == .list else { return body(value) }
    guard case .list(let elements)? = JSONValue(parsing: value.text) else { return false }
    return elements.contains { $0.withView(body) }
  }

  private func equals(_ value: ValueView) -> Bool {
    switch operand {
    case .string: value.kind == .string && value.text.elementsEqual(operandBytes)
    case .number, .digits: value.kind == .number && value.number == operandNumber
    case .bool(let flag): value.kind == .bool && (value.number != 0) == flag
    case .null, .list, .object: false
    }
  }

  private func ordered(
    _ value: ValueView, _ numbers: (Double, Double) -> Bool,
    _ texts: (UnsafeBufferPointer<UInt8>, [UInt8]) -> Bool
  ) -> Bool {
    switch operand {
    case .number, .digits: value.kind == .number && numbers(value.number, operandNumber)
    case .string: value.kind == .string && texts(value.text, operandBytes)
    case .null, .bool, .list, .object: false
    }
  }

  private func contains(_ value: ValueView, inList: Bool) -> Bool {
    if case .string = operand, value.kind == .string {
      return value.text.contains(subsequence: operandBytes)
    }
    return inList && equals(value)
  }
}

extension JSONValue {
  /// Lends the value in the form that the history keeps.
  func withView<R>(_ body: (ValueView) -> R) -> R {
    switch self {
    case .null:
      return body(
        ValueView(kind: .null, number: 0, text: UnsafeBufferPointer(start: nil, count: 0)))
    case .bool(let flag):
      return body(
        ValueView(
          kind: .bool, number: flag ? 1 : 0, text: UnsafeBufferPointer(start: nil, count: 0)))
    case .number, .digits:
      return body(
        ValueView(
          kind: .number, number: number ?? 0, text: UnsafeBufferPointer(start: nil, count: 0)))
    case .string(var text):
      return text.withUTF8 { body(ValueView(kind: .string, number: 0, text: $0)) }
    case .list, .object:
      var writer = JSONWriter()
      writer.value(self)
      let kind: ValueKind = if case .list = self { .list } else { .object }
      return writer.bytes.withUnsafeBufferPointer {
        body(ValueView(kind: kind, number: 0, text: $0))
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  func contains(subsequence part: [UInt8]) -> Bool {
    guard part.count <= count else { return false }
    return (0...(count - part.count)).contains { start in
      part.indices.allSatisfy { self[start + $0] == part[$0] }
    }
  }
}
