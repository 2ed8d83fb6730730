internal import EventFormats
internal import KafkaClient

/// The headers of the record at hand, as the reader of formats asks for them; used again for each record.
final class RecordHeaderList: RecordHeaders {
  private var entries: [(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?)] = []

  /// Takes note of where a record's headers are; holds as long as the record. Nil where it has none.
  func take(_ record: borrowing Record) -> RecordHeaderList? {
    entries.removeAll(keepingCapacity: true)
    record.forEachHeader { name, value in
      entries.append((name, value))
      return true
    }
    return entries.isEmpty ? nil : self
  }

  func forEach(
    _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>?) -> Void
  ) {
    for entry in entries { body(bytes(entry.name), entry.value.map(bytes)) }
  }
}

/// Untyped memory as bytes.
func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt8> {
  UnsafeBufferPointer(
    start: buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), count: buffer.count)
}
