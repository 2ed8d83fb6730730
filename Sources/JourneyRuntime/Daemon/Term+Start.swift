internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What a turn begins with.
struct TermParts {
  var committer: any Committer
  var input: InputSequence
  var engine: Engine
  var clock: DaemonClock
  var outbox: Outbox
}

extension Term {
  /// Begins a turn: fences whoever wrote before, then continues from what is committed.
  static func begin(
    _ services: Services, as lead: Lead, goesOn: @escaping () throws(Setback) -> Void
  ) throws(Setback) -> Term {
    let start = TermBeginning(services: services, goesOn: goesOn)
    return Term(try start.parts(), turn: lead.turn, services: services)
  }
}

/// The steps of a beginning, in their order: the broker's answers to the later ones hold only after the earlier.
private struct TermBeginning {
  let services: Services
  let goesOn: () throws(Setback) -> Void
  private var plan: Plan { services.plan }
  private var cluster: Cluster { services.cluster }

  func parts() throws(Setback) -> TermParts {
    let committer = try committer()
    let topics = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try cluster.admin.topics(within: Cluster.answerLimit)
    }
    let partitions = try inputTopics().partitions(topics)
    let consumer = try consumer()
    let places = partitions.map(\.place)
    let committed = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try consumer.committed(places, within: Cluster.answerLimit)
    }
    let starts = try cluster.patiently(goesOn) {
      () throws(KafkaError) -> Result<[TopicPartition: Offset], Setback> in
      try self.starts(partitions, committed)
    }.get()
    let names = NameTable()
    let engine = Engine(plan: plan, names: names, collects: collects)
    if committed.values.contains(where: { $0 != nil }) {
      services.log(.stateEmpty(group: plan.kafka.groupID))
    }
    let input = try sequence(consumer, names)
    var offsets: [TopicPartition: Offset] = [:]
    for (place, offset) in committed { if let offset { offsets[place] = offset } }
    try cluster.patiently(goesOn) { () throws(KafkaError) in
      try input.add(partitions, from: starts, committed: offsets, newest: [:])
    }
    tellOfSources(partitions)
    return TermParts(
      committer: committer, input: input, engine: engine, clock: DaemonClock(),
      outbox: try outbox(committer))
  }

  private var collects: Engine.Collects {
    var collects: Engine.Collects = []
    if plan.outputs.journeys != nil { collects.insert(.changes) }
    if plan.outputs.decisions != nil { collects.insert(.decisions) }
    if plan.outputs.identities != nil { collects.insert(.identities) }
    return collects
  }

  private func inputTopics() throws(Setback) -> InputTopics {
    do throws(KafkaError) {
      return try InputTopics(plan, internalTopics: [Lead.topic(of: plan.kafka.groupID)])
    } catch { throw .failed(Cluster.failure(error)) }
  }

  private func consumer() throws(Setback) -> AssigningConsumer {
    do throws(KafkaError) {
      return try AssigningConsumer(
        cluster.configuration, wakeup: services.wakeup, sink: cluster.watch.sink)
    } catch { throw .failed(Cluster.failure(error)) }
  }

  private func sequence(
    _ consumer: consuming AssigningConsumer, _ names: NameTable
  ) throws(Setback) -> InputSequence {
    do throws(Failure) {
      return try InputSequence(consumer, plan: plan, names: names, wall: services.wall)
    } catch { throw .failed(error) }
  }

  private func starts(
    _ partitions: [(place: TopicPartition, source: Int)], _ committed: [TopicPartition: Offset?]
  ) throws(KafkaError) -> Result<[TopicPartition: Offset], Setback> {
    let positions = StartPositions(plan, now: services.wall())
    let places = partitions.map(\.place)
    if let loss = try positions.losses(places, committed: committed, known: [], cluster.admin) {
      return .failure(.failed(loss))
    }
    return .success(
      try positions.find(partitions, committed: committed, known: [], cluster.admin))
  }

  private func tellOfSources(_ partitions: [(place: TopicPartition, source: Int)]) {
    for (index, source) in plan.sources.enumerated() {
      let own = partitions.filter { $0.source == index }
      if own.isEmpty {
        services.log(.sourceMissing(source: source.name, topic: source.topic.text))
      }
      for topic in Set(own.map(\.place.topic)).sorted() {
        services.log(
          .partitionsAdded(
            source: source.name, topic: topic,
            partitions: own.count { $0.place.topic == topic }))
      }
    }
  }
}

// MARK: Writing

extension TermBeginning {
  private func committer() throws(Setback) -> any Committer {
    let topics = plan.outputs.named.map(\.topic)
    let limit = TimeSpan.seconds(20)
    switch plan.processing.guarantee {
    case .atLeastOnce:
      let producer = try cluster.patiently(goesOn) { () throws(KafkaError) in
        let producer = try PlainProducer(
          cluster.configuration, topics: topics, sink: cluster.watch.sink)
        try producer.warm(within: Cluster.answerLimit)
        return producer
      }
      return PlainCommitter(producer, limit: limit)
    case .exactlyOnce:
      let id = plan.kafka.groupID + "-" + services.directory.daemonID
      var producer = try cluster.patiently(goesOn) { () throws(KafkaError) in
        try TransactionalProducer(
          cluster.configuration, id: id, topics: topics, sink: cluster.watch.sink)
      }
      try initialize(&producer)
      try cluster.patiently(goesOn) { () throws(KafkaError) in
        try producer.warm(within: Cluster.answerLimit)
      }
      return TransactionalCommitter(producer, limit: limit)
    }
  }

  private func initialize(_ producer: inout TransactionalProducer) throws(Setback) {
    while true {
      do throws(TransactionError) {
        return try producer.initialize(within: Cluster.answerLimit)
      } catch {
        switch error {
        case .retriable(let cause): cluster.watch.away(cause)
        case .fenced(let cause): throw .leadLost(cause.description)
        case .abortNeeded(let cause), .unclear(let cause): throw .beginAgain(cause.description)
        case .fatal(let cause):
          throw cause.isRefusal
            ? .failed(Cluster.failure(cause)) : .beginAgain(cause.description)
        }
      }
      try goesOn()
    }
  }

  private func outbox(_ committer: any Committer) throws(Setback) -> Outbox {
    let outputs = plan.outputs
    func number(_ topic: String?) -> OutputTopic? { topic.flatMap { committer.topic($0) } }
    let topics = OutputTopics(
      suggestions: number(outputs.suggestions), journeys: number(outputs.journeys),
      decisions: number(outputs.decisions), identities: number(outputs.identities),
      rejected: number(outputs.rejected))
    return Outbox(
      plan, topics: topics, rejectedBytesMax: services.cluster.rejectedBytesMax,
      log: services.log)
  }
}
