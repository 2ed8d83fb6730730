@_spi(_Unicode) import Swift

/// A name in snake case, `Mortgage Calculator Used` as `mortgage_calculator_used`.
///
/// Words are runs of letters and digits; a new one also begins at a capital after a small letter or digit, and at
/// the last capital before a small letter. Diacritics go.
func snakeCase(
  _ name: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch
) -> UnsafeBufferPointer<UInt8> {
  guard name.isASCII else {
    return name.text.withoutDiacritics.withUnsafeBufferPointer { plain in
      writeSnakeCase(plain, into: scratch.room(plain.count * 2))
    }
  }
  return writeSnakeCase(name, into: scratch.room(name.count * 2))
}

private func writeSnakeCase(
  _ name: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>
) -> UnsafeBufferPointer<UInt8> {
  var count = 0
  var previous = LetterCase.none
  for (index, byte) in name.enumerated() {
    let this = LetterCase(byte)
    if this != .none {
      let next = index + 1 < name.count ? LetterCase(name[index + 1]) : .none
      let begins =
        this == .capital
        && (previous == .small || previous == .digit || (previous == .capital && next == .small))
      if count > 0, previous == .none || begins {
        out[count] = UInt8(ascii: "_")
        count += 1
      }
      out[count] = byte.asciiLowercased
      count += 1
    }
    previous = this
  }
  return UnsafeBufferPointer(rebasing: out[..<count])
}

private enum LetterCase {
  case none, small, capital, digit

  /// Letters of other scripts count as small: such a name is no touchpoint in the end.
  init(_ byte: UInt8) {
    if byte &- 97 < 26 || byte >= 0x80 {
      self = .small
    } else if byte &- 65 < 26 {
      self = .capital
    } else {
      self = byte &- 48 < 10 ? .digit : .none
    }
  }
}

extension String {
  /// Letters decomposed and their marks left out; other letters of the Latin script as they are mostly spelled
  /// without; what is neither letter nor digit as a blank.
  fileprivate var withoutDiacritics: [UInt8] {
    var out: [UInt8] = []
    for scalar in _nfd {
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: continue
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber:
        out.append(contentsOf: (spelled[scalar] ?? String(scalar)).utf8)
      default: out.append(scalar.isASCII ? UInt8(scalar.value) : UInt8(ascii: " "))
      }
    }
    return out
  }
}

private let spelled: [Unicode.Scalar: String] = [
  "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H",
  "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D",
]
