internal import EventFormats
internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// Hears of the records that are passed without being handed on.
protocol PassedRecords: AnyObject {
  func rejected(_ record: borrowing Record, of lane: Lane, for rejection: Rejection)
  func skipped(of lane: Lane)
}

/// Reads all input partitions in one order: while records are left the oldest by event time comes first.
///
/// Only the record at the head of each partition is read into an interaction. What cannot be used has no time,
/// and is passed at once.
final class InputSequence {
  /// Records without a time that are passed in a row, before others have their turn.
  private static let passedMax = 2_000
  /// How often partitions at their ends are looked at while others have records: every so many records.
  private static let lookEvery = 256

  private(set) var lanes: [Lane] = []
  private let consumer: any KafkaReader
  private let readers: [RecordReader]
  private let plan: Plan
  private let wall: () -> Moment
  private let monotonic: () -> TimeSpan
  weak var listener: (any PassedRecords)?
  private let headers = RecordHeaderList()
  /// By lane: the event time of what is at hand, the distant future where nothing is.
  private var heads: [Moment] = []
  private var sinceLook = 0
  /// Lanes that have records left and none at hand.
  private var underWay = 0
  private let names: NameTable
  /// More is at hand without waiting, though none is next yet.
  private(set) var hasMore = false
  /// Some partition that was read to its end has records again; the clock was not told yet.
  private(set) var hasReopened = false

  init(
    _ consumer: any KafkaReader, plan: Plan, names: NameTable, _ services: Services
  ) throws(Failure) {
    self.consumer = consumer
    self.plan = plan
    self.names = names
    wall = services.wall
    monotonic = services.monotonic
    let attributes = plan.attributesRead
    var readers: [RecordReader] = []
    for source in plan.sources {
      do throws(PlanProblem) {
        readers.append(try RecordReader(source, of: plan, attributes: attributes, names: names))
      } catch {
        throw Failure(
          .configurationInvalid, "the source “\(source.name)” cannot be read: \(error.message)",
          cure: "journeyd check --offline")
      }
    }
    self.readers = readers
  }

  /// Reads these partitions too.
  func add(
    _ partitions: [(place: TopicPartition, source: Int)], from starts: [TopicPartition: Offset],
    committed: [TopicPartition: Offset], newest: [TopicPartition: Moment]
  ) throws(KafkaError) {
    // Without asking first, reading would begin a second later.
    _ = try consumer.topics(within: Cluster.answerLimit)
    let queues = try consumer.add(
      partitions.map { (place: $0.place, from: starts[$0.place].map { .offset($0) } ?? .beginning) }
    )
    for (queue, partition) in zip(queues, partitions) {
      let source = plan.sources[partition.source]
      lanes.append(
        Lane(
          lanes.count, queue, source: partition.source, holdsClock: source.holdsClock,
          committed: committed[partition.place], newest: newest[partition.place]))
      heads.append(.distantFuture)
      if source.holdsClock { underWay += 1 }
    }
  }

  /// Waits no longer for a partition that is not there any more; false while something of it is at hand.
  func giveUp(_ lane: Lane) -> Bool {
    guard lane.head != .interaction else { return false }
    if isWaitedFor(lane) { underWay -= 1 }
    lane.head = .gone
    return true
  }

  /// The lane whose interaction is next in the order; nil while none is at hand, or one may come that is older.
  func next() throws(Setback) -> Lane? {
    if sinceLook >= Self.lookEvery || underWay > 0 { try look() }
    sinceLook += 1
    guard underWay == 0 else { return nil }
    if let lane = oldest() { return lane }
    try look()
    return underWay == 0 ? oldest() : nil
  }

  /// The interaction of this lane was handed on: what comes behind it takes its place.
  func pass(_ lane: Lane) throws(Setback) {
    lane.queue.advance()
    try fill(lane)
  }

  /// Lends the record at the head of a lane.
  func withRecord(of lane: Lane, _ body: (borrowing Record) -> Void) {
    lane.queue.withRecord { body($0) }
  }

  /// Looks at every partition that has nothing at hand.
  func look() throws(Setback) {
    sinceLook = 0
    do throws(KafkaError) { try consumer.serve() } catch {
      throw .beginAgain(error.description)
    }
    hasMore = false
    for lane in lanes where heads[lane.number] == .distantFuture { try fill(lane) }
  }

  /// Tells the clock what each partition allows.
  func tell(_ clock: inout DaemonClock, at monotonic: TimeSpan) {
    hasReopened = false
    for (number, lane) in lanes.enumerated() {
      switch lane.head {
      case .gone: clock.release(number)
      case .interaction, .underWay, .end:
        if !lane.holdsClock || lane.isRead(at: monotonic, grace: plan.time.grace) {
          clock.release(number)
        } else {
          clock.hold(number, at: lane.newest)
        }
      }
    }
  }

  /// Records that wait in the broker or here, as far as the last fetches told.
  var lag: Int {
    lanes.reduce(0) { sum, lane in
      guard let position = lane.queue.position, let end = consumer.lastKnownEnd(of: lane.place)
      else { return sum }
      return sum + Int(max(0, end.rawValue - position.rawValue))
    }
  }

