import Glibc
import JourneyModel
import JourneyRuntime
import Supervision
import Synchronization

/// The daemon on a thread of its own, as `journeyd run` has it.
final class BenchDaemon: Sendable {
  private let plan: Plan
  private let isStopping = Atomic<Bool>(false)
  private let failure = Mutex<Failure?>(nil)
  private let wake = Mutex<(@Sendable () -> Void)?>(nil)
  private let thread = Mutex<WorkThread?>(nil)
  /// On the monotonic clock, in nanoseconds; 0 until it has begun to read.
  private let begunReading = Atomic<Int64>(0)
  private let cpuBefore = Atomic<Int64>(0)

  init(_ plan: Plan) { self.plan = plan }

  /// When it began to read, and what the process had worked until then; nil before.
  var begun: (wall: Int64, cpu: Int64)? {
    let wall = begunReading.load(ordering: .acquiring)
    return wall == 0 ? nil : (wall, cpuBefore.load(ordering: .acquiring))
  }

  /// Why it ended without being asked to.
  var ended: Failure? { failure.withLock { $0 } }

  func start() throws(Failure) {
    let made = try WorkThread("daemon") { [self] in work() }
    thread.withLock { $0 = made }
  }

  /// Stops it and waits for its end.
  func end() {
    isStopping.store(true, ordering: .releasing)
    wake.withLock { $0 }?()
    thread.withLock { $0 }?.join()
  }

  private func work() {
    var options = Daemon.Options()
    options.stop = { [self] in isStopping.load(ordering: .acquiring) ? "the end" : nil }
    options.notifier = Notifier { _ in nil }
    options.onWakeup = { [self] wakeUp in wake.withLock { $0 = wakeUp } }
    let log = Log(plan.log, write: { [self] line in hear(line) })
    do throws(Failure) {
      try Daemon(plan, log: log, options: options).run()
    } catch {
      if error.code != .success { failure.withLock { $0 = error } }
    }
  }

  /// The log tells when reading begins, and what goes wrong.
  private func hear(_ line: String) {
    if begun == nil, line.contains("event=partitions_added") {
      cpuBefore.store(processNanoseconds(), ordering: .releasing)
      begunReading.store(wallNanoseconds(), ordering: .releasing)
    }
    if line.contains("level=warning") || line.contains("level=error") {
      writeToStandardError(line)
    }
  }
}
