internal import JourneyModel

/// Which identifiers of a record are usable, and in what form (spec 3.3, 6.2 point 6).
struct IdentifierRules {
  private struct Kind {
    let name: [UInt8]
    let normalize: IdentityPlan.Normalization
  }

  private let kinds: [Kind]
  /// In lower case, by length; the last has all that are longer.
  private let ignored: [[[UInt8]]]
  private let pattern: IgnorePattern?

  init(_ plan: IdentityPlan) throws(PlanProblem) {
    kinds = plan.kinds.map { Kind(name: Array($0.name.utf8), normalize: $0.normalize) }
    var ignored = [[[UInt8]]](repeating: [], count: 33)
    for value in plan.ignore {
      let lower = Array(value.lowercased().utf8)
      ignored[min(lower.count, 32)].append(lower)
    }
    self.ignored = ignored
    pattern = plan.ignorePattern.isEmpty ? nil : try IgnorePattern(plan.ignorePattern)
  }

  /// The type of that name, if it is configured.
  func type(_ name: UnsafeBufferPointer<UInt8>) -> IdentifierType? {
    for (index, kind) in kinds.enumerated() where kind.name.count == name.count {
      if kind.name.withUnsafeBufferPointer({ $0.isSame(as: name) }) {
        return IdentifierType(UInt16(index))
      }
    }
    return nil
  }

  /// Adds a value as it is used, unless it is ignored or there already. Cost: about 40 ns for plain ASCII.
  func add(
    _ value: UnsafeBufferPointer<UInt8>, of type: IdentifierType, to interaction: inout Interaction
  ) {
    let trimmed = value.trimmed
    guard !trimmed.isEmpty, !isIgnored(trimmed) else { return }
    let slice: ByteSlice
    switch kinds[Int(type.rawValue)].normalize {
    case .none: slice = interaction.add(trimmed)
    case .lowercase: slice = interaction.addLowercased(trimmed)
    case .digits: slice = interaction.addDigits(trimmed)
    }
    let unusable =
      kinds[Int(type.rawValue)].normalize != .none
      && (slice.count == 0
        || interaction.bytes.withUnsafeBufferPointer {
          isIgnored(UnsafeBufferPointer(rebasing: $0[slice.range]))
        })
    if unusable || !interaction.insert(Interaction.Identifier(type: type, value: slice)) {
      interaction.bytes.removeLast(Int(slice.count))
    }
  }

  private func isIgnored(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    isListed(value) || (pattern?.matches(value) ?? false)
  }

  private func isListed(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard value.isASCII else {
      let lower = value.lowercasedBytes
      return ignored[min(lower.count, 32)].contains(lower)
    }
    for entry in ignored[min(value.count, 32)] where entry.count == value.count {
      var same = 0
      while same < entry.count, entry[same] == value[same].asciiLowercased { same += 1 }
      if same == entry.count { return true }
    }
    return false
  }
}

extension Interaction {
  /// Adds text to ``bytes`` and says where it stands.
  mutating func add(_ text: UnsafeBufferPointer<UInt8>) -> ByteSlice {
    let offset = UInt32(bytes.count)
    bytes.append(contentsOf: text)
    return ByteSlice(offset: offset, count: UInt32(text.count))
  }

  mutating func addLowercased(_ text: UnsafeBufferPointer<UInt8>) -> ByteSlice {
    guard text.isASCII else {
      let lower = text.lowercasedBytes
      return lower.withUnsafeBufferPointer { add($0) }
    }
    let offset = UInt32(bytes.count)
    for byte in text { bytes.append(byte.asciiLowercased) }
    return ByteSlice(offset: offset, count: UInt32(text.count))
  }

  /// Decimal digits of any script, as ASCII.
  mutating func addDigits(_ text: UnsafeBufferPointer<UInt8>) -> ByteSlice {
    let offset = UInt32(bytes.count)
    if text.isASCII {
      for byte in text where byte &- 48 < 10 { bytes.append(byte) }
    } else {
      for scalar in text.text.unicodeScalars where scalar.properties.numericType == .decimal {
        bytes.append(48 + UInt8(scalar.properties.numericValue ?? 0))
      }
    }
    return ByteSlice(offset: offset, count: UInt32(bytes.count) - offset)
  }

  /// Puts an identifier in its place, strongest first, then as bytes. False where it is there already.
  mutating func insert(_ identifier: Identifier) -> Bool {
    var place = identifiers.count
    while place > 0 {
      let other = identifiers[place - 1]
      if other.type < identifier.type { break }
      if other.type == identifier.type {
        let order = bytes.withUnsafeBufferPointer {
          compare($0[other.value.range], $0[identifier.value.range])
        }
        if order == 0 { return false }
        if order < 0 { break }
      }
      place -= 1
    }
    identifiers.insert(identifier, at: place)
    return true
  }
}

/// Below 0 where a comes before b as bytes, 0 where they are the same.
private func compare(_ a: Slice<UnsafeBufferPointer<UInt8>>, _ b: Slice<UnsafeBufferPointer<UInt8>>)
  -> Int
{
  for i in 0..<Swift.min(a.count, b.count) {
    let (x, y) = (a[a.startIndex + i], b[b.startIndex + i])
    if x != y { return Int(x) - Int(y) }
  }
  return a.count - b.count
}

extension UInt8 {
  var asciiLowercased: UInt8 { self &- 65 < 26 ? self | 32 : self }
}

extension UnsafeBufferPointer<UInt8> {
  var isASCII: Bool { allSatisfy { $0 < 0x80 } }

  /// In lower case, in full Unicode.
  var lowercasedBytes: [UInt8] {
    isASCII ? map(\.asciiLowercased) : Array(text.lowercased().utf8)
  }

  /// Without Unicode white space at both ends.
  var trimmed: UnsafeBufferPointer<UInt8> {
    if let first, let last, first &- 33 < 94, last &- 33 < 94 { return self }
    var from = 0
    var to = count
    while from < to, let width = blank(from, to, forwards: true) { from += width }
    while from < to, let width = blank(from, to, forwards: false) { to -= width }
    return UnsafeBufferPointer(rebasing: self[from..<to])
  }

  /// The bytes of the white space that begins at `from`, or that ends before `to`.
  private func blank(_ from: Int, _ to: Int, forwards: Bool) -> Int? {
    let edge = forwards ? self[from] : self[to - 1]
    if edge < 0x80 { return edge == 32 || (9...13).contains(edge) ? 1 : nil }
    for width in 2...3 where to - from >= width {
      let start = forwards ? from : to - width
      let scalar = (self[start], self[start + 1], width == 3 ? self[start + 2] : 0)
      switch scalar {
      case (0xC2, 0x85, 0) where width == 2, (0xC2, 0xA0, 0) where width == 2: return 2
      case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9),
        (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
        return 3
      default: continue
      }
    }
    return nil
  }
}
