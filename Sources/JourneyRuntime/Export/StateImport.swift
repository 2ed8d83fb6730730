package import JourneyModel
package import Supervision

internal import JourneyEngine
internal import KafkaClient

/// Takes an export into a group that is empty, as its active daemon for that time.
///
/// Writes in transactions, the first with a row that says an import is under way and the last without: what is
/// left behind by one that stopped half-way is refused by every daemon, and cleared away by the next import.
package final class StateImport {
  private let plan: Plan
  private let services: Services
  private let lead: Lead
  private let stop: () -> String?
  private let carriesOffsets: Bool
  /// Told of the rows written so far, after each commit.
  package var progress: (Int) -> Void = { _ in }

  private static let joiningLimit = TimeSpan.seconds(60)

  /// Joins the group.
  ///
  /// - Parameter carriesOffsets: goes on reading the input where the exported group was, which must be on this cluster.
  package init(
    _ plan: Plan, log: Log, carriesOffsets: Bool, options: Daemon.Options = Daemon.Options()
  ) throws(Failure) {
    let preparation = try Preparation(plan, log: log, options: options)
    services = try preparation.services()
    lead = try preparation.join(services)
    self.plan = plan
    self.carriesOffsets = carriesOffsets
    stop = options.stop
  }

  /// Reads a file, or standard input for `-`, to its end.
  package func run(_ path: String) throws(Failure) -> StateExport.Summary {
    let lines = try LineReader(path: path, lineBytesMax: StateReading.lineBytesMax)
    let reading = StateReading(plan, file: path, carriesOffsets: carriesOffsets)
    do throws(Setback) {
      return try work(lines, reading)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ setback: Setback) -> Failure {
    switch setback {
    case .failed(let failure): failure
    case .stopped:
      Failure(
        .brokerUnreachable, "the import was stopped", cure: "run it again, it begins anew")
    case .leadLost(let reason), .beginAgain(let reason):
      Failure(
        .brokerUnreachable, "the import was interrupted: \(reason)",
        cure: "run it again, it begins anew")
    }
  }

  private func work(
    _ lines: LineReader, _ reading: StateReading
  ) throws(Setback) -> StateExport.Summary {
    try waitForLead()
    let turn = lead.turn
    let beginning = TermBeginning(
      services: services, lead: lead.place, member: lead.metadata
    ) { () throws(Setback) in
      try self.goesOn(turn)
    }
    let committer = try beginning.committer()
    let (old, last) = try leftOvers(beginning)
    let writer = StateImportWriter(
      services, lead, committer, beginning.outbox(committer),
      mark: TransactionMark(number: last?.number ?? 0, producer: beginning.producerID),
      goesOn: beginning.goesOn)
    // Before anything is written, what can be told from the first line.
    if let first = try failing({ () throws(Failure) in try lines.next() }) {
      _ = try failing { () throws(Failure) in try reading.take(first) }
    }
    try refuseUnlessThere(reading.offsets)
    let marker = RuntimeRows.importRow(begun: services.wall())
    try writer.add(marker)
    try writer.commit()
    for row in old where row.key != marker.key {
      try writer.add(StateRow(partition: row.partition, key: row.key, value: nil))
    }
    while let line = try failing({ () throws(Failure) in try lines.next() }) {
      if let row = try failing({ () throws(Failure) in try reading.take(line) }) {
        try writer.add(row)
        progress(writer.written)
      }
    }
    for row in try failing({ () throws(Failure) in try reading.finish() }) { try writer.add(row) }
    try writer.add(RuntimeRows.importRow(begun: nil))
    try writer.commit(reading.offsets)
    try failing { () throws(Failure) in try services.keeper.close(isWhole: true) }
    return reading.summary
  }

  private func failing<R>(_ body: () throws(Failure) -> R) throws(Setback) -> R {
    do throws(Failure) { return try body() } catch { throw .failed(error) }
  }

  // MARK: The group

  private func waitForLead() throws(Setback) {
    let begun = services.monotonic()
    while lead.standing != .active {
      if stop() != nil { throw .stopped }
      do throws(KafkaError) { try lead.poll() } catch { throw .failed(Cluster.failure(error)) }
      guard services.monotonic() - begun < Self.joiningLimit else {
        throw .failed(
          refusal(
            "another daemon of it is active", cure: "stop all daemons of the group, and try again"))
      }
      services.wakeup.wait(upTo: TimeSpan(100))
    }
  }

  private func goesOn(_ turn: Int) throws(Setback) {
    if stop() != nil { throw .stopped }
    do throws(KafkaError) { try lead.poll() } catch { throw .failed(Cluster.failure(error)) }
    guard lead.holds(turn: turn) else {
      throw .leadLost("a daemon of the group has been started")
    }
  }

  private func refusal(_ words: String, cure: String) -> Failure {
    Failure(
      .configurationInvalid, "the group “\(plan.kafka.groupID)” is not empty: \(words)", cure: cure)
  }

  private static let otherGroup =
    "import into a group.id that was never used, and go on with that"

  /// What an import that was not finished has left behind, and the last transaction; throws where there is more.
  private func leftOvers(
    _ beginning: TermBeginning
  ) throws(Setback) -> ([StateRow], TransactionMark?) {
    let topics = try services.cluster.patiently(beginning.goesOn) { () throws(KafkaError) in
      try services.cluster.admin.topics(within: Cluster.answerLimit)
    }
    let places = try beginning.inputTopics().partitions(topics).map(\.place)
    let consumer = try beginning.consumer()
    let committed = try services.cluster.patiently(beginning.goesOn) { () throws(KafkaError) in
      try consumer.committed(places + [lead.place], within: Cluster.answerLimit)
    }
    if let read = places.sorted().first(where: { (committed[$0] ?? nil) != nil }) {
      throw .failed(refusal("it has read \(read)", cure: Self.otherGroup))
    }
    let note = try beginning.note(consumer)
    try services.keeper.catchUp(as: beginning.proof(note), beginning.goesOn)
    let rows = try services.keeper.allRows()
      .filter { $0.key != TransactionMark.key }
    var kept = RuntimeRows()
    do throws(RowDamage) { kept = try RuntimeRows(rows) } catch {
      throw .failed(refusal("its state cannot be read, \(error.message)", cure: Self.otherGroup))
    }
    guard rows.isEmpty || kept.importBegun != nil else {
      throw .failed(
        refusal("its state has \(rows.count) rows already", cure: Self.otherGroup))
    }
    return (rows, TransactionMark(text: note))
  }

  /// Offsets are those of this cluster's topics, or of none.
  private func refuseUnlessThere(_ offsets: [TopicPartition: Offset]) throws(Setback) {
    guard !offsets.isEmpty else { return }
    let (beginnings, ends): ([TopicPartition: Offset], [TopicPartition: Offset])
    do throws(KafkaError) {
      let places = Array(offsets.keys)
      beginnings = try services.cluster.admin.beginnings(of: places, within: Cluster.answerLimit)
      ends = try services.cluster.admin.ends(of: places, within: Cluster.answerLimit)
    } catch {
      throw .failed(
        Failure(
          .configurationInvalid, "the input that was read is not on this cluster: \(error)",
          cure: Self.withoutOffsets))
    }
    for (place, offset) in offsets.sorted(by: { $0.key < $1.key }) {
      guard let first = beginnings[place], let end = ends[place], (first...end).contains(offset)
      else {
        throw .failed(
          Failure(
            .configurationInvalid,
            "\(place) was read up to \(offset.rawValue), and has no such offset on this cluster",
            cure: Self.withoutOffsets))
      }
    }
  }

  private static let withoutOffsets =
    "import without --offsets: reading begins where start: of each source says"
}

/// Writes rows in transactions of bounded size.
final class StateImportWriter {
  private let services: Services
  private let lead: Lead
  private let goesOn: () throws(Setback) -> Void
  private let committer: Committer
  private let outbox: Outbox
  private var mark: TransactionMark
  private var rows: [StateRow] = []
  private var bytes = 0
  private(set) var written = 0

  init(
    _ services: Services, _ lead: Lead, _ committer: Committer, _ outbox: Outbox,
    mark: TransactionMark, goesOn: @escaping () throws(Setback) -> Void
  ) {
    self.services = services
    self.lead = lead
    self.goesOn = goesOn
    self.committer = committer
    self.outbox = outbox
    self.mark = mark
  }

  func add(_ row: StateRow) throws(Setback) {
    rows.append(row)
    bytes += row.key.count + (row.value?.count ?? 0)
    if rows.count >= Limits.rowsPerCommitMax || bytes >= Limits.bytesPerCommitMax { try commit() }
  }

  func commit(_ offsets: [TopicPartition: Offset] = [:]) throws(Setback) {
    try goesOn()
    guard let proof = lead.metadata() else { throw .leadLost("the group has moved on") }
    mark = mark.next(at: services.wall())
    outbox.add(rows, under: mark)
    try committer.commit(outbox, offsets, mark: mark, as: proof)
    try services.keeper.take(rows)
    outbox.removeAll()
    written += rows.count
    rows.removeAll(keepingCapacity: true)
    bytes = 0
  }
}
