import Foundation

/// Local times by Foundation's zones, worked out naively: the engine's come from the system's tables by another library.
struct CivilClock {
  let zone: Foundation.TimeZone

  /// Of an unknown zone that of UTC.
  init(_ name: String) {
    zone = Foundation.TimeZone(identifier: name) ?? Foundation.TimeZone(secondsFromGMT: 0) ?? .gmt
  }

  /// Milliseconds to add to a moment for the local time read as one in UTC.
  func offset(at moment: Int64) -> Int64 {
    let seconds = (Double(moment) / 1000).rounded(.down)
    return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))) * 1000
  }

  static func exists(_ name: String) -> Bool { Foundation.TimeZone(identifier: name) != nil }

  func local(_ moment: Int64) -> Int64 { moment + offset(at: moment) }

  /// The moments at which a local time is read; where it is skipped the moment at which it is skipped.
  func moments(_ local: Int64) -> (first: Int64, last: Int64) {
    let day: Int64 = 86_400_000
    let offsets = Set([-day, 0, day].map { offset(at: local + $0) })
    let found = offsets.map { local - $0 }.filter { self.local($0) == local }.sorted()
    if let first = found.first, let last = found.last { return (first, last) }
    // Skipped: the first moment whose local time is later.
    var (low, high) = (local - day, local + day)
    while low + 1000 < high {
      let middle = low + ((high - low) / 2000) * 1000
      if self.local(middle) > local { high = middle } else { low = middle }
    }
    return (high, high)
  }

  static let days = calendar()

  private static func calendar() -> Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }

  /// Midnight of a date as a local time read in UTC; nil where the calendar has no such day.
  static func day(_ year: Int, _ month: Int, _ day: Int) -> Int64? {
    var parts = DateComponents(year: year, month: month, day: day)
    parts.timeZone = .gmt
    guard parts.isValidDate(in: days), let date = days.date(from: parts) else { return nil }
    return Int64(date.timeIntervalSince1970) * 1000
  }
}

extension CivilClock {
  /// The date of a local time read in UTC.
  static func date(_ local: Int64) -> (year: Int, month: Int, day: Int, weekday: Int) {
    let date = Date(timeIntervalSince1970: Double(local) / 1000)
    let parts = days.dateComponents([.year, .month, .day, .weekday], from: date)
    // Foundation's 1 is Sunday; ours 0 is Monday.
    return (
      parts.year ?? 0, parts.month ?? 0, parts.day ?? 0, ((parts.weekday ?? 1) + 5) % 7
    )
  }
}
