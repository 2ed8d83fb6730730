package import JourneyModel

/// What plain scalars mean in YAML 1.2's core schema: `off` and `21:00` are text.
package enum CoreSchema {
  package static func isNull(_ text: String) -> Bool {
    ["", "~", "null", "Null", "NULL"].contains(text)
  }

  package static func bool(_ text: String) -> Bool? {
    switch text {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  /// A whole number in decimal, `0o` octal or `0x` hexadecimal form; nil also beyond `Int`.
  package static func whole(_ text: String) -> Int? {
    if text.hasPrefix("0o") { return unsigned(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return unsigned(text.dropFirst(2), radix: 16) }
    let digits = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text)
  }

  /// A number; `.inf` and `.nan` are not numbers to us.
  package static func number(_ text: String) -> Double? {
    if text.hasPrefix("0o") || text.hasPrefix("0x") { return whole(text).map(Double.init) }
    guard isDecimal(text), let value = Double(decimalForm(text)), value.isFinite else { return nil }
    return value
  }

  package static func value(_ text: String) -> JSONValue {
    if isNull(text) { return .null }
    if let flag = bool(text) { return .bool(flag) }
    guard let number = number(text) else { return .string(text) }
    if abs(number) >= 9_007_199_254_740_992, isWholeText(text) {
      let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
      return .digits(withoutLeadingZeros(digits))
    }
    return .number(number)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  private static func unsigned(_ digits: Substring, radix: Int) -> Int? {
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-")
    else { return nil }
    return Int(digits, radix: radix)
  }

  private static func isWholeText(_ text: String) -> Bool {
    let digits = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.utf8.allSatisfy(isDigit)
  }

  private static func withoutLeadingZeros(_ text: String) -> String {
    let negative = text.hasPrefix("-")
    let digits = (negative ? text.dropFirst() : text[...]).drop { $0 == "0" }
    return (negative ? "-" : "") + (digits.isEmpty ? "0" : String(digits))
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isDecimal(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func sign() {
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    }
    func digits() -> Int {
      let before = rest.count
      rest = rest.drop(while: isDigit)
      return before - rest.count
    }
    sign()
    var count = digits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      count += digits()
    }
    guard count > 0 else { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      sign()
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  /// Swift reads neither `.5` nor `5.`.
  private static func decimalForm(_ text: String) -> String {
    var sign = ""
    var body = text[...]
    if body.hasPrefix("-") || body.hasPrefix("+") { sign = String(body.removeFirst()) }
    let exponentAt = body.firstIndex { $0 == "e" || $0 == "E" } ?? body.endIndex
    var mantissa = String(body[..<exponentAt])
    if mantissa.hasPrefix(".") { mantissa = "0" + mantissa }
    if mantissa.hasSuffix(".") { mantissa += "0" }
    return sign + mantissa + body[exponentAt...]
  }
}
