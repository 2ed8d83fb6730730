internal import JourneyModel

/// Before which keys calendars are known to be empty: what was taken away from a calendar's beginning would have to be
/// passed by whoever reads it, until the database has tidied up.
struct CalendarFronts {
  private var fronts: [RowCalendar: [UInt8]] = [:]

  /// Where to look for the first entry behind another.
  func start(of calendar: RowCalendar, after entry: RowEntry?) -> [UInt8] {
    let start =
      entry.map { DiskLayout.start(of: calendar, after: $0) } ?? DiskLayout.start(of: calendar)
    guard let front = fronts[calendar], start.lexicographicallyPrecedes(front) else { return start }
    return front
  }

  /// Somebody has looked, and has found this first; nobody has written meanwhile.
  mutating func looked(from start: [UInt8], on calendar: RowCalendar, _ first: RowEntry?) {
    guard start == fronts[calendar] ?? DiskLayout.start(of: calendar) else { return }
    fronts[calendar] =
      first.map { DiskLayout.entryKey(calendar, $0) } ?? DiskLayout.end(of: calendar)
  }

  /// These come to their calendars soon.
  mutating func add(_ firsts: [RowCalendar: [UInt8]]) {
    for (calendar, key) in firsts {
      guard let front = fronts[calendar], key.lexicographicallyPrecedes(front) else { continue }
      fronts[calendar] = key
    }
  }
}
