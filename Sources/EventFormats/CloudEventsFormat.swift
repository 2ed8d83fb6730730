internal import JourneyModel

/// CloudEvents 1.0 on Kafka, structured and binary: the envelope around native fields (spec 1.2).
final class CloudEventsFormat {
  private let types: [(from: [UInt8], to: [UInt8])]

  /// The envelope as headers bring it, and what they say of the body.
  fileprivate struct Envelope {
    enum Body { case structured, unsupported, binary }
    var body = Body.binary
    var specversion = JSONRef.absent
    var id = JSONRef.absent
    var source = JSONRef.absent
    var type = JSONRef.absent
    var time = JSONRef.absent
    var traceparent = JSONRef.absent
    var tracestate = JSONRef.absent
  }

  init(types: [TextPair]) {
    self.types = types.map { (Array($0.from.utf8), Array($0.to.utf8)) }
  }

  /// Fills the reader's draft with an event.
  func fill(_ reader: inout ReaderCore, _ record: borrowing InputRecord) throws(Rejection) {
    var envelope = Envelope()
    if let headers = record.headers { envelope.take(headers) }
    if envelope.body == .unsupported {
      try reader.checkSize(of: record)
      throw Rejection(.typeUnsupported, "batches and encodings other than JSON are not read")
    }
    let root = try reader.object(of: record)
    var data = root
    let isStructured =
      envelope.body == .structured
      || (envelope.specversion.isNothing && !root.member("specversion").isNothing)
    if isStructured {
      envelope.take(root)
      try CloudEventsFormat.check(envelope)
      data = try CloudEventsFormat.data(of: root, &reader)
    } else {
      try CloudEventsFormat.check(envelope)
    }
    reader.draft.pointee.takeNative(data)
    reader.draft.pointee.origin = envelope.source
    reader.draft.pointee.id = envelope.id
    if !envelope.time.isNothing { reader.draft.pointee.time = .text(envelope.time) }
    reader.draft.pointee.touchpoint = touchpoint(of: envelope.type, &reader.scratch)
    reader.draft.pointee.traceparent = envelope.traceparent
    reader.draft.pointee.tracestate = envelope.tracestate
  }

  private static func check(_ envelope: Envelope) throws(Rejection) {
    guard envelope.specversion.kind == .string, envelope.specversion.text.isVersionOne else {
      throw Rejection(.envelopeInvalid, "“specversion” is not there, or not 1.x")
    }
    guard envelope.source.kind == .string,
      (1...Limits.originBytesMax).contains(envelope.source.text.count)
    else {
      throw Rejection(
        .envelopeInvalid, "“source” is no text of 1 to \(Limits.originBytesMax) bytes")
    }
  }

  private static func data(of root: JSONRef, _ reader: inout ReaderCore) throws(Rejection)
    -> JSONRef
  {
    let data = root.member("data")
    let encoded = root.member("data_base64")
    guard data.isNothing || encoded.isNothing else {
      throw Rejection(.envelopeInvalid, "“data” and “data_base64” are both there")
    }
    if encoded.isNothing {
      guard data.kind == .object || data.isNothing else {
        throw Rejection(.envelopeInvalid, "“data” is \(data.kind.article), not an object")
      }
      return data
    }
    guard encoded.kind == .string else {
      throw Rejection(.envelopeInvalid, "“data_base64” is \(encoded.kind.article), not a text")
    }
    return try reader.decode(base64: encoded.text)
  }

  /// By the source's `types`, else the last dot-separated part.
  private func touchpoint(of type: JSONRef, _ scratch: inout Scratch) -> JSONRef {
    guard type.kind == .string else { return type }
    for (from, to) in types where from.count == type.text.count {
      if from.withUnsafeBufferPointer({ $0.isSame(as: type.text) }) {
        return JSONRef(.string, scratch.hold(to))
      }
    }
    guard let dot = type.text.lastIndex(of: UInt8(ascii: ".")) else { return type }
    return JSONRef(.string, UnsafeBufferPointer(rebasing: type.text[(dot + 1)...]))
  }
}

