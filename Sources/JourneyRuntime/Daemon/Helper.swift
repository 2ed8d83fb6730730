internal import JourneyModel
internal import KafkaClient
internal import Supervision
internal import Synchronization

/// Works beside the daemon's thread, on one thing at a time; its end waits for what is under way.
protocol Helper: AnyObject {
  /// Begins a piece of work; the one before must be done.
  func start(_ work: @escaping @Sendable () -> Void)
  /// Leaves what is under way to itself: nobody waits for it, and nothing else is begun.
  func leave()
}

/// A thread that helps.
final class HelperThread: Helper {
  private final class Shared: Sendable {
    let bell: Wakeup
    let next = Mutex<(@Sendable () -> Void)?>(nil)
    let isStopping = Atomic<Bool>(false)

    init(_ bell: Wakeup) { self.bell = bell }

    func work() {
      while true {
        let work = next.withLock { next -> (@Sendable () -> Void)? in
          defer { next = nil }
          return next
        }
        if let work {
          work()
        } else if isStopping.load(ordering: .acquiring) {
          return
        } else {
          bell.wait(upTo: .seconds(1))
        }
      }
    }
  }

  private let shared: Shared
  /// Nil once it was left.
  private var thread: WorkThread?

  init() throws(Failure) {
    do throws(KafkaError) { shared = Shared(try Wakeup()) } catch {
      throw Failure(.internalError, error.description, cure: "raise the limit of open files")
    }
    thread = try WorkThread("commit") { [shared] in shared.work() }
  }

  deinit {
    shared.isStopping.store(true, ordering: .releasing)
    shared.bell.wake()
    thread?.join()
  }

  func start(_ work: @escaping @Sendable () -> Void) {
    shared.next.withLock { next in
      precondition(next == nil, "one thing at a time")
      next = work
    }
    shared.bell.wake()
  }

  func leave() { thread = nil }
}
