internal import Glibc
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
  let begun = SystemClock.monotonic
  fileprivate let proof: GroupMetadata
  /// Why it did not take effect; means nothing before ``isDone``.
  fileprivate(set) var setback: Setback?
  private let done = Atomic<Bool>(false)

  init(
    _ outbox: Outbox, rows: [StateRow], offsets: [TopicPartition: Offset],
    mark: TransactionMark, facts: BatchFacts, proof: consuming GroupMetadata
  ) {
    self.outbox = outbox
    self.rows = rows
    self.offsets = offsets
    self.mark = mark
    self.facts = facts
    self.proof = proof
  }

  var isDone: Bool { done.load(ordering: .acquiring) }
  fileprivate func finish() { done.store(true, ordering: .releasing) }
}

/// Commits one batch at a time on a thread of its own, so that the next is decided meanwhile.
final class CommitThread {
  private final class Shared: @unchecked Sendable {
    // The committer and the copy of the state are the thread's while a job is under way; the daemon's thread
    // uses the copy only when there is none.
    let committer: Committer
    let keeper: StateKeeper
    let bell: Wakeup
    let daemon: Wakeup
    let next = Mutex<CommitJob?>(nil)
    let isStopping = Atomic<Bool>(false)

    init(_ committer: Committer, _ keeper: StateKeeper, bell: Wakeup, daemon: Wakeup) {
      self.committer = committer
      self.keeper = keeper
      self.bell = bell
      self.daemon = daemon
    }

    func work() {
      while true {
        let job = next.withLock { next -> CommitJob? in
          defer { next = nil }
          return next
        }
        if let job {
          commit(job)
        } else if isStopping.load(ordering: .acquiring) {
          return
        } else {
          bell.wait(upTo: .seconds(1))
        }
      }
    }

    private func commit(_ job: CommitJob) {
      do throws(Setback) {
        try committer.commit(job.outbox, job.offsets, mark: job.mark, as: job.proof)
        try keeper.take(job.rows)
      } catch { job.setback = error }
      job.finish()
      daemon.wake()
    }
  }

  private let shared: Shared
  private let thread: pthread_t

  /// - Parameter daemon: woken when a job is done.
  init(_ committer: Committer, _ keeper: StateKeeper, daemon: Wakeup) throws(Failure) {
    let bell: Wakeup
    do throws(KafkaError) { bell = try Wakeup() } catch {
      throw Failure(.internalError, error.description, cure: "raise the limit of open files")
    }
    shared = Shared(committer, keeper, bell: bell, daemon: daemon)
    var created = pthread_t()
    let context = Unmanaged.passRetained(shared)
    let code = pthread_create(
      &created, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Shared>.fromOpaque(context).takeRetainedValue().work()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw Failure(
        .internalError, "no thread can be made: \(String(cString: strerror(code)))",
        cure: "raise the limit of threads")
    }
    thread = created
  }

  /// Waits for what is under way.
  deinit {
    shared.isStopping.store(true, ordering: .releasing)
    shared.bell.wake()
    pthread_join(thread, nil)
  }

  /// Begins a commit; the one before must be done.
  func start(_ job: CommitJob) {
    shared.next.withLock { next in
      precondition(next == nil, "one commit at a time")
      next = job
    }
    shared.bell.wake()
  }
}
