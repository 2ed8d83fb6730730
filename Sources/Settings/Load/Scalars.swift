package import JourneyModel

/// Reading of the scalars that YAML does not know: durations, sizes, shares, times of day.
package enum Scalars {
  package enum Fault: Error { case form, unit, tooLarge }

  /// `90s`, `1d12h`: whole numbers, each with a unit, added up.
  package static func duration(_ text: String) -> Result<TimeSpan, Fault> {
    var rest = text.utf8[...]
    var total: Int64 = 0
    guard !rest.isEmpty else { return .failure(.form) }
    while !rest.isEmpty {
      let digits = rest.prefix { $0 &- 48 < 10 }
      guard !digits.isEmpty else { return .failure(.form) }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { !($0 &- 48 < 10) }
      rest = rest.dropFirst(unit.count)
      guard let factor = milliseconds(of: String(decoding: unit, as: UTF8.self)) else {
        return .failure(.unit)
      }
      guard let count = Int64(String(decoding: digits, as: UTF8.self)) else {
        return .failure(.tooLarge)
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      let (sum, overflow2) = total.addingReportingOverflow(product)
      guard !overflow, !overflow2 else { return .failure(.tooLarge) }
      total = sum
    }
    return .success(TimeSpan(total))
  }

  private static func milliseconds(of unit: String) -> Int64? {
    switch unit {
    case "ms": 1
    case "s": 1000
    case "m": 60_000
    case "h": 3_600_000
    case "d": 86_400_000
    case "w": 604_800_000
    default: nil
    }
  }

  /// `64KiB`, `1GiB`, or bytes as `512B`.
  package static func size(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int64(digits) else { return nil }
    let shift: Int64
    switch text.dropFirst(digits.count) {
    case "B": shift = 0
    case "KiB": shift = 10
    case "MiB": shift = 20
    case "GiB": shift = 30
    case "TiB": shift = 40
    default: return nil
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : bytes
  }

  /// `5%` or `0.05`; nil where it is neither.
  package static func share(_ text: String) -> Double? {
    guard text.hasSuffix("%") else { return CoreSchema.number(text) }
    return CoreSchema.number(String(text.dropLast())).map { $0 / 100 }
  }

  /// Minutes since midnight of `HH:MM`, up to 24:00.
  package static func clock(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
    let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0) - 48 }
    guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
    let minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3]
    guard digits[2] < 6, minutes <= 1440 else { return nil }
    return minutes
  }

  /// As a duration is written: `1d12h`.
  package static func text(_ span: TimeSpan) -> String {
    var rest = span.milliseconds.magnitude
    guard rest > 0 else { return "0s" }
    var out = span.milliseconds < 0 ? "-" : ""
    for (unit, size) in [
      ("d", UInt64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ] where rest >= size {
      out += "\(rest / size)\(unit)"
      rest %= size
    }
    return out
  }
}
