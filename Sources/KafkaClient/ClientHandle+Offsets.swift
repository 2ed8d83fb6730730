internal import CRdKafka
internal import JourneyModel

extension ClientHandle {
  func committed(
    _ places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    guard !places.isEmpty else { return [:] }
    let list = PartitionList(places)
    let timeout = Int32(clamping: limit.milliseconds)
    try check(
      rd_kafka_committed(pointer, list.pointer, timeout), "asking for committed offsets")
    return try list.offsets("asking for the committed offset of")
  }

  func committedNote(
    of place: TopicPartition, within limit: TimeSpan
  ) throws(KafkaError) -> String {
    let list = PartitionList([place])
    let timeout = Int32(clamping: limit.milliseconds)
    try check(rd_kafka_committed(pointer, list.pointer, timeout), "asking for a committed note")
    _ = try list.offsets("asking for the committed note of")
    return list.note(of: place)
  }

  /// Times in milliseconds since 1970, or the protocol's −1 for the end and −2 for the beginning.
  func offsets(
    at times: [TopicPartition: Int64], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    guard !times.isEmpty else { return [:] }
    let list = PartitionList(times.map { ($0.key, $0.value) })
    let timeout = Int32(clamping: limit.milliseconds)
    try check(rd_kafka_offsets_for_times(pointer, list.pointer, timeout), "asking for offsets")
    return try list.offsets("asking for the offset of")
  }

  func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try watermarks(of: places, within: limit).mapValues { $0.high }
  }

  func beginnings(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try watermarks(of: places, within: limit).mapValues { $0.low }
  }

  private func watermarks(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: (low: Offset, high: Offset)] {
    let deadline = Deadline(limit)
    var result: [TopicPartition: (low: Offset, high: Offset)] = [:]
    for place in places { result[place] = try watermarks(of: place, until: deadline) }
    return result
  }

  /// Asks again while the partition's leader is being found.
  private func watermarks(
    of place: TopicPartition, until deadline: Deadline
  ) throws(KafkaError) -> (low: Offset, high: Offset) {
    while true {
      var (low, high) = (Int64(0), Int64(0))
      let code = rd_kafka_query_watermark_offsets(
        pointer, place.topic, place.partition, &low, &high, deadline.milliseconds)
      switch code {
      case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
        if !deadline.isOver {
          rd_kafka_poll(pointer, 20)
          continue
        }
      default: break
      }
      try check(code, "asking for the ends of \(place)")
      return (Offset(low), Offset(high))
    }
  }
}
