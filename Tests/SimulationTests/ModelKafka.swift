import JourneyModel
import KafkaClient

/// The clients of one program, of a broker that is a model.
final class ModelKafka: Kafka {
  let program: Program
  let broker: Broker

  init(_ program: Program, _ broker: Broker) {
    self.program = program
    self.broker = broker
  }

  var waiter: any Waiter { program }

  func admin() throws(KafkaError) -> any KafkaAdmin { ModelAdmin(program, broker) }

  func member(of topics: [String]) throws(KafkaError) -> any KafkaMember {
    ModelMember(program, broker, topic: topics[0])
  }

  func reader(
    uncommitted: Bool, kilobytesAhead: Int?
  ) throws(KafkaError) -> any KafkaReader {
    ModelReader(program, broker, uncommitted: uncommitted)
  }

  func transactions(id: String, topics: [String]) throws(KafkaError) -> any KafkaTransactions {
    ModelTransactions(program, broker, id: id, topics: topics)
  }

  func writer(topics: [String]) throws(KafkaError) -> any KafkaWriter {
    ModelWriter(program, broker, topics: topics)
  }
}

/// What every client does: ask, and wait for the answer until the time is over.
class ModelClient {
  let program: Program
  let broker: Broker
  var world: World { program.world }

  init(_ program: Program, _ broker: Broker) {
    self.program = program
    self.broker = broker
  }

  func ask<R>(
    _ point: Point, within limit: TimeSpan, _ effect: () -> R
  ) throws(KafkaError) -> R {
    do throws(Program.Silence) {
      return try program.ask(point, broker, until: world.now + limit, effect)
    } catch {
      switch error {
      case .dead: throw Errors.dead
      case .timeOver: throw Errors.timedOut
      }
    }
  }
}

final class ModelAdmin: ModelClient, KafkaAdmin {
  func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription] {
    try ask(.question, within: limit) {
      broker.topics.keys.sorted().compactMap { broker.description($0) }
    }
  }

  func topic(_ name: String, within limit: TimeSpan) throws(KafkaError) -> TopicState {
    try ask(.question, within: limit) {
      broker.description(name).map { .present($0) } ?? .absent
    }
  }

  func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] { try each(places, limit) { $0.end } }

  func beginnings(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] { try each(places, limit) { $0.beginning } }

  private func each(
    _ places: [TopicPartition], _ limit: TimeSpan, _ what: (PartitionLog) -> Offset
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    var found: [TopicPartition: Offset] = [:]
    // One question each, as the library asks.
    let deadline = world.now + limit
    for place in places {
      found[place] = try ask(.question, within: deadline - world.now) {
        broker.log(place).map(what)
      }
    }
    return found
  }

  func offsets(
    at times: [TopicPartition: Moment], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    try ask(.question, within: limit) {
      var found: [TopicPartition: Offset?] = [:]
      for (place, time) in times {
        let entry = broker.log(place)?.entries.first { $0.timestamp >= time }
        found[place] = .some(entry?.offset)
      }
      return found
    }
  }

  func create(
    _ topics: [NewTopic], within limit: TimeSpan
  ) throws(KafkaError) -> [String: AdminClient.Creation] {
    try ask(.question, within: limit) {
      var answers: [String: AdminClient.Creation] = [:]
      for topic in topics {
        answers[topic.name] = broker.topics[topic.name] == nil ? .created : .existed
        broker.make(topic.name, partitions: topic.partitions ?? 1)
      }
      return answers
    }
  }

  func settings(
    of topics: [String], within limit: TimeSpan
  ) throws(KafkaError) -> [String: [String: String]] {
    try ask(.question, within: limit) { [:] }
  }
}

final class ModelReader: ModelClient, KafkaReader {
  private let uncommitted: Bool
  private var read: [ModelPartition] = []

  init(_ program: Program, _ broker: Broker, uncommitted: Bool) {
    self.uncommitted = uncommitted
    super.init(program, broker)
  }

  deinit { for partition in read { partition.isClosed = true } }

  var partitions: [any KafkaPartition] { read }

  func add(
    _ starts: [(place: TopicPartition, from: ReadFrom)]
  ) throws(KafkaError) -> [any KafkaPartition] {
    var added: [ModelPartition] = []
    for (place, from) in starts {
      guard let log = broker.log(place) else { throw Errors.unknownPartition }
      added.append(ModelPartition(program, broker, log, from, uncommitted: uncommitted))
    }
    read += added
    return added
  }

  func serve() throws(KafkaError) {}

  func topics(within limit: TimeSpan) throws(KafkaError) -> [TopicDescription] {
    try ask(.question, within: limit) {
      broker.topics.keys.sorted().compactMap { broker.description($0) }
    }
  }

  /// Waits for transactions that have offsets of these partitions.
  private func places(
    _ places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: GroupOffsets.Place] {
    let deadline = world.now + limit
    while true {
      let answer = try ask(.question, within: deadline - world.now) {
        broker.offsets.isStable(places) ? broker.offsets.committed : nil
      }
      if let answer { return answer }
      guard world.now < deadline else { throw Errors.timedOut }
      program.sleep(TimeSpan(100))
    }
  }

