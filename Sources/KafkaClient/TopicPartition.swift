internal import CRdKafka
internal import Glibc
package import JourneyModel

/// A partition of a topic.
package struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let topic: String
  package let partition: Int32

  package init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  package static func < (a: TopicPartition, b: TopicPartition) -> Bool {
    (a.topic, a.partition) < (b.topic, b.partition)
  }

  package var description: String { "\(topic)/\(partition)" }
}

/// Where the reading of a partition begins.
package enum ReadFrom: Hashable, Sendable {
  case beginning
  /// Behind what is there when the reading begins.
  case end
  case offset(Offset)

  var raw: Int64 {
    switch self {
    case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
    case .end: Int64(RD_KAFKA_OFFSET_END)
    case .offset(let offset): offset.rawValue
    }
  }
}

/// Owns the library's list of partitions with an offset each.
struct PartitionList: ~Copyable {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ entries: [(TopicPartition, Int64)]) {
    pointer = rd_kafka_topic_partition_list_new(Int32(clamping: entries.count))
    for (place, offset) in entries {
      rd_kafka_topic_partition_list_add(pointer, place.topic, place.partition).pointee.offset =
        offset
    }
  }

  init(_ places: some Sequence<TopicPartition>) {
    self.init(places.map { ($0, Int64(RD_KAFKA_OFFSET_INVALID)) })
  }

  deinit { rd_kafka_topic_partition_list_destroy(pointer) }

  /// Has a text committed with a partition's offset.
  func setNote(_ note: String, of place: TopicPartition) {
    guard
      let entry = rd_kafka_topic_partition_list_find(pointer, place.topic, place.partition)
    else { return }
    // The library frees it with the list.
    entry.pointee.metadata = strdup(note).map { UnsafeMutableRawPointer($0) }
    entry.pointee.metadata_size = note.utf8.count
  }

  /// The text that was committed with a partition's offset; empty where there is none.
  func note(of place: TopicPartition) -> String {
    guard
      let entry = rd_kafka_topic_partition_list_find(pointer, place.topic, place.partition),
      let bytes = entry.pointee.metadata
    else { return "" }
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: entry.pointee.metadata_size),
      as: UTF8.self)
  }

  var places: [TopicPartition] { Self.places(of: pointer) }

  /// Every entry's offset, nil where it is none; throws the first entry's error.
  func offsets(_ operation: String) throws(KafkaError) -> [TopicPartition: Offset?] {
    var result: [TopicPartition: Offset?] = [:]
    for entry in Self.entries(of: pointer) {
      guard entry.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw KafkaError(
          entry.err, during: "\(operation) \(text(entry.topic))/\(entry.partition)")
      }
      let offset = entry.offset < 0 ? nil : Offset(entry.offset)
      result[TopicPartition(text(entry.topic), entry.partition)] = .some(offset)
    }
    return result
  }

  static func places(
    of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) -> [TopicPartition] {
    entries(of: list).map { TopicPartition(text($0.topic), $0.partition) }
  }

  private static func entries(
    of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeBufferPointer(start: list?.pointee.elems, count: Int(list?.pointee.cnt ?? 0))
  }
}
