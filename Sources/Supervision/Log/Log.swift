package import JourneyModel

internal import Glibc
internal import Synchronization

/// The daemon's log: one line per event, to standard error, from any thread.
package final class Log: Sendable {
  private struct State {
    var level: LogPlan.Level
    var shape: LogShape
    var limiter = RepeatLimiter()
  }
  private let state: Mutex<State>
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Moment
  private let monotonic: @Sendable () -> TimeSpan
  private let shape: @Sendable (LogPlan.Format) -> LogShape

  /// - Parameters:
  ///   - shape: the shape that a format comes to; of standard error by default.
  ///   - write: takes whole lines; standard error by default.
  package init(
    _ plan: LogPlan = LogPlan(),
    shape: @escaping @Sendable (LogPlan.Format) -> LogShape = { LogShape($0) },
    now: @escaping @Sendable () -> Moment = { SystemClock.now },
    monotonic: @escaping @Sendable () -> TimeSpan = { SystemClock.monotonic },
    write: @escaping @Sendable (String) -> Void = writeToStandardError
  ) {
    state = Mutex(State(level: plan.level, shape: shape(plan.format)))
    self.shape = shape
    self.now = now
    self.monotonic = monotonic
    self.write = write
  }

  /// Takes other settings from now on.
  package func apply(_ plan: LogPlan) {
    let shape = shape(plan.format)
    state.withLock {
      $0.level = plan.level
      $0.shape = shape
    }
  }

  /// Whether events of a level are shown; ask before making one per record.
  package func shows(_ level: LogPlan.Level) -> Bool {
    state.withLock { level.priority <= $0.level.priority }
  }

  package func callAsFunction(_ event: LogEvent) {
    let entry = event.entry
    state.withLock { state in
      guard entry.level.priority <= state.level.priority else { return }
      let now = monotonic()
      if entry.isLimited { tellRepeats(&state, at: now, all: false) }
      guard state.limiter.shows(entry, at: now) else { return }
      write(LogLine.text(entry, at: self.now(), shape: state.shape))
    }
  }

  /// Tells of repeats that were held back; to be called about once a second, and with `all` at the end.
  package func tellRepeats(all: Bool = false) {
    state.withLock { tellRepeats(&$0, at: monotonic(), all: all) }
  }

  private func tellRepeats(_ state: inout State, at now: TimeSpan, all: Bool) {
    for event in state.limiter.takeDue(at: now, all: all) {
      let entry = event.entry
      guard entry.level.priority <= state.level.priority else { continue }
      write(LogLine.text(entry, at: self.now(), shape: state.shape))
    }
  }
}

/// Writes all of a text to standard error; what cannot be written is lost, the log never stops the daemon.
package func writeToStandardError(_ text: String) { writeAll(text, to: 2) }

/// Writes all of a text to a descriptor; false where it takes no more.
@discardableResult
package func writeAll(_ text: String, to descriptor: Int32) -> Bool {
  var text = text
  return text.withUTF8 { writeAll($0, to: descriptor) }
}

/// As ``writeAll(_:to:)-String``, on bytes.
@discardableResult
package func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Bool {
  var offset = 0
  while offset < bytes.count {
    let rest = UnsafeBufferPointer(rebasing: bytes[offset...])
    let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
    if count > 0 {
      offset += count
    } else if count < 0, errno == EINTR {
      continue
    } else {
      return false
    }
  }
  return true
}
