extension JSONRef {
  /// Appends the value as JSON without blanks, strings escaped no more than needed, numbers as sent.
  func appendCompact(to out: inout [UInt8]) {
    switch kind {
    case .absent, .unfit, .null: out.append(contentsOf: "null".utf8)
    case .false, .true, .integer, .real: out.append(contentsOf: text)
    case .string: appendQuoted(text, to: &out)
    case .list:
      out.append(UInt8(ascii: "["))
      var isFirst = true
      for (_, element) in elements {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        element.appendCompact(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object:
      out.append(UInt8(ascii: "{"))
      var isFirst = true
      for (key, value) in members {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        appendQuoted(key, to: &out)
        out.append(UInt8(ascii: ":"))
        value.appendCompact(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }
}

/// Appends a JSON string.
func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
  out.append(UInt8(ascii: "\""))
  for byte in text {
    switch byte {
    case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
    case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
    case 0x08: out.append(contentsOf: "\\b".utf8)
    case 0x09: out.append(contentsOf: "\\t".utf8)
    case 0x0A: out.append(contentsOf: "\\n".utf8)
    case 0x0C: out.append(contentsOf: "\\f".utf8)
    case 0x0D: out.append(contentsOf: "\\r".utf8)
    case 0..<0x20:
      out.append(contentsOf: byte < 16 ? "\\u000".utf8 : "\\u001".utf8)
      out.append(contentsOf: String(byte & 15, radix: 16).utf8)
    default: out.append(byte)
    }
  }
  out.append(UInt8(ascii: "\""))
}
