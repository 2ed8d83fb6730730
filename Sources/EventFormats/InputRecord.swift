package import JourneyModel

/// A record as it came from a topic or a file: bytes on loan for the time of reading.
package struct InputRecord {
  /// Nil for a tombstone.
  package var value: UnsafeBufferPointer<UInt8>?
  package var key: UnsafeBufferPointer<UInt8>?
  package var timestamp: Moment?
  package var topic: String
  package var partition: Int32
  package var offset: Int64
  /// Asked for only where the format or a trace needs one; nil where there are none.
  package var headers: (any RecordHeaders)?

  package init(
    value: UnsafeBufferPointer<UInt8>?, key: UnsafeBufferPointer<UInt8>? = nil,
    timestamp: Moment? = nil, topic: String = "", partition: Int32 = 0, offset: Int64 = 0,
    headers: (any RecordHeaders)? = nil
  ) {
    self.value = value
    self.key = key
    self.timestamp = timestamp
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.headers = headers
  }
}

/// A record's headers, parsed when they are asked for.
package protocol RecordHeaders {
  /// Tells each header in the order sent; a value is nil for null. The bytes must live as long as the record.
  func forEach(
    _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>?) -> Void)
}

/// The times that a record's own may have, both included.
package struct TimeBounds: Sendable {
  package var oldest: Moment
  package var newest: Moment

  package init(oldest: Moment = .distantPast, newest: Moment = .distantFuture) {
    self.oldest = oldest
    self.newest = newest
  }

  package static let any = TimeBounds()
}

/// What became of a record.
package enum Reading: Equatable, Sendable {
  case read
  /// Left out as its source's map says.
  case skipped
  case rejected(Rejection)
}
