import Glibc
import JourneyModel
import JourneyRuntime
import Settings
import Supervision

/// A wall clock for daemons that work on recorded interactions: at the end of the recording, and a tenth as fast, so
/// that hardly a deadline falls due while they run. The same in all processes of a machine.
struct RecordedClock: Sendable {
  /// What it showed when it was started.
  let start: Moment
  /// When that was, on the machine's monotonic clock.
  let started: Int64
  static let slowness: Int64 = 10

  init(start: Moment) {
    self.start = start
    started = wallNanoseconds()
  }

  init?(_ words: ArraySlice<String>) {
    guard words.count == 2, let first = words.first.flatMap({ Int64($0) }),
      let last = words.last.flatMap({ Int64($0) })
    else { return nil }
    (start, started) = (Moment(first), last)
  }

  var words: [String] { ["\(start.milliseconds)", "\(started)"] }
  var now: Moment { start + TimeSpan((wallNanoseconds() - started) / 1_000_000 / Self.slowness) }
}

/// The daemon as a process of its own, so that it can be killed: this program, called as `daemon CONFIG CLOCK`.
final class ChildDaemon {
  let name: String
  private let configuration: String
  private let clock: RecordedClock
  private let folder: String
  private var process: pid_t = 0
  private var starts = 0
  /// The times that it was made the active one are in these.
  private(set) var logs: [String] = []

  static let word = "daemon"

  /// - Parameter configuration: a folder; the logs go beside it.
  init(_ name: String, configuration: String, clock: RecordedClock, folder: String) {
    self.name = name
    self.configuration = configuration
    self.clock = clock
    self.folder = folder
  }

  deinit { kill() }

  var isRunning: Bool { process != 0 }

  func start() throws(Failure) {
    precondition(process == 0, "it runs already")
    starts += 1
    let log = "\(folder)/\(name)-\(starts).log"
    logs.append(log)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    let words = ["/proc/self/exe", Self.word, configuration] + clock.words
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    let code = posix_spawn(&process, "/proc/self/exe", &actions, nil, arguments, environ)
    guard code == 0 else {
      process = 0
      throw Failure(.internalError, "no process can be started: \(String(cString: strerror(code)))")
    }
  }

  /// Ends it without a warning.
  func kill() {
    guard process != 0 else { return }
    Glibc.kill(process, SIGKILL)
    _ = wait()
  }

  /// Asks it to stop; how it ended.
  func stop() -> Int32 {
    guard process != 0 else { return 0 }
    Glibc.kill(process, SIGTERM)
    return wait()
  }

  /// Lines of an event since its last start.
  func events(_ name: String) -> [Substring] {
    guard let path = logs.last,
      case .success(let text) = Result(catching: { () throws(Failure) in try fileText(path) })
    else {
      return []
    }
    return text.split(separator: "\n").filter { $0.contains(" event=\(name) ") }
  }

  /// Of the lead: gained more often than lost.
  var isActive: Bool {
    isRunning && events("lead_gained").count > events("lead_lost").count
  }

  private func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    process = 0
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
  }

  /// What this program does when it is called so.
  static func work(_ words: ArraySlice<String>) throws(Failure) {
    guard let configuration = words.first, let clock = RecordedClock(words.dropFirst()) else {
      throw Failure(.usage, "a daemon needs a configuration and a clock")
    }
    let plan = try Plan.load(configuration, for: .daemon)
    var options = Daemon.Options()
    options.wall = { clock.now }
    let log = Log(plan.log)
    do throws(Failure) { try Daemon(plan, log: log, options: options).run() } catch {
      guard error.code != .success else { return }
      log(.failed(error))
      throw error
    }
  }
}

/// What stands in a file.
func fileText(_ path: String) throws(Failure) -> String {
  let file = try WholeFile(path)
  return withExtendedLifetime(file) { String(decoding: file.buffer, as: UTF8.self) }
}
