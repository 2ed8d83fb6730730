import JourneyModel

/// One contact in a customer's history: fixed size, its text in the customer's arena.
struct Touch {
  var time: Moment
  /// When it leaves the history; what was decided before still sees it.
  var left: Moment
  /// Not a number where it is unknown.
  var satisfaction: Double
  /// The strongest identifier, which it goes with when customers are joined or divided.
  var stem: StemRef
  /// Id, origin, attributes and trace stand here in the arena, in this order.
  var text: UInt32
  var attributeBytes: UInt32
  var idHash: UInt32
  var idBytes: UInt16
  var originBytes: UInt16
  /// `traceparent`, a zero and `tracestate` of its record; 0 where it had none.
  var traceBytes: UInt16
  var source: NameID
  var touchpoint: NameID
  var channel: NameID

  var textBytes: Int {
    Int(idBytes) + Int(originBytes) + Int(attributeBytes) + Int(traceBytes)
  }
  var idRange: Range<Int> { Int(text)..<Int(text) + Int(idBytes) }
  var originRange: Range<Int> { idRange.upperBound..<idRange.upperBound + Int(originBytes) }
  var attributeRange: Range<Int> {
    originRange.upperBound..<originRange.upperBound + Int(attributeBytes)
  }

  var traceRange: Range<Int> {
    attributeRange.upperBound..<attributeRange.upperBound + Int(traceBytes)
  }

  /// Whether it was in the history at a moment.
  func isKept(at moment: Moment) -> Bool { left > moment }
}

/// Attributes as bytes: name (2), kind (1), length (4), number (8), text; one behind the other.
enum AttributeBytes {
  static let headBytes = 15

  static func append(
    _ attribute: Interaction.Attribute, of interaction: Interaction, to out: inout [UInt8]
  ) {
    guard attribute.kind != .null else { return }
    withUnsafeBytes(of: attribute.name.rawValue.littleEndian) { out.append(contentsOf: $0) }
    out.append(attribute.kind.rawValue)
    withUnsafeBytes(of: attribute.text.count.littleEndian) { out.append(contentsOf: $0) }
    withUnsafeBytes(of: attribute.number.bitPattern.littleEndian) { out.append(contentsOf: $0) }
    out.append(contentsOf: interaction.bytes[attribute.text.range])
  }

  /// Lends the value of an attribute; nil where it is not there.
  static func find(_ name: NameID, in bytes: UnsafeBufferPointer<UInt8>) -> ValueView? {
    let raw = UnsafeRawBufferPointer(bytes)
    var position = 0
    while position + headBytes <= raw.count {
      let found = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt16.self))
      let length = Int(
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: position + 3, as: UInt32.self)))
      if found == name.rawValue {
        let bits = UInt64(
          littleEndian: raw.loadUnaligned(fromByteOffset: position + 7, as: UInt64.self))
        let start = position + headBytes
        return ValueView(
          kind: ValueKind(rawValue: raw[position + 2]) ?? .null, number: Double(bitPattern: bits),
          text: UnsafeBufferPointer(rebasing: bytes[start..<start + length]))
      }
      position += headBytes + length
    }
    return nil
  }
}
