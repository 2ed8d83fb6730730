internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import StateStore
internal import Supervision

extension Term {
  /// The batch is to be committed now, and nothing else is being committed.
  func isCommitDue(at monotonic: TimeSpan) -> Bool {
    guard underWay == nil, let begun = facts.begun else { return false }
    return isFull || monotonic - begun >= commitPatience
  }

  /// How long a batch waits for more.
  var commitPatience: TimeSpan {
    let interval = services.plan.processing.commitInterval
    return input.isCatchingUp ? max(interval, Limits.catchingUpCommitInterval) : interval
  }

  /// Closes the batch and has it committed, while the next one is filled; nothing to do where there is nothing.
  func beginCommit(as lead: Lead) throws(Setback) {
    guard facts.begun != nil else { return }
    // Never without a member's proof: the broker would let a stranger in.
    guard lead.holds(turn: turn), let proof = lead.metadata() else {
      throw .leadLost("the group has moved on without this daemon")
    }
    finishGroup()
    let now = clock.now ?? services.wall()
    for picture in engine.takeChangedPictures(at: now) { outbox.add(picture) }
    let rows = changedRows()
    if engine.hasLost { try services.keeper.recoverRecall() }
    mark = mark.next(at: services.wall())
    outbox.add(rows, under: mark)
    services.recorder?.closed(mark, at: now)
    let job = CommitJob(
      outbox, rows: rows, offsets: input.offsets(), mark: mark, facts: facts, proof: proof,
      begun: services.monotonic())
    swap(&outbox, &spareOutbox)
    facts.removeAll()
    underWay = job
    commits.start(job, by: helper)
  }

  /// Takes what became of the commit under way, once it is done. Throws why it did not take effect, or why the copy
  /// of the state cannot go on.
  func settle() throws(Setback) {
    guard let job = underWay, job.isDone else { return }
    underWay = nil
    if let setback = job.setback {
      hasFailed = true
      throw setback
    }
    services.cluster.watch.answered()
    input.committed(job.offsets)
    // All rows that were taken are in the copy now.
    let cache = Int(services.plan.state.cacheBytes)
    engine.letGo(to: cache - cache / Limits.copyCacheShare)
    let written = job.outbox.batch.count + job.outbox.rows.count
    job.outbox.removeAll()
    stateBytes = services.keeper.store.byteCount
    services.stats.commits += 1
    let wall = services.wall()
    for arrival in job.facts.arrivals {
      services.stats.latency.record(max(0, (wall - arrival).milliseconds) * 1000)
    }
    services.log(
      .committed(
        interactions: job.facts.interactions, rows: written,
        took: services.monotonic() - job.begun))
    if let setback = job.copySetback { throw setback }
  }

  /// Goes on with committing everything so far; true once all of it took effect.
  func finish(as lead: Lead) throws(Setback) -> Bool {
    try settle()
    if underWay == nil { try beginCommit(as: lead) }
    return isCommitted
  }

  /// All that was done in this turn took effect.
  var isCommitted: Bool { !hasFailed && underWay == nil && facts.begun == nil }

  /// Interactions that are not committed.
  var atRisk: Int { facts.interactions + (underWay?.facts.interactions ?? 0) }

  private func changedRows() -> [StateRow] {
    kept.clock = clock.now
    for lane in input.lanes {
      kept.partitions[lane.place] = RuntimeRows.Progress(
        newest: lane.newest, next: lane.queue.position ?? lane.committed)
    }
    return engine.takeChangedRows() + kept.takeChanged()
  }
}
