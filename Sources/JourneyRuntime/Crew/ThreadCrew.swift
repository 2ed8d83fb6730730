internal import Glibc
package import JourneyEngine
package import Supervision
internal import Synchronization

/// The engine's workers on threads of their own; the calling thread is one of them.
///
/// Threads sleep between runs. A wake-up costs about 10 µs, so a run should have a millisecond of work.
package final class ThreadCrew: Crew {
  package let count: Int
  private let shared: Shared
  private var threads: [WorkThread] = []

  /// What the threads work on; they hold it, not the crew, so that the crew can end.
  private final class Shared: @unchecked Sendable {
    // The condition's lock guards all that follows.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var turn = 0
    private var underWay = 0
    private var step: (@Sendable (Int) -> CrewStanding)?
    private var isOver = false

    init() {
      pthread_mutex_init(lock, nil)
      pthread_cond_init(bell, nil)
    }

    deinit {
      pthread_cond_destroy(bell)
      pthread_mutex_destroy(lock)
      bell.deallocate()
      lock.deallocate()
    }

    /// Has `helpers` threads begin; the caller takes part and then waits for them.
    func run(_ helpers: Int, _ step: @escaping @Sendable (Int) -> CrewStanding) {
      pthread_mutex_lock(lock)
      self.step = step
      underWay = helpers
      turn += 1
      pthread_cond_broadcast(bell)
      pthread_mutex_unlock(lock)
      Self.finish(0, step)
      pthread_mutex_lock(lock)
      while underWay > 0 { pthread_cond_wait(bell, lock) }
      self.step = nil
      pthread_mutex_unlock(lock)
    }

    /// The life of one thread.
    func work(as index: Int) {
      var seen = 0
      while let step = next(after: &seen) {
        Self.finish(index, step)
        pthread_mutex_lock(lock)
        underWay -= 1
        if underWay == 0 { pthread_cond_broadcast(bell) }
        pthread_mutex_unlock(lock)
      }
    }

    func end() {
      pthread_mutex_lock(lock)
      isOver = true
      pthread_cond_broadcast(bell)
      pthread_mutex_unlock(lock)
    }

    private func next(after seen: inout Int) -> (@Sendable (Int) -> CrewStanding)? {
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      while turn == seen, !isOver { pthread_cond_wait(bell, lock) }
      seen = turn
      return isOver ? nil : step
    }

    /// One that waits for another lets that have the processor: it is at work, and never waits for this one.
    private static func finish(_ index: Int, _ step: @Sendable (Int) -> CrewStanding) {
      while true {
        switch step(index) {
        case .finished: return
        case .hasMore: break
        case .isWaiting: sched_yield()
        }
      }
    }
  }

  /// A crew of so many, or nil for one, who needs no threads.
  ///
  /// - Throws: ``Failure`` where the system gives no more threads.
  package static func make(_ count: Int) throws(Failure) -> ThreadCrew? {
    count > 1 ? try ThreadCrew(count) : nil
  }

  private init(_ count: Int) throws(Failure) {
    self.count = count
    shared = Shared()
    for index in 1..<count {
      threads.append(try WorkThread("worker \(index)") { [shared] in shared.work(as: index) })
    }
  }

  deinit {
    shared.end()
    for thread in threads { thread.join() }
  }

  package func run(_ step: @escaping @Sendable (Int) -> CrewStanding) {
    shared.run(count - 1, step)
  }
}
