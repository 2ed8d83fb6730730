import _StringProcessing

/// What a reader cannot be made of.
package struct PlanProblem: Error, Equatable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// The pattern of values that identify nobody, found anywhere in a value, without regard to case.
///
/// A class of ASCII characters between `^` and `$`, as the default is, is compared as bytes; any other pattern
/// runs as a regular expression, and its answers for the values seen last are kept.
final class IgnorePattern {
  private let plain: PlainClass?
  private let regex: Regex<AnyRegexOutput>
  private let cache = AnswerCache()

  init(_ pattern: String) throws(PlanProblem) {
    do {
      regex = try Regex(pattern).ignoresCase().matchingSemantics(.unicodeScalar)
    } catch {
      throw PlanProblem("“\(pattern)” is not a regular expression: \(error)")
    }
    plain = PlainClass(pattern)
  }

  func matches(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    if let plain { return plain.matches(value) }
    return cache.answer(value) { $0.firstMatch(of: regex) != nil }
  }
}

/// `^[…]*$` or `^[…]+$` of single ASCII characters.
private struct PlainClass {
  private var members: (UInt64, UInt64) = (0, 0)
  private let mayBeEmpty: Bool

  init?(_ pattern: String) {
    let bytes = Array(pattern.utf8)
    guard bytes.starts(with: Array("^[".utf8)), bytes.count > 5, bytes.last == UInt8(ascii: "$"),
      let repeats = bytes.dropLast().last, "*+".utf8.contains(repeats),
      bytes[bytes.count - 3] == UInt8(ascii: "]")
    else { return nil }
    mayBeEmpty = repeats == UInt8(ascii: "*")
    let inner = bytes[2..<(bytes.count - 3)]
    for (place, byte) in zip(inner.indices, inner) {
      // A dash at an end is itself; anything with a meaning of its own is left to the regular expression.
      let isPlain = byte < 0x80 && !"[]^\\&~".utf8.contains(byte)
      let isEdge = place == inner.startIndex || place == inner.endIndex - 1
      guard isPlain, byte != UInt8(ascii: "-") || isEdge else { return nil }
      add(byte)
      if byte.asciiLowercased != byte { add(byte.asciiLowercased) }
      if byte &- 97 < 26 { add(byte & ~32) }
    }
  }

  private mutating func add(_ byte: UInt8) {
    if byte < 64 { members.0 |= 1 << UInt64(byte) } else { members.1 |= 1 << UInt64(byte - 64) }
  }

  func matches(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard mayBeEmpty || !value.isEmpty else { return false }
    for byte in value {
      guard byte < 0x80 else { return false }
      let isMember =
        byte < 64
        ? members.0 >> UInt64(byte) & 1 != 0 : members.1 >> UInt64(byte - 64) & 1 != 0
      if !isMember { return false }
    }
    return true
  }
}

/// Answers for the values seen last, each at the place of its hash. Bounded: `placesMax` values.
private final class AnswerCache {
  private struct Entry {
    var value: [UInt8]
    var answer: Bool
  }
  private static let placesMax = 4096
  private var entries: [Entry?] = Array(repeating: nil, count: placesMax)

  func answer(_ value: UnsafeBufferPointer<UInt8>, _ decide: (String) -> Bool) -> Bool {
    let place = Int(truncatingIfNeeded: hash(value)) & (AnswerCache.placesMax - 1)
    if let entry = entries[place], entry.value.elementsEqual(value) { return entry.answer }
    let answer = decide(value.text)
    entries[place] = Entry(value: Array(value), answer: answer)
    return answer
  }

  private func hash(_ value: UnsafeBufferPointer<UInt8>) -> UInt64 {
    value.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
