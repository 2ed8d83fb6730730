internal import CRdKafka
internal import JourneyModel

/// What both producers share: the client, its topics, and the batches whose memory the client still reads.
struct Writer: ~Copyable, @unchecked Sendable {
  // The library's topics may be used from any thread, as its clients may.
  let client: ClientHandle
  /// By the topics' numbers.
  private let topics: [OpaquePointer]
  private var held: [OutgoingBatch] = []

  init(
    _ configuration: KafkaConfiguration, role: KafkaConfiguration.Role, topics names: [String],
    sink: KafkaSink?
  ) throws(KafkaError) {
    let client = try ClientHandle(configuration, role: role, sink: sink)
    topics = try Self.open(names, client)
    self.client = client
  }

  deinit {
    // What is still queued reads from the held batches until it has been dropped.
    rd_kafka_purge(
      client.pointer, Int32(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT))
    rd_kafka_flush(client.pointer, 1_000)
    for topic in topics { rd_kafka_topic_destroy(topic) }
  }

  /// Hands all records over; stops at the first that is refused.
  ///
  /// A full queue is waited for until the time is over. The batch is held until ``release()``.
  mutating func send(_ batch: OutgoingBatch, within limit: TimeSpan) throws(KafkaError) {
    guard !batch.isEmpty else { return }
    precondition(!batch.isHeld, "the records are being written already")
    batch.isHeld = true
    held.append(batch)
    let deadline = Deadline(limit)
    for entry in batch.entries {
      while let error = enqueue(entry, of: batch) {
        guard error.code == RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue, !deadline.isOver else {
          throw error
        }
        rd_kafka_poll(client.pointer, 10)
      }
    }
    rd_kafka_poll(client.pointer, 0)
  }

  /// Gives all batches back: their records were delivered or dropped.
  mutating func release() {
    for batch in held { batch.isHeld = false }
    held.removeAll(keepingCapacity: true)
  }

  /// Makes the leaders of all topics known, so that the first records do not wait for it.
  func warm(within limit: TimeSpan) throws(KafkaError) {
    guard !topics.isEmpty else { return }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let timeout = Int32(clamping: limit.milliseconds)
    try client.check(
      rd_kafka_metadata(client.pointer, 0, nil, &metadata, timeout), "asking for metadata")
    rd_kafka_metadata_destroy(metadata)
  }

  private static func open(
    _ names: [String], _ client: borrowing ClientHandle
  ) throws(KafkaError) -> [OpaquePointer] {
    var topics: [OpaquePointer] = []
    for name in names {
      guard let topic = rd_kafka_topic_new(client.pointer, name, nil) else {
        let error = KafkaError(rd_kafka_last_error(), during: "opening topic \(name)")
        for topic in topics { rd_kafka_topic_destroy(topic) }
        throw error
      }
      topics.append(topic)
    }
    return topics
  }

  private func enqueue(
    _ entry: OutgoingBatch.Entry, of batch: OutgoingBatch
  ) -> KafkaError? {
    guard entry.headers.isEmpty, entry.timestamp == nil else {
      return enqueueWhole(entry, of: batch)
    }
    let topic = topics[entry.topic.index]
    // No flag: the memory is ours, and stays until the delivery.
    let code = rd_kafka_produce(
      topic, entry.partition ?? -1, 0, entry.value.map { batch.address($0) },
      entry.value?.count ?? 0, entry.key.map { UnsafeRawPointer(batch.address($0)) },
      entry.key?.count ?? 0, nil)
    guard code != 0 else { return nil }
    return refusal(rd_kafka_last_error(), entry)
  }

  private func enqueueWhole(
    _ entry: OutgoingBatch.Entry, of batch: OutgoingBatch
  ) -> KafkaError? {
    withUnsafeTemporaryAllocation(
      of: rd_kafka_vu_t.self, capacity: 6 + entry.headers.count
    ) { fields in
      var count = 0
      func add(_ kind: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
        var field = rd_kafka_vu_t()
        field.vtype = kind
        fill(&field)
        fields.initializeElement(at: count, to: field)
        count += 1
      }
      add(RD_KAFKA_VTYPE_RKT) { $0.u.rkt = topics[entry.topic.index] }
      add(RD_KAFKA_VTYPE_PARTITION) { $0.u.i32 = entry.partition ?? -1 }
      add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = 0 }
      if let value = entry.value {
        add(RD_KAFKA_VTYPE_VALUE) {
          $0.u.mem.ptr = batch.address(value)
          $0.u.mem.size = value.count
        }
      }
      if let key = entry.key {
        add(RD_KAFKA_VTYPE_KEY) {
          $0.u.mem.ptr = batch.address(key)
          $0.u.mem.size = key.count
        }
      }
      if let timestamp = entry.timestamp {
        add(RD_KAFKA_VTYPE_TIMESTAMP) { $0.u.i64 = timestamp.milliseconds }
      }
      for header in batch.headers[entry.headers] {
        add(RD_KAFKA_VTYPE_HEADER) {
          $0.u.header.name = UnsafePointer(
            batch.address(header.name).assumingMemoryBound(to: CChar.self))
          $0.u.header.val = header.value.map { UnsafeRawPointer(batch.address($0)) }
          $0.u.header.size = header.value?.count ?? -1
        }
      }
      let error = rd_kafka_produceva(client.pointer, fields.baseAddress, count)
      return KafkaError(consuming: error, during: "writing to \(name(of: entry.topic))")
    }
  }

  private func name(of topic: OutputTopic) -> String {
    text(rd_kafka_topic_name(topics[topic.index]))
  }

  private func refusal(
    _ code: rd_kafka_resp_err_t, _ entry: OutgoingBatch.Entry
  ) -> KafkaError {
    if code == RD_KAFKA_RESP_ERR__FATAL, let fatal = client.fatalError { return fatal }
    return KafkaError(code, during: "writing to \(name(of: entry.topic))")
  }
}

/// A time limit on the monotonic clock.
struct Deadline {
  private let end: ContinuousClock.Instant

  init(_ span: TimeSpan) { end = .now.advanced(by: .milliseconds(span.milliseconds)) }

  var isOver: Bool { end <= .now }

  /// What is left, in whole milliseconds, at least 1.
  var milliseconds: Int32 {
    let left = ContinuousClock.now.duration(to: end)
    return Int32(
      clamping: max(
        1,
        left.components.seconds * 1000
          + left.components.attoseconds / 1_000_000_000_000_000))
  }
}
