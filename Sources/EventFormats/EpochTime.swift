internal import JourneyModel

extension Moment {
  /// Reads a JSON number of milliseconds since 1970, or of seconds with three digits more; the rest is cut off.
  ///
  /// Worked out on the digits, since 1767600753.120 s in a double is a millisecond short. Nil where the text is
  /// no number, or outside the years 0 to 9999.
  init?(epoch text: UnsafeBufferPointer<UInt8>, millisecondsDigits: Int) {
    guard text.isJSONNumber else { return nil }
    let isNegative = text.first == UInt8(ascii: "-")
    var position = isNegative ? 1 : 0
    var digits = 0
    var value: Int64 = 0
    var exponent = Moment.exponent(of: text) + millisecondsDigits
    var isPast = false
    while position < text.count {
      let byte = text[position]
      position += 1
      if byte == UInt8(ascii: ".") {
        isPast = true
        continue
      }
      guard byte &- 48 < 10 else { break }
      if isPast { exponent -= 1 }
      if digits < 18 {
        value = value * 10 + Int64(byte - 48)
        if value > 0 { digits += 1 }
      } else {
        exponent += 1
      }
    }
    while exponent < 0, value > 0 {
      value /= 10
      exponent += 1
    }
    while exponent > 0, value > 0 {
      guard value < 1 << 58 else { return nil }
      value *= 10
      exponent -= 1
    }
    let moment = Moment(isNegative ? -value : value)
    guard moment >= Moment(-62_167_219_200_000), moment <= Moment(253_402_300_799_999) else {
      return nil
    }
    self = moment
  }

  /// The power of ten that a number is written with, held within ±1,000.
  private static func exponent(of text: UnsafeBufferPointer<UInt8>) -> Int {
    guard let e = text.firstIndex(where: { $0 | 32 == UInt8(ascii: "e") }) else { return 0 }
    var value = 0
    var isNegative = false
    for byte in text[(e + 1)...] {
      if byte == UInt8(ascii: "-") { isNegative = true }
      if byte &- 48 < 10 { value = Swift.min(value * 10 + Int(byte - 48), 1000) }
    }
    return isNegative ? -value : value
  }
}