extension CloudEventsFormat.Envelope {
  fileprivate mutating func take(_ headers: any RecordHeaders) {
    headers.forEach { name, value in
      guard let value else { return }
      if name.isSameIgnoringCase(as: "content-type") { body = .init(contentType: value) }
      guard name.count > 3, name[0] | 32 == UInt8(ascii: "c"), name[1] | 32 == UInt8(ascii: "e"),
        name[2] == UInt8(ascii: "_")
      else { return }
      let name = UnsafeBufferPointer(rebasing: name[3...])
      let text = JSONRef.header(value)
      if name.isSameIgnoringCase(as: "specversion") { specversion = text }
      if name.isSameIgnoringCase(as: "id") { id = text }
      if name.isSameIgnoringCase(as: "source") { source = text }
      if name.isSameIgnoringCase(as: "type") { type = text }
      if name.isSameIgnoringCase(as: "time") { time = text }
      if name.isSameIgnoringCase(as: "traceparent") { traceparent = text }
      if name.isSameIgnoringCase(as: "tracestate") { tracestate = text }
    }
  }

  fileprivate mutating func take(_ object: JSONRef) {
    specversion = object.member("specversion")
    id = object.member("id")
    source = object.member("source")
    type = object.member("type")
    time = object.member("time")
    traceparent = object.member("traceparent")
    tracestate = object.member("tracestate")
  }
}

extension CloudEventsFormat.Envelope.Body {
  /// What a content type says of the body.
  fileprivate init(contentType: UnsafeBufferPointer<UInt8>) {
    let structured = "application/cloudevents".utf8
    let lower = contentType.prefix { $0 != UInt8(ascii: ";") }.map(\.asciiLowercased)
    guard lower.starts(with: structured) else {
      self = .binary
      return
    }
    let rest = lower.dropFirst(structured.count).filter { $0 != 32 && $0 != 9 }
    self = rest.isEmpty || rest.elementsEqual("+json".utf8) ? .structured : .unsupported
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// `1.` and digits.
  fileprivate var isVersionOne: Bool {
    count > 2 && self[0] == UInt8(ascii: "1") && self[1] == UInt8(ascii: ".")
      && self[2...].allSatisfy { $0 &- 48 < 10 }
  }
}

extension ReaderCore {
  /// Refuses a record that is empty or too large, without looking at its form.
  func checkSize(of record: borrowing InputRecord) throws(Rejection) {
    let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    do throws(Rejection) {
      _ = try document.parse(record.value ?? nothing)
    } catch {
      if error.code == .empty || error.code == .tooLarge { throw error }
    }
  }

  /// The object that stands encoded in a structured event.
  fileprivate mutating func decode(base64 text: UnsafeBufferPointer<UInt8>) throws(Rejection)
    -> JSONRef
  {
    let room = scratch.room(text.count / 4 * 3 + 3)
    guard let count = text.decodeBase64(into: room) else {
      throw Rejection(.envelopeInvalid, "“data_base64” is not Base64")
    }
    do throws(Rejection) {
      let data = try inner.parse(UnsafeBufferPointer(rebasing: room[..<count]))
      guard data.kind == .object else {
        throw Rejection(.envelopeInvalid, "“data_base64” is \(data.kind.article), not an object")
      }
      return data
    } catch {
      if error.code == .tooDeep || error.code == .duplicateKey { throw error }
      throw Rejection(.envelopeInvalid, "“data_base64” is no JSON object")
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Writes what the Base64 text (RFC 4648, padded) stands for, and says how much; nil where it is none.
  func decodeBase64(into out: UnsafeMutableBufferPointer<UInt8>) -> Int? {
    guard count % 4 == 0, out.count >= count / 4 * 3 else { return nil }
    var written = 0
    var bits: UInt32 = 0
    var padding = 0
    for (index, byte) in enumerated() {
      let value: UInt32
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - 65)
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - 71)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte + 4)
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "=") where index >= count - 2:
        padding += 1
        value = 0
      default: return nil
      }
      guard padding == 0 || byte == UInt8(ascii: "=") else { return nil }
      bits = bits << 6 | value
      guard index % 4 == 3 else { continue }
      for shift in [16, 8, 0] as [UInt32] {
        out[written] = UInt8(truncatingIfNeeded: bits >> shift)
        written += 1
      }
      bits = 0
    }
    return written - padding
  }
}