  /// Where the readable part of a partition ends, while more is in it that an open transaction hides.
  func hiddenFrom(_ lane: Lane) -> Offset? {
    guard lane.head == .end, let position = lane.queue.position,
      let end = consumer.lastKnownEnd(of: lane.place), end > position
    else { return nil }
    return position
  }

  /// There is a backlog: commits may be larger and rarer.
  var isCatchingUp: Bool { lag >= Limits.catchingUpLag }

  /// The reading of some partition has come further than what was committed.
  var hasMoved: Bool {
    lanes.contains { $0.queue.position != nil && $0.queue.position != $0.committed }
  }

  /// Where each partition is to be read on, as far as that is not committed yet.
  func offsets() -> [TopicPartition: Offset] {
    var offsets: [TopicPartition: Offset] = [:]
    for lane in lanes {
      guard let position = lane.queue.position, position != lane.committed else { continue }
      offsets[lane.place] = position
    }
    return offsets
  }

  /// These were committed.
  func committed(_ offsets: [TopicPartition: Offset]) {
    for lane in lanes {
      if let offset = offsets[lane.place] { lane.committed = offset }
    }
  }

  private func oldest() -> Lane? {
    var best = -1
    var time = Moment.distantFuture
    for number in heads.indices {
      let candidate = heads[number]
      if candidate < time || (candidate == time && best >= 0 && precedes(number, best)) {
        (best, time) = (number, candidate)
      }
    }
    return best < 0 ? nil : lanes[best]
  }

  /// Of equal times the order is by source, then id, as bytes.
  private func precedes(_ a: Int, _ b: Int) -> Bool {
    guard heads[a] < .distantFuture else { return false }
    let (a, b) = (lanes[a].interaction, lanes[b].interaction)
    if a.source != b.source { return names.precedes(a.source, b.source) }
    return a.bytes[a.id.range].lexicographicallyPrecedes(b.bytes[b.id.range])
  }
}

// MARK: The heads of lanes

extension InputSequence {
  /// Reads on in one lane until an interaction is at hand, or nothing more has come.
  private func fill(_ lane: Lane) throws(Setback) {
    let wasWaitedFor = isWaitedFor(lane)
    heads[lane.number] = .distantFuture
    lane.head = try read(lane)
    if lane.head == .interaction { heads[lane.number] = lane.interaction.time }
    underWay += (isWaitedFor(lane) ? 1 : 0) - (wasWaitedFor ? 1 : 0)
  }

  /// Whether the order has to wait for what this lane has under way.
  private func isWaitedFor(_ lane: Lane) -> Bool { lane.holdsClock && lane.head == .underWay }

  private func read(_ lane: Lane) throws(Setback) -> Lane.Head {
    for _ in 0..<Self.passedMax {
      switch lane.queue.head() {
      case .record:
        lane.hasHeard = true
        let isInteraction = decode(lane)
        if lane.endedAt != nil {
          lane.endedAt = nil
          hasReopened = true
        }
        if isInteraction { return .interaction }
        lane.queue.advance()
      case .nothing:
        if lane.head == .gone { return .gone }
        return isAtKnownEnd(lane) ? .end : .underWay
      case .end:
        lane.hasHeard = true
        if lane.endedAt == nil { lane.endedAt = monotonic() }
        return .end
      case .failed(let error): try take(error, of: lane)
      }
    }
    hasMore = true
    return .underWay
  }

  /// Everything that the last fetch told of was passed: what comes now has just arrived.
  private func isAtKnownEnd(_ lane: Lane) -> Bool {
    guard lane.hasHeard, let position = lane.queue.position,
      let end = consumer.lastKnownEnd(of: lane.place)
    else { return false }
    return position >= end
  }

  /// Reads the record at the head; false where it is not to be handed on, which is then told.
  private func decode(_ lane: Lane) -> Bool {
    let wall = wall()
    let isRead =
      lane.endedAt != nil && lane.isRead(at: monotonic(), grace: plan.time.grace)
    let newest = isRead ? wall : lane.newest
    let bounds = TimeBounds(
      oldest: newest.map { $0 - plan.history.keep } ?? .distantPast,
      newest: wall + plan.time.futureLimit)
    return lane.queue.withRecord { record in
      lane.arrival = record.timestamp ?? wall
      let input = InputRecord(
        value: record.value.map(bytes), key: record.key.map(bytes), timestamp: record.timestamp,
        topic: lane.place.topic, partition: lane.place.partition, offset: record.offset.rawValue,
        headers: headers.take(record))
      switch readers[lane.source].read(input, bounds: bounds, into: &lane.interaction) {
      case .read: return true
      case .skipped: listener?.skipped(of: lane)
      case .rejected(let rejection): listener?.rejected(record, of: lane, for: rejection)
      }
      return false
    } ?? false
  }

  private func take(_ error: KafkaError, of lane: Lane) throws(Setback) {
    if error.isOffsetOutOfRange {
      throw .failed(
        Failure(
          .configurationInvalid, "records of \(lane.place) were deleted before they were read",
          cure: "kafka-consumer-groups.sh --reset-offsets says how to go on without them"))
    }
    if error.isAbsence { lane.head = .gone }
  }
}
