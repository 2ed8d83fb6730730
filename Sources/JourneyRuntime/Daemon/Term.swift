internal import EventFormats
internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// One turn as the active daemon of the group: from the committed offsets on, until the lead is gone.
///
/// Everything that was not committed ends with it; the next turn begins from what was.
final class Term {
  let turn: Int
  let input: InputSequence
  let inputs: InputTopics
  let engine: Engine
  var clock: DaemonClock
  /// What the batch that is being filled is to write.
  var outbox: Outbox
  /// The other generation: free, or being committed.
  var spareOutbox: Outbox
  var facts = BatchFacts()
  /// The batch that is being committed.
  var underWay: CommitJob?
  /// A batch did not take effect, or it is not known whether it did.
  var hasFailed = false
  let commits: Commits
  let helper: any Helper
  /// Of the last transaction.
  var mark: TransactionMark
  /// Of the copy of the state, as of the last commit.
  var stateBytes: Int64 = 0
  var kept: RuntimeRows
  let services: Services
  /// When topics were last looked for, on the monotonic clock.
  var refreshedAt: TimeSpan
  /// The clock while some partition holds it.
  var heldClock = Standstill<Moment>()
  private let plan: Plan
  /// What of the engine's counters is in the numbers already.
  private var counted = Engine.Counts()

  init(_ parts: TermParts, turn: Int, services: Services) {
    self.turn = turn
    self.services = services
    plan = services.plan
    input = parts.input
    inputs = parts.inputs
    engine = parts.engine
    clock = parts.clock
    (outbox, spareOutbox) = parts.outboxes
    commits = parts.commits
    helper = parts.helper
    refreshedAt = services.monotonic()
    mark = parts.mark
    kept = parts.kept
    input.listener = self
    services.recorder?.began()
    // Where reading begins and when rules were first loaded is to be known from now on.
    begin()
  }

  // A turn that ends waits for no broker.
  deinit { if let underWay, underWay.giveUp() { helper.leave() } }

  /// Takes what has come, oldest first, and fires what is due, until nothing is at hand or the batch is full.
  ///
  /// Returns whether there may be more at hand.
  func work() throws(Setback) -> Bool {
    if engine.hasLost { try services.keeper.recoverRecall() }
    input.tell(&clock, at: services.monotonic())
    for _ in 0..<Limits.interactionsPerRoundMax {
      guard !isFull else { return true }
      guard let lane = try input.next() else {
        finishGroup()
        passTime()
        return input.hasMore
      }
      guard try take(lane) else { return true }
    }
    return true
  }

  /// How long nothing can be due, if nothing comes.
  func idleSpan(at monotonic: TimeSpan) -> TimeSpan {
    var span = TimeSpan(100)
    if let begun = facts.begun, underWay == nil {
      span = min(span, commitPatience - (monotonic - begun))
    }
    if let now = clock.now, let next = engine.nextDeadline {
      span = min(span, next + plan.time.grace + TimeSpan(1) - now)
    }
    return max(span, TimeSpan(1))
  }

  /// Lets the interaction at the head of a lane take effect; false where the batch was full before it was its turn.
  private func take(_ lane: Lane) throws(Setback) -> Bool {
    if input.hasReopened { input.tell(&clock, at: services.monotonic()) }
    let time = lane.interaction.time
    let newest = lane.newest.map { max($0, time) } ?? time
    if lane.holdsClock { clock.hold(lane.number, at: newest) }
    let reach = clock.reach(wall: services.wall()) ?? time
    clock.move(to: reach)
    guard fire(to: reach) else { return false }
    lane.newest = newest
    begin()
    facts.interactions += 1
    facts.arrivals.append(lane.arrival)
    services.stats.read += 1
    services.recorder?.handled(lane, at: reach)
    switch engine.handle(lane.interaction, at: reach) {
    case .accepted, .duplicate, .unknownSuggestion: break
    case .rejected(let rejection):
      input.withRecord(of: lane) { reject($0, of: lane, for: rejection) }
    }
    drain()
    try input.pass(lane)
    return true
  }

  /// Moves the clock on while nothing is at hand, and fires what has become due.
  private func passTime() {
    guard let reach = clock.reach(wall: services.wall()) else { return }
    clock.move(to: reach)
    _ = fire(to: reach)
    if input.hasMoved { begin() }
  }

  /// Fires the deadlines that the clock has passed; false where the batch was full before all had their turn.
  private func fire(to moment: Moment) -> Bool {
    engine.expiredBy = clock.isFree ? moment : .distantPast
    while let next = engine.nextDeadline, next + plan.time.grace < moment {
      guard !isFull else { return false }
      let bound = min(moment, next + plan.time.grace + TimeSpan(1))
      services.recorder?.fired(to: bound, expiredBy: engine.expiredBy)
      let fired = engine.advance(
        to: bound, inclusive: false, atMost: Limits.deadlinesAtOnceMax)
      if fired > 0 { begin() }
      facts.deadlines += fired
      drain()
    }
    return true
  }

  /// Has everything that was handed over to several workers take effect.
  func finishGroup() {
    engine.finishGroup()
    drain()
  }

  private func drain() {
    guard !engine.effects.isEmpty else { return }
    begin()
    for effect in engine.effects { outbox.add(effect) }
    engine.effects.removeAll(keepingCapacity: true)
  }

  func begin() {
    if facts.begun == nil { facts.begun = services.monotonic() }
  }

  /// The batch has as much as one commit may have.
  var isFull: Bool {
    outbox.batch.count + facts.interactions + facts.deadlines >= Limits.rowsPerCommitMax
      || outbox.batch.byteCount >= Limits.bytesPerCommitMax
  }
}

extension Term: PassedRecords {
  func skipped(of lane: Lane) {
    begin()
    services.stats.read += 1
    services.stats.skipped += 1
  }

  func rejected(_ record: borrowing Record, of lane: Lane, for rejection: Rejection) {
    begin()
    services.stats.read += 1
    reject(record, of: lane, for: rejection)
  }

  private func reject(_ record: borrowing Record, of lane: Lane, for rejection: Rejection) {
    services.stats.rejected += 1
    outbox.reject(record, of: lane.place, for: rejection)
    if services.log.shows(.debug) {
      services.log(
        .rejected(
          source: plan.sources[lane.source].name, topic: lane.place.topic,
          partition: Int(lane.place.partition), offset: record.offset.rawValue, rejection))
    }
  }
}

// MARK: Counting

extension Term {
  /// Adds what the engine has counted since the last time to the daemon's numbers.
  func addCounts() {
    let now = engine.counts
    services.stats.duplicates += now.duplicates - counted.duplicates
    services.stats.late += now.late - counted.late
    services.stats.evicted += now.evicted - counted.evicted
    services.stats.merges += now.merges - counted.merges
    services.stats.made += now.made - counted.made
    services.stats.withdrawn += now.withdrawn - counted.withdrawn
    for (name, count) in now.refused {
      guard let gate = Gate(refusal: name) else { continue }
      services.stats.refusals[gate] += count - (counted.refused[name] ?? 0)
    }
    counted = now
  }
}
