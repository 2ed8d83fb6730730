internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// Where the reading of each input partition begins, and what speaks against beginning at all.
struct StartPositions {
  private let plan: Plan
  private let now: Moment

  /// - Parameter now: what `start: DURATION` counts back from.
  init(_ plan: Plan, now: Moment) {
    self.plan = plan
    self.now = now
  }

  /// The committed offset of each partition, or the beginning that its source asks for.
  ///
  /// A partition of a topic that was read before is new, and read from its start.
  func find(
    _ places: [(place: TopicPartition, source: Int)], committed: [TopicPartition: Offset?],
    known: Set<TopicPartition>, _ admin: any KafkaAdmin
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    let all = places.map(\.place)
    let limit = Cluster.answerLimit
    let beginnings = try admin.beginnings(of: all, within: limit)
    let ends = try admin.ends(of: all, within: limit)
    var result: [TopicPartition: Offset] = [:]
    var fromTime: [TopicPartition: Moment] = [:]
    let topicsRead = Set(all.filter { committed[$0] ?? nil != nil }.map(\.topic))
      .union(known.map(\.topic))
    for (place, source) in places {
      let (first, end) = (beginnings[place] ?? Offset(0), ends[place] ?? Offset(0))
      if let offset = committed[place] ?? nil {
        result[place] = offset
      } else if topicsRead.contains(place.topic) {
        result[place] = first
      } else {
        switch plan.sources[source].start {
        case .earliest: result[place] = first
        case .latest: result[place] = end
        case .back(let span):
          fromTime[place] = now - span
          result[place] = end
        }
      }
    }
    if !fromTime.isEmpty {
      for (place, offset) in try admin.offsets(at: fromTime, within: limit) {
        if let offset { result[place] = offset }
      }
    }
    return result
  }

  /// What was lost since the last run: offsets that are no longer kept, partitions that are no longer there.
  func losses(
    _ places: [TopicPartition], committed: [TopicPartition: Offset?],
    known: Set<TopicPartition>, _ admin: any KafkaAdmin
  ) throws(KafkaError) -> Failure? {
    let group = plan.kafka.groupID
    let gone = known.subtracting(places).sorted()
    if let first = gone.first {
      return Failure(
        .configurationInvalid,
        "the partition \(first) was read before and is no longer there"
          + (gone.count > 1 ? ", with \(gone.count - 1) others" : "")
          + ": what was in it and not read is lost",
        cure: "bring it back, or take the source out of the configuration")
    }
    let read = places.filter { committed[$0] ?? nil != nil }
    for place in known.sorted() where (committed[place] ?? nil) == nil {
      return Failure(
        .configurationInvalid,
        "the group “\(group)” no longer has its position in \(place), which it has read",
        cure: reset(place, "--to-earliest", "(what was read twice has no effect twice)"))
    }
    let beginnings = try admin.beginnings(of: read, within: Cluster.answerLimit)
    let ends = try admin.ends(of: read, within: Cluster.answerLimit)
    for place in read.sorted() {
      guard let offset = committed[place] ?? nil else { continue }
      if let first = beginnings[place], offset < first {
        return Failure(
          .configurationInvalid,
          "\(place) was read up to \(offset.rawValue) and begins at \(first.rawValue) now: "
            + "\(first.rawValue - offset.rawValue) records were deleted before they were read",
          cure: reset(place, "--to-earliest", "to go on without them, and keep the topic longer"))
      }
      if let end = ends[place], end < offset {
        return Failure(
          .configurationInvalid,
          "\(place) was read up to \(offset.rawValue) and ends at \(end.rawValue) now: "
            + "it is another topic of the same name, or has lost records",
          cure: reset(place, "--to-earliest", "to read it from its start"))
      }
    }
    return nil
  }

  /// Positions without a state: what was read before them is known to nobody.
  func missingState(
    _ committed: [TopicPartition: Offset?], _ admin: any KafkaAdmin
  ) throws(KafkaError) -> Failure? {
    let read = committed.filter { $0.value != nil }.keys.sorted()
    let beginnings = try admin.beginnings(of: read, within: Cluster.answerLimit)
    guard
      let place = read.first(where: { place in
        guard let offset = committed[place] ?? nil, let first = beginnings[place] else {
          return false
        }
        return offset > first
      })
    else { return nil }
    let group = plan.kafka.groupID
    return Failure(
      .configurationInvalid,
      "the group “\(group)” has read \(place), and its state, the topic “\(StateTopic.name(of: group))”, is empty",
      cure: "bring the topic back; or begin anew: kafka-consumer-groups.sh --group \(group)"
        + " --reset-offsets --all-topics --to-earliest --execute")
  }

  private func reset(_ place: TopicPartition, _ to: String, _ words: String) -> String {
    "kafka-consumer-groups.sh --group \(plan.kafka.groupID) --topic \(place.topic):\(place.partition)"
      + " --reset-offsets \(to) --execute \(words)"
  }
}
