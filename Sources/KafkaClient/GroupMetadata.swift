internal import CRdKafka

/// The proof of a membership that a transaction sends along; fetched anew for every transaction.
package struct GroupMetadata: Equatable, Sendable {
  /// Counts the group's rebalances; never negative.
  package let generation: Int32
  /// As its maker writes it down: the group, the generation and the member.
  package let stored: [UInt8]

  package init(generation: Int32, stored: [UInt8]) {
    self.generation = generation
    self.stored = stored
  }

  /// Nil where the consumer is not a member: the broker would take it for a stranger and let it in.
  init?(of consumer: borrowing ClientHandle) {
    guard let pointer = rd_kafka_consumer_group_metadata(consumer.pointer) else { return nil }
    defer { rd_kafka_consumer_group_metadata_destroy(pointer) }
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    let failure = rd_kafka_consumer_group_metadata_write(pointer, &bytes, &count)
    guard failure == nil, let bytes else {
      rd_kafka_error_destroy(failure)
      return nil
    }
    defer { rd_kafka_mem_free(nil, bytes) }
    let stored = UnsafeRawBufferPointer(start: bytes, count: count)
    guard let (generation, hasMember) = Self.read(stored), generation >= 0, hasMember else {
      return nil
    }
    self.init(generation: generation, stored: Array(stored))
  }

  /// Lends it as the library has it.
  func withPointer<R>(_ body: (OpaquePointer) -> R) throws(KafkaError) -> R {
    var made: OpaquePointer?
    let error = stored.withUnsafeBytes {
      rd_kafka_consumer_group_metadata_read(&made, $0.baseAddress, $0.count)
    }
    if let error = KafkaError(consuming: error, during: "proving the membership") { throw error }
    guard let made else {
      throw KafkaError(RD_KAFKA_RESP_ERR__BAD_MSG, during: "proving the membership")
    }
    defer { rd_kafka_consumer_group_metadata_destroy(made) }
    return body(made)
  }

  /// The library has no accessors; its stored form is a mark, the generation, and the group's and member's ids.
  private static func read(
    _ stored: UnsafeRawBufferPointer
  ) -> (generation: Int32, hasMember: Bool)? {
    let mark = Array("CGMDv2:".utf8)
    guard stored.count > mark.count + 4, stored.starts(with: mark) else { return nil }
    let generation = stored.loadUnaligned(fromByteOffset: mark.count, as: Int32.self)
    let ids = stored.dropFirst(mark.count + 4)
    guard let end = ids.firstIndex(of: 0) else { return nil }
    let member = ids[(end + 1)...]
    return (generation, member.first.map { $0 != 0 } ?? false)
  }
}