  func committed(
    _ places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset?] {
    let found = try self.places(places, within: limit)
    var answer: [TopicPartition: Offset?] = [:]
    for place in places { answer[place] = .some(found[place]?.offset) }
    return answer
  }

  func committedNote(
    of place: TopicPartition, within limit: TimeSpan
  ) throws(KafkaError) -> String { try places([place], within: limit)[place]?.note ?? "" }

  func ends(
    of places: [TopicPartition], within limit: TimeSpan
  ) throws(KafkaError) -> [TopicPartition: Offset] {
    try ask(.question, within: limit) {
      var ends: [TopicPartition: Offset] = [:]
      for place in places {
        ends[place] = broker.log(place).map { uncommitted ? $0.end : $0.stableEnd }
      }
      return ends
    }
  }

  func lastKnownEnd(of place: TopicPartition) -> Offset? {
    read.first { $0.place == place }?.knownEnd
  }
}

/// Fetches a partition bit by bit, as long as its reader is there.
final class ModelPartition: KafkaPartition {
  private enum Fetched {
    case record(PartitionLog.Entry)
    case end(Offset)
    case failed(KafkaError)
  }

  let place: TopicPartition
  private(set) var position: Offset?
  /// As the last fetch told it.
  private(set) var knownEnd: Offset?
  var isClosed = false
  private let program: Program
  private let broker: Broker
  private let log: PartitionLog
  private let uncommitted: Bool
  private var fetched: [Fetched] = []
  private var next = 0
  private var isAtEnd = false
  private var fetchAt: Offset
  /// The end was told of at this offset.
  private var toldEnd: Offset?

  private static let aheadMax = 40

  init(
    _ program: Program, _ broker: Broker, _ log: PartitionLog, _ from: ReadFrom, uncommitted: Bool
  ) {
    self.program = program
    self.broker = broker
    self.log = log
    self.uncommitted = uncommitted
    place = log.place
    switch from {
    case .beginning: fetchAt = log.beginning
    case .end: fetchAt = log.end
    case .offset(let offset):
      fetchAt = offset
      position = offset
    }
    fetchSoon()
  }

  func head() -> PartitionReader.Head {
    while next < fetched.count {
      switch fetched[next] {
      case .record:
        isAtEnd = false
        return .record
      case .end(let offset):
        position = max(position ?? Offset(0), offset)
        isAtEnd = true
        take()
      case .failed(let error):
        take()
        return .failed(error)
      }
    }
    return isAtEnd ? .end : .nothing
  }

  func withHead(_ body: (borrowing Record) -> Void) {
    guard next < fetched.count, case .record(let entry) = fetched[next] else { return }
    lend(entry.key) { key in
      lend(entry.value) { value in
        body(Record(key: key, value: value, offset: entry.offset, timestamp: entry.timestamp))
      }
    }
  }

  func advance() {
    guard next < fetched.count, case .record(let entry) = fetched[next] else {
      preconditionFailure("there is no record to pass")
    }
    program.pass(place.topic.hasSuffix("-state") ? .reading : .record, .before)
    position = entry.offset.next
    take()
  }

  private func take() {
    next += 1
    guard next == fetched.count else { return }
    fetched.removeAll(keepingCapacity: true)
    next = 0
  }

  private func fetchSoon() {
    program.world.after(program.world.dice.span(program.distance)) { [weak self] in self?.fetch() }
  }

  private func fetch() {
    guard !isClosed, !program.isDead else { return }
    guard !program.isCut, !program.isFrozen, !broker.isAway,
      fetched.count - next < Self.aheadMax
    else {
      program.world.after(TimeSpan(50)) { [weak self] in self?.fetch() }
      return
    }
    guard fetchAt >= log.beginning, fetchAt <= log.end else {
      fetched.append(.failed(Errors.outOfRange))
      return program.wake()
    }
    knownEnd = log.end
    let end = uncommitted ? log.end : log.stableEnd
    let most = program.world.dice.number(1...30)
    var index = log.index(of: fetchAt)
    var count = 0
    while index < log.entries.count, log.entries[index].offset < end, count < most {
      let entry = log.entries[index]
      index += 1
      count += 1
      fetchAt = entry.offset.next
      let isShown = uncommitted ? !entry.isMarker : entry.isVisible
      if isShown { fetched.append(.record(entry)) }
    }
    // What is left out by compaction up to the end is passed as well.
    if index == log.entries.count || log.entries[index].offset >= end {
      fetchAt = max(fetchAt, end)
    }
    if fetchAt >= end {
      if toldEnd != fetchAt {
        toldEnd = fetchAt
        fetched.append(.end(fetchAt))
      }
      log.onChange.append { [weak self] in self?.fetchSoon() }
    } else {
      fetchSoon()
    }
    program.wake()
  }

  private func lend(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void) {
    guard let bytes else { return body(nil) }
    bytes.withUnsafeBytes { body($0) }
  }
}
