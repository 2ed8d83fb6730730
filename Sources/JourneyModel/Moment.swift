/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
package struct Moment: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  @inlinable package init(_ milliseconds: Int64) { self.milliseconds = milliseconds }

  package static let distantPast = Moment(.min)
  package static let distantFuture = Moment(.max)

  @inlinable package static func < (a: Moment, b: Moment) -> Bool {
    a.milliseconds < b.milliseconds
  }
  @inlinable package static func == (a: Moment, b: Moment) -> Bool {
    a.milliseconds == b.milliseconds
  }
  @inlinable package static func - (a: Moment, b: Moment) -> TimeSpan {
    TimeSpan(a.milliseconds.subtractingClamped(b.milliseconds))
  }
  @inlinable package static func + (a: Moment, b: TimeSpan) -> Moment {
    Moment(a.milliseconds.addingClamped(b.milliseconds))
  }
  @inlinable package static func - (a: Moment, b: TimeSpan) -> Moment {
    Moment(a.milliseconds.subtractingClamped(b.milliseconds))
  }
}

/// A length of time in milliseconds; may be negative.
package struct TimeSpan: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  @inlinable package init(_ milliseconds: Int64) { self.milliseconds = milliseconds }

  package static let zero = TimeSpan(0)
  @inlinable package static func seconds(_ n: Int64) -> TimeSpan { TimeSpan(n * 1000) }
  @inlinable package static func minutes(_ n: Int64) -> TimeSpan { TimeSpan(n * 60_000) }
  @inlinable package static func hours(_ n: Int64) -> TimeSpan { TimeSpan(n * 3_600_000) }
  @inlinable package static func days(_ n: Int64) -> TimeSpan { TimeSpan(n * 86_400_000) }

  @inlinable package static func < (a: TimeSpan, b: TimeSpan) -> Bool {
    a.milliseconds < b.milliseconds
  }
  @inlinable package static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(a.milliseconds.addingClamped(b.milliseconds))
  }
  @inlinable package static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(a.milliseconds.subtractingClamped(b.milliseconds))
  }
  @inlinable package static prefix func - (a: TimeSpan) -> TimeSpan {
    TimeSpan(Int64(0).subtractingClamped(a.milliseconds))
  }
}

extension Int64 {
  /// The sum, or the nearest value that can be represented.
  @inlinable package func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
  /// The difference, or the nearest value that can be represented.
  @inlinable package func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
