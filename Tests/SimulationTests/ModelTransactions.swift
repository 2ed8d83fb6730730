import JourneyModel
import KafkaClient

/// A producer of transactions: what ``TransactionalProducer`` comes to.
final class ModelTransactions: ModelClient, KafkaTransactions {
  private enum State: Equatable {
    case new, ready, open, mustAbort
    case useless(TransactionError)
  }

  private let id: String
  private let topics: [String]
  private var state = State.new
  private var epoch: Int16 = -1

  init(_ program: Program, _ broker: Broker, id: String, topics: [String]) {
    self.id = id
    self.topics = topics
    super.init(program, broker)
  }

  func topic(_ name: String) -> OutputTopic? {
    topics.firstIndex(of: name).map { OutputTopic(index: $0) }
  }

  func warm(within limit: TimeSpan) throws(KafkaError) {
    try ask(.question, within: limit) {}
  }

  func initialize(within limit: TimeSpan) throws(TransactionError) {
    precondition(state == .new, "a producer is initialized once")
    do throws(KafkaError) {
      epoch = try repeated(.initialization, within: limit) { broker.initialize(id) }.epoch
    } catch { throw .retriable(error) }
    state = .ready
  }

  func begin() throws(TransactionError) {
    precondition(state == .ready, "a transaction begins when the last has ended")
    state = .open
  }

  func send(_ batch: OutgoingBatch, within limit: TimeSpan) throws(TransactionError) {
    try requireOpen()
    var records = self.records(batch)
    while !records.isEmpty {
      let count = world.dice.oneIn(2) ? records.count : world.dice.number(1...records.count)
      let part = Array(records[..<count])
      records.removeFirst(count)
      try within(limit, .production) { broker.produce(part, id: id, epoch: epoch) }
    }
  }

  private func records(
    _ batch: OutgoingBatch
  ) -> [(place: TopicPartition, key: [UInt8]?, value: [UInt8]?)] {
    var records: [(place: TopicPartition, key: [UInt8]?, value: [UInt8]?)] = []
    batch.forEach { topic, partition, key, value in
      records.append(
        (TopicPartition(topics[topic], partition ?? 0), key.map(Array.init), value.map(Array.init)))
    }
    // Partition by partition, so that a seed does not hang on the order in which a set was gone through.
    return Dictionary(grouping: records, by: \.place).sorted { $0.key < $1.key }.flatMap(\.value)
  }

  func sendOffsets(
    _ offsets: [TopicPartition: Offset], note: (place: TopicPartition, text: String)?,
    as member: GroupMetadata, within limit: TimeSpan
  ) throws(TransactionError) {
    precondition(!offsets.isEmpty, "a transaction without offsets fences nobody")
    try requireOpen()
    let name = String(decoding: member.stored, as: UTF8.self)
    try within(limit, .offsets) {
      broker.addOffsets(
        offsets, note: note, member: name, generation: member.generation, id: id, epoch: epoch)
    }
  }

  func flush(within limit: TimeSpan) throws(TransactionError) { try requireOpen() }

  func commit(within limit: TimeSpan) throws(TransactionError) {
    try requireOpen()
    try end(.commit, within: limit)
  }

  func abort(within limit: TimeSpan) throws(TransactionError) {
    switch state {
    case .new, .ready: return
    case .useless(let error): throw error
    case .open, .mustAbort: try end(.abort, within: limit)
    }
  }

  private func end(_ point: Point, within limit: TimeSpan) throws(TransactionError) {
    do throws(KafkaError) {
      // Sometimes the answer is lost, or the request.
      if !program.isDead, world.dice.oneIn(program.losesOneIn) {
        let isLostBefore = world.dice.oneIn(2)
        if !isLostBefore { _ = broker.end(id, epoch: epoch, commits: point == .commit) }
        world.tell("\(program.name) hears nothing of its \(point)")
        program.sleep(limit)
        throw Errors.timedOut
      }
      try repeated(point, within: limit) {
        broker.end(id, epoch: epoch, commits: point == .commit)
      }
      state = .ready
    } catch {
      let outcome: TransactionError = error == Errors.timedOut ? .unclear(error) : verdict(error)
      state = .useless(outcome)
      throw outcome
    }
  }

  private func within(
    _ limit: TimeSpan, _ point: Point, _ effect: () -> Result<Void, Broker.Refusal>
  ) throws(TransactionError) {
    do throws(KafkaError) {
      try repeated(point, within: limit, effect)
      if world.dice.oneIn(program.failsOneIn) { throw Errors.refused }
    } catch {
      let outcome = verdict(error)
      if case .abortNeeded = outcome { state = .mustAbort } else { state = .useless(outcome) }
      throw outcome
    }
  }

  private func verdict(_ error: KafkaError) -> TransactionError {
    if error == Errors.fenced { return .fenced(error) }
    return error.isFatal || error == Errors.dead ? .fatal(error) : .abortNeeded(error)
  }

  /// Asks again while the transaction before is being ended.
  private func repeated<R>(
    _ point: Point, within limit: TimeSpan, _ effect: () -> Result<R, Broker.Refusal>
  ) throws(KafkaError) -> R {
    let deadline = world.now + limit
    while true {
      switch try ask(point, within: deadline - world.now, effect) {
      case .success(let answer): return answer
      case .failure(.fenced): throw Errors.fenced
      case .failure(.invalidState): throw Errors.invalidState
      case .failure(.unknownMember): throw Errors.unknownMember
      case .failure(.illegalGeneration): throw Errors.illegalGeneration
      case .failure(.busy):
        guard world.now < deadline else { throw Errors.timedOut }
        program.sleep(TimeSpan(20))
      }
    }
  }

