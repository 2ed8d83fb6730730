internal import CRdKafka

/// Owns the proof of a membership that a transaction sends along; fetched anew for every transaction.
package struct GroupMetadata: ~Copyable, @unchecked Sendable {
  // Immutable once made, so it may go to the thread that commits.
  let pointer: OpaquePointer
  /// Counts the group's rebalances; negative while not a member.
  package let generation: Int32

  /// Nil where the consumer is not a member: the broker would take it for a stranger and let it in.
  init?(of consumer: borrowing ClientHandle) {
    guard let pointer = rd_kafka_consumer_group_metadata(consumer.pointer) else { return nil }
    guard let (generation, hasMember) = Self.read(pointer), generation >= 0, hasMember else {
      rd_kafka_consumer_group_metadata_destroy(pointer)
      return nil
    }
    self.pointer = pointer
    self.generation = generation
  }

  deinit { rd_kafka_consumer_group_metadata_destroy(pointer) }

  /// The library has no accessors; its stored form is a mark, the generation, and the group's and member's ids.
  private static func read(_ pointer: OpaquePointer) -> (generation: Int32, hasMember: Bool)? {
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    let failure = rd_kafka_consumer_group_metadata_write(pointer, &bytes, &count)
    guard failure == nil, let bytes else {
      rd_kafka_error_destroy(failure)
      return nil
    }
    defer { rd_kafka_mem_free(nil, bytes) }
    let stored = UnsafeRawBufferPointer(start: bytes, count: count)
    let mark = Array("CGMDv2:".utf8)
    guard stored.count > mark.count + 4, stored.starts(with: mark) else { return nil }
    let generation = stored.loadUnaligned(fromByteOffset: mark.count, as: Int32.self)
    let ids = stored.dropFirst(mark.count + 4)
    guard let end = ids.firstIndex(of: 0) else { return nil }
    let member = ids[(end + 1)...]
    return (generation, member.first.map { $0 != 0 } ?? false)
  }
}
