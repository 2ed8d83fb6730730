package import JourneyModel

/// Reads records as `kcat -J` prints them, a JSON object on a line each.
package struct CapturedRecords: ~Copyable {
  private let document = JSONDocument(bytesMax: Limits.capturedLineBytesMax)

  package init() {}

  /// The record of a line, on loan until the next call and as long as the line's bytes.
  ///
  /// Throws where the line is no such record; what is wrong with the record's own value is told when it is read.
  package func record(_ line: UnsafeBufferPointer<UInt8>) throws(Rejection) -> InputRecord {
    let root = try document.parse(line)
    guard root.kind == .object, root.member("payload").kind != .absent else {
      throw Rejection(.notAnObject, "the line is no record as kcat -J prints it")
    }
    let time = root.member("ts").number.flatMap { Int64(exactly: $0.rounded()) }
    let headers = CapturedHeaders(list: root.member("headers"))
    return InputRecord(
      value: CapturedRecords.bytes(root.member("payload")),
      key: CapturedRecords.bytes(root.member("key")),
      timestamp: time.flatMap { $0 < 0 ? nil : Moment($0) },
      topic: root.member("topic").text.text,
      partition: Int32(exactly: root.member("partition").number ?? 0) ?? 0,
      offset: Int64(exactly: root.member("offset").number ?? 0) ?? 0,
      headers: headers.list.isNothing ? nil : headers)
  }

  /// A text's own bytes, of other JSON its text; nil for null.
  fileprivate static func bytes(_ value: JSONRef) -> UnsafeBufferPointer<UInt8>? {
    value.isNothing ? nil : value.text
  }
}

/// `["name", "value", …]`, or an object.
private struct CapturedHeaders: RecordHeaders {
  let list: JSONRef

  func forEach(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>?) -> Void) {
    if list.kind == .object {
      for (name, value) in list.members { body(name, CapturedRecords.bytes(value)) }
      return
    }
    var elements = list.elements
    while let name = elements.next(), let value = elements.next() {
      body(name.value.text, CapturedRecords.bytes(value.value))
    }
  }
}