  private func requireOpen() throws(TransactionError) {
    switch state {
    case .open: return
    case .useless(let error): throw error
    case .mustAbort: throw .abortNeeded(Errors.concurrent)
    case .new, .ready: preconditionFailure("it needs a transaction")
    }
  }
}

/// Writes without transactions.
final class ModelWriter: ModelClient, KafkaWriter {
  private let topics: [String]
  private var waiting: [(place: TopicPartition, key: [UInt8]?, value: [UInt8]?)] = []

  init(_ program: Program, _ broker: Broker, topics: [String]) {
    self.topics = topics
    super.init(program, broker)
  }

  func topic(_ name: String) -> OutputTopic? {
    topics.firstIndex(of: name).map { OutputTopic(index: $0) }
  }

  func warm(within limit: TimeSpan) throws(KafkaError) { try ask(.question, within: limit) {} }

  func send(_ batch: OutgoingBatch, within limit: TimeSpan) throws(KafkaError) {
    batch.forEach { topic, partition, key, value in
      waiting.append(
        (TopicPartition(topics[topic], partition ?? 0), key.map(Array.init), value.map(Array.init)))
    }
  }

  func flush(within limit: TimeSpan) throws(KafkaError) {
    while !waiting.isEmpty {
      let count = world.dice.number(1...waiting.count)
      let part = waiting[..<count]
      try ask(.production, within: limit) {
        for record in part {
          broker.log(record.place)?.append(record.key, record.value, of: nil, at: world.wall)
        }
      }
      waiting.removeFirst(count)
    }
  }
}

/// A member of the group, with the beats that the library's own thread sends.
final class ModelMember: ModelClient, KafkaMember {
  private let place: TopicPartition
  private var events: [GroupConsumer.Event] = []
  private var id: String?
  private var generation: Int32 = -1
  private var hasLead = false
  private var isRevoking = false
  private(set) var isLost = false
  private var heardAt = TimeSpan.zero
  /// Answers of generations before this one come too late.
  private var awaited: Int32 = 0
  private var isClosed = false

  private static let beatEvery = TimeSpan.seconds(2)

  init(_ program: Program, _ broker: Broker, topic: String) {
    place = TopicPartition(topic, 0)
    super.init(program, broker)
    heardAt = world.now
    later(world.dice.span(1...50)) { $0.beat() }
  }

  deinit {
    guard let id, !program.isDead, !program.isCut else { return }
    broker.group.leave(id)
  }

  func poll() -> GroupConsumer.Event? { events.isEmpty ? nil : events.removeFirst() }

  func release() throws(KafkaError) {
    guard isRevoking else { return }
    isRevoking = false
    later(world.dice.span(program.distance)) { $0.rejoin() }
  }

  func metadata() -> GroupMetadata? {
    guard !isLost, let id, generation >= 0 else { return nil }
    return GroupMetadata(generation: generation, stored: Array(id.utf8))
  }

  private func later(_ span: TimeSpan, _ action: @escaping (ModelMember) -> Void) {
    world.after(span) { [weak self] in if let self { action(self) } }
  }

  /// Regularly: tells the group that this member lives, and hears whether it is one.
  private func beat() {
    guard !program.isDead else { return }
    later(Self.beatEvery) { $0.beat() }
    guard !program.isFrozen else { return }
    guard !program.isCut, !broker.isAway else {
      if id != nil, world.now - heardAt >= Group.sessionLimit { lose() }
      return
    }
    heardAt = world.now
    guard let id else { return join() }
    switch broker.group.beat(id, generation) {
    case .fine: break
    case .rejoin: rejoin()
    case .unknown:
      lose()
      join()
    }
  }

  private func join() {
    program.pass(.join, .before)
    guard !program.isDead else { return }
    awaited = broker.group.generation + 1
    id = broker.group.join { [weak self] generation, hasLead in self?.sync(generation, hasLead) }
  }

  private func rejoin() {
    guard let id, !isRevoking, !program.isDead else { return }
    guard !program.isCut, !broker.isAway else { return later(TimeSpan(100)) { $0.rejoin() } }
    awaited = broker.group.generation + 1
    _ = broker.group.rejoin(id, claims: hasLead)
  }

  private func lose() {
    id = nil
    generation = -1
    isRevoking = false
    isLost = true
    if hasLead { events.append(.lost([place])) }
    hasLead = false
    program.wake()
  }

  private func sync(_ generation: Int32, _ hasLead: Bool) {
    guard !program.isDead, id != nil, generation >= awaited else { return }
    if program.isFrozen || program.isCut {
      return later(TimeSpan(50)) { $0.sync(generation, hasLead) }
    }
    self.generation = generation
    isLost = false
    if hasLead != self.hasLead {
      if hasLead {
        program.pass(.join, .after)
        events.append(.assigned([place]))
      } else {
        isRevoking = true
        events.append(.revoking([place]))
      }
      self.hasLead = hasLead
    } else if !hasLead {
      events.append(.assigned([]))
    }
    program.wake()
  }
}
