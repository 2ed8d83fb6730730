package import JourneyModel

internal import Supervision

/// A wall clock that runs an hour a second, from a Monday morning on.
package struct DemoClock: Sendable {
  /// Demo time per real time.
  package static let speed: Int64 = 3_600
  /// Monday, 5 January 2026, 07:00 in Amsterdam.
  package static let start = Moment(1_767_592_800_000)

  private let begun: Int64

  /// Begins to run now.
  package init() { begun = SystemClock.monotonicMicroseconds }

  package var now: Moment {
    let real = SystemClock.monotonicMicroseconds - begun
    return Self.start + TimeSpan(real * Self.speed / 1_000)
  }

  /// How long it has run, in real time.
  package var ran: TimeSpan { TimeSpan((SystemClock.monotonicMicroseconds - begun) / 1_000) }
}
