internal import JourneyModel

extension Draft {
  /// Takes the fields of spec 1.1 from an object; others are left where they are.
  mutating func takeNative(_ object: JSONRef) {
    for (key, value) in object.members {
      switch key.count {
      case 2 where key.isSame(as: "id"): id = value
      case 4 where key.isSame(as: "time"): time = .text(value)
      case 5 where key.isSame(as: "erase"): erase = value
      case 6 where key.isSame(as: "traits"): traits.take(value)
      case 7 where key.isSame(as: "channel"): channel = value
      case 7 where key.isSame(as: "consent"): consent = value
      case 10 where key.isSame(as: "touchpoint"): touchpoint = value
      case 10 where key.isSame(as: "attributes"): attributes.take(value)
      case 10 where key.isSame(as: "suggestion"): suggestion = value
      case 11 where key.isSame(as: "identifiers"): identifiers.take(value)
      case 12 where key.isSame(as: "satisfaction"): satisfaction = value
      default: continue
      }
    }
  }

  /// Takes the trace that the record's headers bring.
  mutating func takeTrace(_ headers: any RecordHeaders) {
    headers.forEach { name, value in
      guard let value, name.count == 11 || name.count == 10 else { return }
      if name.isSameIgnoringCase(as: "traceparent") { traceparent = .header(value) }
      if name.isSameIgnoringCase(as: "tracestate") { tracestate = .header(value) }
    }
  }
}

extension JSONRef {
  /// A header's value as a text; unfit where it is no UTF-8.
  static func header(_ value: UnsafeBufferPointer<UInt8>) -> JSONRef {
    value.isUTF8 ? JSONRef(.string, value) : .unfit
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are the same but for the case of ASCII letters; `other` is in lower case.
  func isSameIgnoringCase(as other: StaticString) -> Bool {
    let other = other.bytes
    guard count == other.count else { return false }
    for i in 0..<count where self[i].asciiLowercased != other[i] { return false }
    return true
  }
}
