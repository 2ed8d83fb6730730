internal import CCivilTime

/// A time zone of the system's tzdata.
package struct TimeZone: @unchecked Sendable {  // what it points at is never changed or freed
  private let zone: OpaquePointer
  package let name: String

  /// Nil where the system knows no zone of that name. Cost: reads a file the first time.
  package init?(_ name: String) {
    var text = name
    let found = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { civil_zone_load($0.baseAddress, $0.count) }
    }
    guard let found else { return nil }
    self.zone = found
    self.name = name
  }

  /// A local time as a moment. Where it does not exist the next that does, where it exists twice both.
  package func moments(_ civil: CivilTime) -> (first: Moment, second: Moment) {
    let found = civil_find(
      zone, civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second)
    if found.kind == CIVIL_SKIPPED {
      let moment = Moment(found.transition * 1000)
      return (moment, moment)
    }
    return (Moment(found.before * 1000), Moment(found.after * 1000))
  }

  /// The local time at a moment, in whole seconds.
  package func civil(_ moment: Moment) -> CivilTime {
    let seconds = Int64((Double(moment.milliseconds) / 1000).rounded(.down))
    let found = civil_of(zone, seconds)
    return CivilTime(
      year: found.year, month: found.month, day: found.day, hour: found.hour, minute: found.minute,
      second: found.second, weekday: Int(found.weekday))
  }
}

/// A date and time without a zone. Fields out of range are carried on: day 32 is in the next month.
package struct CivilTime: Hashable, Sendable {
  package var year: Int64
  package var month: Int32
  package var day: Int32
  package var hour: Int32
  package var minute: Int32
  package var second: Int32
  /// 0 is Monday.
  package var weekday: Int

  package init(
    year: Int64, month: Int32, day: Int32, hour: Int32 = 0, minute: Int32 = 0, second: Int32 = 0,
    weekday: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.weekday = weekday
  }

  /// Whether the calendar has such a day.
  package static func dateExists(year: Int64, month: Int32, day: Int32) -> Bool {
    (1...12).contains(month) && (1...31).contains(day) && civil_date_exists(year, month, day)
  }
}
