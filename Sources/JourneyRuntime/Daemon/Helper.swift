internal import Glibc
internal import JourneyModel
internal import KafkaClient
internal import Supervision
internal import Synchronization

/// Works beside the daemon's thread, on one thing at a time; its end waits for what is under way.
protocol Helper: AnyObject {
  /// Begins a piece of work; the one before must be done.
  func start(_ work: @escaping @Sendable () -> Void)
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
  private let thread: pthread_t

  init() throws(Failure) {
    do throws(KafkaError) { shared = Shared(try Wakeup()) } catch {
      throw Failure(.internalError, error.description, cure: "raise the limit of open files")
    }
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

  deinit {
    shared.isStopping.store(true, ordering: .releasing)
    shared.bell.wake()
    pthread_join(thread, nil)
  }

  func start(_ work: @escaping @Sendable () -> Void) {
    shared.next.withLock { next in
      precondition(next == nil, "one thing at a time")
      next = work
    }
    shared.bell.wake()
  }
}
