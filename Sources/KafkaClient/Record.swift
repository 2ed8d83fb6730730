internal import CRdKafka
package import JourneyModel

/// A record whose memory is another's, lent for the time of a closure: nothing of it may be kept beyond.
package struct Record: ~Copyable {
  /// The value's bytes; nil for a record without one.
  package let value: UnsafeRawBufferPointer?
  /// The key's bytes; nil for a record without one.
  package let key: UnsafeRawBufferPointer?
  package let offset: Offset
  private let time: Moment?
  /// The library's, which has the time and the headers; nil for a record that is not its own.
  private let message: UnsafeMutablePointer<rd_kafka_message_t>?

  @inline(__always)
  init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
    value = message.pointee.payload.map {
      UnsafeRawBufferPointer(start: $0, count: message.pointee.len)
    }
    key = message.pointee.key.map {
      UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len)
    }
    offset = Offset(message.pointee.offset)
    time = nil
    self.message = message
  }

  /// A record without headers that lies elsewhere in memory.
  package init(
    key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, offset: Offset, timestamp: Moment?
  ) {
    self.key = key
    self.value = value
    self.offset = offset
    time = timestamp
    message = nil
  }

  /// The time that the record has in Kafka; nil where it has none.
  package var timestamp: Moment? {
    guard let message else { return time }
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let milliseconds = rd_kafka_message_timestamp(message, &kind)
    return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || milliseconds < 0
      ? nil : Moment(milliseconds)
  }

  /// The broker wrote the timestamp when the record came, it is not the writer's.
  package var isTimestampOfArrival: Bool {
    guard let message else { return false }
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    _ = rd_kafka_message_timestamp(message, &kind)
    return kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME
  }

  /// Calls with each header in order, name and bytes, until one answers false; parses them on the first call.
  package func forEachHeader(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) -> Bool
  ) {
    var headers: OpaquePointer?
    guard let message,
      rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR
    else { return }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while rd_kafka_header_get_all(headers, index, &name, &value, &count)
      == RD_KAFKA_RESP_ERR_NO_ERROR
    {
      index += 1
      let named = UnsafeRawBufferPointer(start: name, count: name.map { length($0) } ?? 0)
      let bytes = value.map { UnsafeRawBufferPointer(start: $0, count: count) }
      guard body(named, bytes) else { return }
    }
  }

  /// Lends the last header of this name: nil bytes for one without a value, not called where there is none.
  package func withLastHeader<R>(
    _ name: String, _ body: (UnsafeRawBufferPointer?) -> R
  ) -> R? {
    var headers: OpaquePointer?
    guard let message,
      rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR
    else { return nil }
    var value: UnsafeRawPointer?
    var count = 0
    guard
      rd_kafka_header_get_last(headers, name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR
    else { return nil }
    return body(value.map { UnsafeRawBufferPointer(start: $0, count: count) })
  }
}

private func length(_ text: UnsafePointer<CChar>) -> Int {
  var count = 0
  while text[count] != 0 { count += 1 }
  return count
}
