import JourneyModel

/// What a trait or an attribute names as a date: a day, which begins at midnight where the customer lives, or a moment.
enum CalendarDate {
  case day(year: Int64, month: Int32, day: Int32)
  case moment(Moment)

  init?(_ fact: TraitFact) {
    guard fact.kind == .string, let date = fact.withView({ CalendarDate($0) }) else { return nil }
    self = date
  }

  init?(_ value: ValueView) {
    guard value.kind == .string else { return nil }
    if let moment = Moment(rfc3339: value.text) {
      self = .moment(moment)
      return
    }
    let text = Array(value.text)
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = Int64(String(decoding: text[0..<4], as: UTF8.self)),
      let month = Int32(String(decoding: text[5..<7], as: UTF8.self)),
      let day = Int32(String(decoding: text[8..<10], as: UTF8.self)),
      text.enumerated().allSatisfy({ $0 == 4 || $0 == 7 || (48...57).contains($1) }),
      CivilTime.dateExists(year: year, month: month, day: day)
    else { return nil }
    self = .day(year: year, month: month, day: day)
  }

  /// The moment that is meant, moved by an offset: of a yearly date the first at or after `start`.
  func moment(from start: Moment, offset: TimeSpan, everyYear: Bool, zone: TimeZone?) -> Moment? {
    guard let zone else { return nil }
    guard everyYear else { return base(zone) + offset }
    let origin = civil(zone)
    let around = zone.civil(start - offset).year
    for year in max(origin.year, around - 1)...max(origin.year, around + 1) {
      let moment = occurrence(origin, in: year, zone: zone) + offset
      if moment >= start { return moment }
    }
    return nil
  }

  private func base(_ zone: TimeZone) -> Moment {
    switch self {
    case .moment(let moment): moment
    case .day(let year, let month, let day):
      zone.moments(CivilTime(year: year, month: month, day: day)).first
    }
  }

  private func civil(_ zone: TimeZone) -> CivilTime {
    switch self {
    case .moment(let moment): zone.civil(moment)
    case .day(let year, let month, let day): CivilTime(year: year, month: month, day: day)
    }
  }

  private func occurrence(_ origin: CivilTime, in year: Int64, zone: TimeZone) -> Moment {
    if year == origin.year { return base(zone) }
    var civil = origin
    civil.year = year
    if !CivilTime.dateExists(year: year, month: civil.month, day: civil.day) { civil.day = 28 }
    return zone.moments(civil).first
  }
}
