internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What a turn comes to that is ended by a stop.
private struct Ending {
  /// The last batch took effect.
  var isCommitted = false
  /// Nobody else has written since.
  var isWhole = false
  /// What a human has to cure.
  var failure: Failure?
}

extension Daemon {
  /// The batch under way is committed, and the lead is free for others; gives up where no answer comes in time.
  ///
  /// Nothing is lost then: the next start asks the broker what took effect, and reads on from there.
  func finish(_ reason: String) throws(Failure) {
    let begun = services.monotonic()
    services.log(.stopping(reason: reason))
    services.notifier.stopping()
    var ending = term.map { end($0, by: begun + Limits.stopPatience) } ?? Ending(isCommitted: true)
    term = nil
    do throws(Failure) { try services.keeper.close(isWhole: ending.isWhole) } catch {
      ending.failure = error
    }
    services.log.tellRepeats(all: true)
    services.log(
      .stopped(
        reason: reason, committed: ending.isCommitted, took: services.monotonic() - begun))
    if let failure = ending.failure { throw failure }
  }

  private func end(_ term: Term, by limit: TimeSpan) -> Ending {
    var ending = Ending()
    do throws(Setback) {
      try commit(term, by: limit)
      ending.isCommitted = true
      guard !services.cluster.watch.isAway else { return ending }
      // Once more behind the last batch: where that is let through nobody else has written, and the clock is kept.
      term.begin()
      try commit(term, by: limit)
      ending.isWhole = true
    } catch {
      if !ending.isCommitted { ending.isCommitted = term.isCommitted }
      if case .failed(let failure) = error { ending.failure = failure }
    }
    return ending
  }

  /// Commits everything so far.
  private func commit(_ term: Term, by limit: TimeSpan) throws(Setback) {
    while try !term.finish(as: lead) {
      guard services.monotonic() < limit else { throw .stopped }
      services.wakeup.wait(upTo: TimeSpan(100))
    }
  }
}
