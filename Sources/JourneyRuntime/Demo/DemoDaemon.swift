internal import Glibc
internal import JourneyModel
internal import Supervision
internal import Synchronization

/// The daemon on a thread of its own, for the demo.
final class DemoDaemon: Sendable {
  private let plan: Plan
  private let clock: DemoClock
  private let isStopping = Atomic<Bool>(false)
  private let isDone = Atomic<Bool>(false)
  private let failure = Mutex<Failure?>(nil)
  private let wake = Mutex<(@Sendable () -> Void)?>(nil)
  private let thread = Mutex<WorkThread?>(nil)

  init(_ plan: Plan, clock: DemoClock) {
    self.plan = plan
    self.clock = clock
  }

  /// Whether it has ended, asked to or not.
  var hasEnded: Bool { isDone.load(ordering: .acquiring) }

  func start() throws(Failure) {
    let made = try WorkThread("daemon") { [self] in work() }
    thread.withLock { $0 = made }
  }

  /// Asks it to finish its batch and end.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    wake.withLock { $0 }?()
  }

  /// Stops it, waits for its end, and tells why it ended if it was not asked to.
  func end() -> Failure? {
    stop()
    thread.withLock { $0 }?.join()
    return failure.withLock { $0 }
  }

  private func work() {
    defer { isDone.store(true, ordering: .releasing) }
    var options = Daemon.Options()
    options.checksTopics = false
    options.wall = { [clock] in clock.now }
    options.stop = { [self] in isStopping.load(ordering: .acquiring) ? "the demo's end" : nil }
    options.notifier = Notifier { _ in nil }
    options.onWakeup = { [self] wakeUp in wake.withLock { $0 = wakeUp } }
    do throws(Failure) {
      try Daemon(plan, log: Log(plan.log), options: options).run()
    } catch {
      if error.code != .success { failure.withLock { $0 = error } }
    }
  }
}
