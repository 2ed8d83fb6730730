package import JourneyModel

/// A topic that a producer writes to, by the producer's own number.
package struct OutputTopic: Hashable, Sendable {
  let index: Int

  package init(index: Int) { self.index = index }
}

/// Records to be written, in one piece of memory that the library reads from without copying.
///
/// Filled by one thread, then handed to a producer, which holds it until its records were delivered or
/// dropped; filling it meanwhile is a mistake that stops the program. Reused after ``removeAll()``.
package final class OutgoingBatch: @unchecked Sendable {
  // Handed over from owner to owner, never shared: one fills it, then the producer's thread reads it.
  struct Entry {
    var topic: OutputTopic
    /// Nil lets the key decide.
    var partition: Int32?
    var key: Range<Int>?
    var value: Range<Int>?
    var timestamp: Moment?
    var headers: Range<Int>
  }

  struct Header {
    /// With the zero byte at its end.
    var name: Range<Int>
    var value: Range<Int>?
  }

  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var entries: [Entry] = []
  private(set) var headers: [Header] = []
  /// Bytes of keys, values and headers so far.
  package private(set) var byteCount = 0
  var isHeld = false

  package init(capacity: Int = 64 << 10) {
    self.capacity = max(1, capacity)
    memory = .allocate(byteCount: self.capacity, alignment: 8)
  }

  deinit { memory.deallocate() }

  package var count: Int { entries.count }
  package var isEmpty: Bool { entries.isEmpty }

  /// Forgets all records and keeps the memory.
  package func removeAll() {
    precondition(!isHeld, "the records are still being written")
    entries.removeAll(keepingCapacity: true)
    headers.removeAll(keepingCapacity: true)
    byteCount = 0
  }

  /// Adds a record; nil bytes differ from none, and a nil value deletes the key in a compacted topic.
  package func append(
    to topic: OutputTopic, partition: Int32? = nil, key: UnsafeRawBufferPointer?,
    value: UnsafeRawBufferPointer?, timestamp: Moment? = nil
  ) {
    precondition(!isHeld, "the records are still being written")
    let key = key.map { copy($0) }
    let value = value.map { copy($0) }
    entries.append(
      Entry(
        topic: topic, partition: partition, key: key, value: value, timestamp: timestamp,
        headers: headers.count..<headers.count))
  }

  /// Adds a record whose key and value are at hand as bytes.
  package func append(
    to topic: OutputTopic, partition: Int32? = nil, key: [UInt8], value: [UInt8],
    timestamp: Moment? = nil
  ) {
    key.withUnsafeBytes { key in
      value.withUnsafeBytes { value in
        append(to: topic, partition: partition, key: key, value: value, timestamp: timestamp)
      }
    }
  }

  /// Adds a header to the record added last.
  package func addHeader(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
    precondition(!isHeld && !entries.isEmpty, "a header belongs to a record")
    let start = byteCount
    _ = copy(name)
    withUnsafeBytes(of: UInt8(0)) { _ = copy($0) }
    let named = start..<byteCount
    headers.append(Header(name: named, value: value.map { copy($0) }))
    entries[entries.count - 1].headers =
      entries[entries.count - 1].headers.lowerBound..<headers.count
  }

  /// Adds a header of text to the record added last.
  package func addHeader(_ name: String, _ value: String) {
    var (name, value) = (name, value)
    name.withUTF8 { name in
      value.withUTF8 { value in
        addHeader(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer(value))
      }
    }
  }

  /// Lends each record in order, without its headers.
  package func forEach(
    _ body: (
      _ topic: Int, _ partition: Int32?, _ key: UnsafeRawBufferPointer?,
      _ value: UnsafeRawBufferPointer?
    ) -> Void
  ) {
    func bytes(_ range: Range<Int>?) -> UnsafeRawBufferPointer? {
      range.map { UnsafeRawBufferPointer(start: address($0), count: $0.count) }
    }
    for entry in entries {
      body(entry.topic.index, entry.partition, bytes(entry.key), bytes(entry.value))
    }
  }

  /// Where the bytes are; holds until the next addition.
  func address(_ range: Range<Int>) -> UnsafeMutableRawPointer { memory + range.lowerBound }

  private func copy(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    let start = byteCount
    if start + bytes.count > capacity { grow(to: start + bytes.count) }
    if let base = bytes.baseAddress {
      (memory + start).copyMemory(from: base, byteCount: bytes.count)
    }
    byteCount += bytes.count
    return start..<byteCount
  }

  private func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
    moved.copyMemory(from: memory, byteCount: byteCount)
    memory.deallocate()
    (memory, capacity) = (moved, larger)
  }
}
