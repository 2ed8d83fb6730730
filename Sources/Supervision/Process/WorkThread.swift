internal import Glibc
internal import Synchronization

/// A thread of its own, for work that blocks. Whoever has it waits for its end with ``join()``, or drops it: then it
/// goes on alone.
package final class WorkThread: Sendable {
  private final class Body {
    let name: String
    let work: @Sendable () -> Void
    init(_ name: String, _ work: @escaping @Sendable () -> Void) {
      self.name = name
      self.work = work
    }

    func run() {
      // The call for it is not to be had without GNU's extensions.
      let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
      if file >= 0 {
        _ = write(file, name, name.utf8.count)
        close(file)
      }
      work()
    }
  }

  /// Nil once it was waited for.
  private let thread: Mutex<pthread_t?>

  /// Begins the work, and keeps what it uses until it has ended.
  ///
  /// - Parameter name: as the system's tools show it; at most 15 bytes.
  package init(_ name: String, _ work: @escaping @Sendable () -> Void) throws(Failure) {
    var made = pthread_t()
    let body = Unmanaged.passRetained(Body(name, work))
    let code = pthread_create(
      &made, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      body.release()
      throw Failure(
        .internalError, "no thread can be made: \(String(cString: strerror(code)))",
        cure: "raise the limit of threads, or lower processing.workers")
    }
    thread = Mutex(made)
  }

  deinit { if let thread = thread.withLock({ $0 }) { pthread_detach(thread) } }

  /// Waits for the end of the work; nothing to do where somebody has. Never on the thread itself.
  package func join() {
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    if let running { pthread_join(running, nil) }
  }
}
