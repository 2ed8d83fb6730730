internal import JourneyModel

/// The quiet hours of one channel laid over a week, in minutes from Monday 00:00.
struct QuietWeek {
  static let minutes = 7 * 1440

  /// The longest stretch without a break, and the spread of what waited for its end.
  struct Stretch {
    var stretch: TimeSpan
    var spread: TimeSpan
  }

  private(set) var longest: Stretch?
  /// Not a minute of the week is left.
  private(set) var isRoundTheClock = false

  init(_ contact: ContactPlan, channel: String) {
    var intervals: [(start: Int, end: Int, spread: TimeSpan)] = []
    for hours in contact.quietHours where hours.channels?.contains(channel) ?? true {
      guard hours.from != hours.until else { continue }
      let length =
        hours.until > hours.from ? hours.until - hours.from : hours.until + 1440 - hours.from
      for day in hours.days {
        let start = day * 1440 + hours.from
        intervals.append((start, start + length, hours.spread))
        // The week before, so that what crosses its end joins what begins it.
        intervals.append((start + Self.minutes, start + Self.minutes + length, hours.spread))
      }
    }
    intervals.sort { $0.start < $1.start }
    var current: (start: Int, end: Int, spread: TimeSpan)?
    for interval in intervals {
      guard let open = current, interval.start <= open.end else {
        close(current)
        current = interval
        continue
      }
      if interval.end > open.end || (interval.end == open.end && interval.spread > open.spread) {
        current = (open.start, interval.end, interval.spread)
      }
    }
    close(current)
  }

  private mutating func close(_ interval: (start: Int, end: Int, spread: TimeSpan)?) {
    guard let interval else { return }
    let length = interval.end - interval.start
    if length >= Self.minutes { isRoundTheClock = true }
    let span = TimeSpan.minutes(Int64(length))
    let total = span.milliseconds + interval.spread.milliseconds
    let best = longest.map { $0.stretch.milliseconds + $0.spread.milliseconds } ?? 0
    if total > best { longest = Stretch(stretch: span, spread: interval.spread) }
  }
}
