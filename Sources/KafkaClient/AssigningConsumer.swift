internal import CRdKafka
package import JourneyModel

/// Reads the partitions it is given, each from a queue of its own, on the thread of its owner; never joins a group.
package struct AssigningConsumer: ~Copyable {
  private let handle: ClientHandle
  private let wakeup: Wakeup
  /// In the order in which they were added.
  package private(set) var readers: [PartitionReader] = []

  /// Makes the client; the wake-up is woken by whatever comes for any of its partitions.
  /// - Parameter uncommitted: reads open and aborted records too, and sees the true ends.
  package init(
    _ configuration: KafkaConfiguration, uncommitted: Bool = false, wakeup: Wakeup,
    sink: KafkaSink? = nil
  ) throws(KafkaError) {
    let role = uncommitted ? KafkaConfiguration.Role.uncommitted : .input
    let handle = try ClientHandle(configuration, role: role, sink: sink)
    rd_kafka_poll_set_consumer(handle.pointer)
    wakeup.listen(to: QueueHandle(rd_kafka_queue_get_consumer(handle.pointer)))
    self.handle = handle
    self.wakeup = wakeup
  }

  deinit { for reader in readers { reader.close() } }

  /// Reads these partitions too, each from its start; none may be read already.
  ///
  /// Ask for ``topics(within:)`` first: where the leaders are not known yet, reading begins a second later.
  @discardableResult
  package mutating func add(
    _ starts: [(place: TopicPartition, from: ReadFrom)]
  ) throws(KafkaError) -> [PartitionReader] {
    var added: [PartitionReader] = []
    for (place, from) in starts {
      let queue = QueueHandle(
        rd_kafka_queue_get_partition(handle.pointer, place.topic, place.partition))
      // Without this, its records would go to the client's common queue.
      if let pointer = queue.pointer { rd_kafka_queue_forward(pointer, nil) }
      wakeup.listen(to: queue)
      added.append(PartitionReader(place, from, queue: queue))
    }
    let list = PartitionList(starts.map { ($0.place, $0.from.raw) })
    do {
      try handle.check(
        rd_kafka_incremental_assign(handle.pointer, list.pointer), "assigning partitions")
    } catch {
      for reader in added { reader.close() }
      throw error
    }
    readers += added
    return added
  }

  /// Reads these partitions no longer; their readers are closed.
  package mutating func remove(_ places: Set<TopicPartition>) throws(KafkaError) {
    let list = PartitionList(places)
    for reader in readers where places.contains(reader.place) { reader.close() }
    readers.removeAll { places.contains($0.place) }
    try handle.check(
      rd_kafka_incremental_unassign(handle.pointer, list.pointer), "giving up partitions")
  }

  /// Reads on from these offsets, dropping what is at hand; for the rewind after an abort.
  ///
  /// Assigns anew rather than seeks: what was fetched before is then never mixed with what comes.
  package mutating func rewind(
    _ offsets: [TopicPartition: ReadFrom]
  ) throws(KafkaError) {
    try remove(Set(offsets.keys))
    try add(offsets.sorted { $0.key < $1.key }.map { (place: $0.key, from: $0.value) })
  }

  /// Seeks one partition that is read, dropping what is at hand; waits for the library to have done it.
  package mutating func seek(
    _ reader: PartitionReader, to offset: Offset, within limit: TimeSpan = .seconds(10)
  ) throws(KafkaError) {
    reader.restart(at: offset)
    let list = PartitionList([(reader.place, offset.rawValue)])
    // Before 2.1 the library took the time-out for microseconds.
    let unit: Int64 = rd_kafka_version() < 0x02_01_00_00 ? 1_000 : 1
    let timeout = Int32(clamping: limit.milliseconds * unit)
    try handle.check(
      rd_kafka_seek_partitions(handle.pointer, list.pointer, timeout), "seeking \(reader.place)")
    _ = try list.offsets("seeking")
  }

  /// Serves statistics and troubles to the sink; throws what concerns the client as a whole.
  package func serve() throws(KafkaError) {
    while let message = rd_kafka_consumer_poll(handle.pointer, 0) {
      defer { rd_kafka_message_destroy(message) }
      let code = message.pointee.err
      guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR__PARTITION_EOF else {
        continue
      }
      throw handle.context.explained(
        KafkaError(code, text(rd_kafka_message_errstr(message)), during: "reading"))
    }
  }
}

extension AssigningConsumer {
  /// All topics that may be seen, by name; throws where no broker answered in time.
  package func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription] {
    try handle.topics(within: limit)
  }

  /// What the cluster says of one name; throws where no broker answered in time.
  package func topic(
    _ name: String, within limit: TimeSpan
  ) throws(KafkaError) -> TopicState {
    try handle.topic(name, within: limit)
  }

  /// The group's committed offsets, nil where there is none; waits for open transactions that commit some.
  package func committed(
    _ places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    try handle.committed(places, within: limit)
  }

  /// The text that was committed with the group's offset of a partition; empty where there is none.
  package func committedNote(
    of place: TopicPartition, within limit: TimeSpan
  ) throws(KafkaError) -> String {
    try handle.committedNote(of: place, within: limit)
  }

  /// The first offset at or after a time in each partition, nil where nothing is that new.
  package func offsets(
    at times: [TopicPartition: Moment], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    try handle.offsets(at: times.mapValues { max(0, $0.milliseconds) }, within: limit)
  }

  /// The end of each partition as this client sees it: before the first open transaction, if it reads committed.
  package func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try handle.ends(of: places, within: limit)
  }

  /// The first offset still kept of each partition.
  package func beginnings(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try handle.beginnings(of: places, within: limit)
  }

  /// The end of the partition as the last fetch told it, without asking; nil before the first.
  package func lastKnownEnd(of place: TopicPartition) -> Offset? {
    var (low, high) = (Int64(RD_KAFKA_OFFSET_INVALID), Int64(RD_KAFKA_OFFSET_INVALID))
    let code = rd_kafka_get_watermark_offsets(
      handle.pointer, place.topic, place.partition, &low, &high)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? Offset(high) : nil
  }
}
