internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What a turn begins with.
struct TermParts {
  var commits: Commits
  var helper: any Helper
  var mark: TransactionMark
  var input: InputSequence
  var inputs: InputTopics
  var engine: Engine
  var clock: DaemonClock
  var outboxes: (Outbox, Outbox)
  var kept: RuntimeRows
}

extension Term {
  /// Begins a turn: fences whoever wrote before, then continues from what is committed.
  static func begin(
    _ services: Services, as lead: Lead, goesOn: @escaping () throws(Setback) -> Void
  ) throws(Setback) -> Term {
    let start = TermBeginning(
      services: services, lead: lead.place, member: lead.metadata, goesOn: goesOn)
    return Term(try start.parts(), turn: lead.turn, services: services)
  }
}

/// The steps of a beginning, in their order: the broker's answers to the later ones hold only after the earlier.
struct TermBeginning {
  let services: Services
  let lead: TopicPartition
  let member: () -> GroupMetadata?
  let goesOn: () throws(Setback) -> Void
  private var plan: Plan { services.plan }
  private var cluster: Cluster { services.cluster }

  func parts() throws(Setback) -> TermParts {
    let committer = try committer()
    let topics = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try cluster.admin.topics(within: Cluster.answerLimit)
    }
    let inputs = try inputTopics()
    let partitions = inputs.partitions(topics)
    let consumer = try consumer()
    let places = partitions.map(\.place)
    // First of all the lead's: whoever had it before may have a transaction open that has only that one.
    let note = try note(consumer)
    let committed = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try consumer.committed(places, within: Cluster.answerLimit)
    }
    let begun = services.monotonic()
    let rowsRead = try services.keeper.catchUp(as: proof(note), goesOn)
    let rows = try services.keeper.commonRows()
    // Who was stopped for a while may have asked before, and read after, what another has committed since.
    guard try self.note(consumer) == note else {
      throw .leadLost("another daemon has committed since this one began")
    }
    let kept = try facts(rows)
    let known = Set(kept.partitions.keys.filter { inputs.source(of: $0.topic) != nil })
    let starts = try cluster.patiently(goesOn) {
      () throws(KafkaError) -> Result<[TopicPartition: Offset], Setback> in
      try self.starts(partitions, committed, known: known, hasState: !rows.isEmpty)
    }.get()
    let engine = try engine(rows)
    if services.keeper.topic != nil, rowsRead > 0 || !rows.isEmpty {
      services.log(
        .stateRestored(
          customers: engine.customerCount, rows: rowsRead, took: services.monotonic() - begun))
    }
    let input = try sequence(consumer, engine.names)
    let newest = kept.partitions.compactMapValues(\.newest)
    var offsets: [TopicPartition: Offset] = [:]
    for (place, offset) in committed { if let offset { offsets[place] = offset } }
    try cluster.patiently(goesOn) { () throws(KafkaError) in
      try input.add(partitions, from: starts, committed: offsets, newest: newest)
    }
    tellOfSources(partitions)
    return TermParts(
      commits: Commits(committer, services.keeper, daemon: services.wakeup),
      helper: try helper(),
      mark: TransactionMark(
        number: TransactionMark(text: note)?.number ?? 0, producer: producerID), input: input,
      inputs: inputs, engine: engine,
      clock: DaemonClock(now: kept.clock), outboxes: (outbox(committer), outbox(committer)),
      kept: kept)
  }

  /// What the last transaction of the group has left beside the lead's offset; waits for one that is open.
  func note(_ consumer: any KafkaReader) throws(Setback) -> String {
    try cluster.patiently(goesOn) { () throws(KafkaError) in
      try consumer.committedNote(of: lead, within: Cluster.answerLimit)
    }
  }

  func proof(_ note: String) -> LeadProof {
    LeadProof(lead: lead, note: note, producer: producerID, member: member)
  }

  private func facts(_ rows: [StateRow]) throws(Setback) -> RuntimeRows {
    var kept: RuntimeRows
    do throws(RowDamage) { kept = try RuntimeRows(rows) } catch { throw damage(error) }
    if let refusal = kept.refusal(plan.identity) { throw .failed(refusal) }
    return kept
  }

  /// The engine as it was when the last batch was committed; households and customers are recalled when they are needed.
  private func engine(_ rows: [StateRow]) throws(Setback) -> Engine {
    let crew: ThreadCrew?
    let memory = try services.keeper.makeMemory()
    if let refusal = try otherFormat(rows) { throw refusal }
    do throws(Failure) { crew = try ThreadCrew.make(plan.processing.workers) } catch {
      throw .failed(error)
    }
    let engine: Engine
    do throws(RowDamage) {
      let secret = Engine.secret(in: rows) ?? (0..<32).map { _ in UInt8.random(in: 0...255) }
      engine = Engine(
        plan: plan, names: try Engine.names(in: rows), collects: collects, secret: secret,
        crew: crew)
      try engine.restore(rows)
    } catch { throw damage(error) }
    engine.recall(from: memory)
    for rule in plan.rules where engine.firstLoaded[rule.name] == nil {
      engine.firstLoaded[rule.name] = services.wall()
    }
    return engine
  }

  /// Why rows of another release are not taken.
  private func otherFormat(_ rows: [StateRow]) throws(Setback) -> Setback? {
    let numbers = rows.first { $0.key == StateRow.numbersKey }?.value?.first
    let isOther = numbers.map { $0 != WhoIsWho.rowFormat } ?? false
    let hasUnreadable = try services.keeper.hasUnreadable()
    guard isOther || hasUnreadable else { return nil }
    return .failed(
      Failure(
        .configurationInvalid,
        "the state was written by another release, in a format that is not known",
        cure: "run the release that wrote it, or a newer one; or import an export of it"))
  }

  private func damage(_ error: RowDamage) -> Setback {
    .failed(
      Failure(
        .internalError, "the state cannot be read: \(error.message)",
        cure: "delete the folder “rows” of state.directory: it is filled from Kafka again"))
  }

  private var collects: Engine.Collects {
    var collects: Engine.Collects = .rows
    if plan.outputs.journeys != nil { collects.insert(.changes) }
    if plan.outputs.decisions != nil { collects.insert(.decisions) }
    if plan.outputs.identities != nil { collects.insert(.identities) }
    return collects
  }

  func inputTopics() throws(Setback) -> InputTopics {
    do throws(KafkaError) {
      return try InputTopics(
        plan,
        internalTopics: [
          Lead.topic(of: plan.kafka.groupID), StateTopic.name(of: plan.kafka.groupID),
        ])
    } catch { throw .failed(Cluster.failure(error)) }
  }

  func consumer() throws(Setback) -> any KafkaReader {
    do throws(KafkaError) {
      return try cluster.kafka.reader(uncommitted: false, kilobytesAhead: nil)
    } catch { throw .failed(Cluster.failure(error)) }
  }

  private func sequence(
    _ consumer: any KafkaReader, _ names: NameTable
  ) throws(Setback) -> InputSequence {
    do throws(Failure) {
      return try InputSequence(consumer, plan: plan, names: names, services)
    } catch { throw .failed(error) }
  }

  private func starts(
    _ partitions: [(place: TopicPartition, source: Int)], _ committed: [TopicPartition: Offset?],
    known: Set<TopicPartition>, hasState: Bool
  ) throws(KafkaError) -> Result<[TopicPartition: Offset], Setback> {
    let positions = StartPositions(plan, now: services.wall())
    let places = partitions.map(\.place)
    if let loss = try positions.losses(places, committed: committed, known: known, cluster.admin) {
      return .failure(.failed(loss))
    }
    if !hasState {
      if services.keeper.topic == nil {
        if committed.values.contains(where: { $0 != nil }) {
          services.log(.stateEmpty(group: plan.kafka.groupID))
        }
      } else if let loss = try positions.missingState(committed, cluster.admin) {
        return .failure(.failed(loss))
      }
    }
    return .success(
      try positions.find(partitions, committed: committed, known: known, cluster.admin))
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
  var producerID: String { plan.kafka.groupID + "-" + services.directory.daemonID }

  func committer() throws(Setback) -> Committer {
    let outputs = plan.outputs.named.map(\.topic)
    let state = services.keeper.topic.map { [$0.name] } ?? []
    let isExact = plan.processing.guarantee == .exactlyOnce
    let limit = TimeSpan.seconds(20)
    let producer = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try cluster.kafka.transactions(id: producerID, topics: state + (isExact ? outputs : []))
    }
    try initialize(producer)
    try cluster.patiently(goesOn) { () throws(KafkaError) in
      try producer.warm(within: Cluster.answerLimit)
    }
    guard !isExact else {
      return Committer(producer, outputs: nil, lead: lead, limit: limit)
    }
    let plain = try cluster.patiently(goesOn) { () throws(KafkaError) in
      let plain = try cluster.kafka.writer(topics: outputs)
      try plain.warm(within: Cluster.answerLimit)
      return plain
    }
    return Committer(producer, outputs: plain, lead: lead, limit: limit)
  }

  private func initialize(_ producer: any KafkaTransactions) throws(Setback) {
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

  private func helper() throws(Setback) -> any Helper {
    do throws(Failure) { return try services.makeHelper() } catch { throw .failed(error) }
  }

  func outbox(_ committer: Committer) -> Outbox {
    let outputs = plan.outputs
    func number(_ topic: String?) -> OutputTopic? { topic.flatMap { committer.topic($0) } }
    let topics = OutputTopics(
      suggestions: number(outputs.suggestions), journeys: number(outputs.journeys),
      decisions: number(outputs.decisions), identities: number(outputs.identities),
      rejected: number(outputs.rejected),
      state: services.keeper.topic.flatMap { committer.stateTopic($0.name) })
    return Outbox(
      plan, topics: topics, rejectedBytesMax: services.cluster.rejectedBytesMax,
      log: services.log)
  }
}
