internal import JourneyModel
internal import KafkaClient
internal import StateStore
internal import Supervision
internal import Synchronization

/// One batch on its way to take effect: what it writes, and how far the input was read when it was closed.
final class CommitJob: @unchecked Sendable {
  // Handed from the daemon's thread to the one that commits, and back once it is done: never used by both.
  let outbox: Outbox
  let rows: [StateRow]
  let offsets: [TopicPartition: Offset]
  let mark: TransactionMark
  let facts: BatchFacts
  /// On the monotonic clock.
  let begun: TimeSpan
  fileprivate let proof: GroupMetadata
  /// Why it did not take effect; means nothing before ``isDone``.
  fileprivate(set) var setback: Setback?
  /// Why the copy of the state could not take it, though it took effect; means nothing before ``isDone``.
  fileprivate(set) var copySetback: Setback?
  private let stage = Atomic(Stage.committing)

  private enum Stage: UInt8, AtomicRepresentable {
    case committing, copying, done, givenUp
  }

  init(
    _ outbox: Outbox, rows: [StateRow], offsets: [TopicPartition: Offset],
    mark: TransactionMark, facts: BatchFacts, proof: GroupMetadata, begun: TimeSpan
  ) {
    self.outbox = outbox
    self.rows = rows
    self.offsets = offsets
    self.mark = mark
    self.facts = facts
    self.proof = proof
    self.begun = begun
  }

  var isDone: Bool { stage.load(ordering: .acquiring) == .done }

  /// Nobody waits for it any more: whether it takes effect or not, this daemon's copy of the state never hears of it.
  ///
  /// False where it has ended, or is coming to the copy at this moment: then it is done soon.
  func giveUp() -> Bool { pass(from: .committing, to: .givenUp) }

  fileprivate func beginCopying() -> Bool { pass(from: .committing, to: .copying) }
  fileprivate func finish() { stage.store(.done, ordering: .releasing) }

  private func pass(from old: Stage, to new: Stage) -> Bool {
    stage.compareExchange(expected: old, desired: new, ordering: .acquiringAndReleasing).exchanged
  }
}

/// Commits one batch at a time beside the daemon's thread, so that the next is decided meanwhile.
final class Commits: @unchecked Sendable {
  // The committer and the copy of the state are the helper's while a job is under way; the daemon's thread
  // uses the copy only when there is none. One that was given up never comes to the copy.
  private let committer: Committer
  private let keeper: StateKeeper
  private let daemon: any Waiter

  /// - Parameter daemon: woken when a job is done.
  init(_ committer: Committer, _ keeper: StateKeeper, daemon: any Waiter) {
    self.committer = committer
    self.keeper = keeper
    self.daemon = daemon
  }

  /// Has a batch committed by a helper, which does nothing else until then.
  func start(_ job: CommitJob, by helper: any Helper) {
    helper.start { [self] in
      do throws(Setback) {
        try committer.commit(job.outbox, job.offsets, mark: job.mark, as: job.proof)
      } catch { job.setback = error }
      guard job.beginCopying() else { return }
      if job.setback == nil {
        do throws(Setback) { try keeper.take(job.rows) } catch { job.copySetback = error }
      }
      job.finish()
      daemon.wake()
    }
  }
}
