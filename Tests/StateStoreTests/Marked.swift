import JourneyModel
import StateStore

/// Rows whose values say what they are found by.
enum Marked {
  static let names = 0..<12
  static let moments = -100..<100
  /// Behind these a value is only long.
  private static let marksBytesMax = 32

  static let marks: RowMarks = { row in
    let value = row.value ?? []
    return stride(from: 0, to: min(value.count, marksBytesMax) - 1, by: 2).compactMap { index in
      let number = Int8(bitPattern: value[index + 1])
      guard value[index] > 0 else { return .name(name(Int(number))) }
      return RowCalendar(rawValue: value[index]).map { .moment($0, Moment(Int64(number))) }
    }
  }

  /// Numbers of all sizes.
  static func name(_ number: Int) -> UInt64 { UInt64(number) &* 0x1715_0000_0000_0001 }

  static func row(_ place: RowPlace, _ value: [UInt8]?) -> StateRow {
    StateRow(partition: place.partition, key: place.key, value: value)
  }

  /// Another value with the same marks.
  static func longer(_ value: [UInt8]) -> [UInt8] {
    value.count % 2 == 0 ? value + [7] : value.dropLast()
  }

  static func value(names: [Int] = [], deadline: Int8? = nil, silence: Int8? = nil) -> [UInt8] {
    names.flatMap { [0, UInt8($0)] } + (deadline.map { [1, UInt8(bitPattern: $0)] } ?? [])
      + (silence.map { [2, UInt8(bitPattern: $0)] } ?? [])
  }
}

/// Everything that rows are found by, worked out from all rows.
struct Findable: Equatable {
  var names: [UInt64: Set<RowPlace>] = [:]
  var calendars: [RowCalendar: [RowEntry]] = [:]

  init(of rows: [StateRow]) {
    for row in rows {
      let place = RowPlace(partition: row.partition, key: row.key)
      for mark in Set(Marked.marks(row)) {
        switch mark {
        case .name(let name): names[name, default: []].insert(place)
        case .moment(let calendar, let moment):
          calendars[calendar, default: []].append(RowEntry(moment: moment, place: place))
        }
      }
    }
    for calendar in calendars.keys { calendars[calendar]?.sort(by: RowEntry.precedes) }
  }

  /// As a copy tells it, in pages.
  init(toldBy rows: some RowSource, page: Int = 1_000) throws(StoreFailure) {
    for number in Marked.names {
      let places = try rows.places(named: Marked.name(number))
      guard !places.isEmpty else { continue }
      names[Marked.name(number)] = Set(places)
      // One that is there twice is told of.
      if places.count != Set(places).count { names[.max] = Set(places) }
    }
    for calendar in RowCalendar.allCases {
      var entries: [RowEntry] = []
      while true {
        let some = try rows.entries(of: calendar, after: entries.last, atMost: page)
        entries += some
        // One that goes round and round is told of.
        if some.count < page || entries.count > 10_000 { break }
      }
      if !entries.isEmpty { calendars[calendar] = entries }
    }
  }
}

/// Chance by a seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }

  /// One of few, so that they meet again; keys are the beginnings of others, and end in bytes of all sizes.
  mutating func place() -> RowPlace {
    let kind = number(0..<2) == 0 ? RowKind.household : .customer
    var key: [UInt8] = [kind.rawValue]
    for _ in 0..<number(0..<3) { key.append([0, 1, 0xFF][number(0..<3)]) }
    return RowPlace(
      partition: kind == .household ? 0 : Int32([1, 2, 300][number(0..<3)]), key: key)
  }

  /// A row gone, one without marks, or with a few, some of them twice.
  mutating func value() -> [UInt8]? {
    if number(0..<5) == 0 { return nil }
    let names = (0..<number(0..<4)).map { _ in number(Marked.names) }
    let deadline = number(0..<2) == 0 ? Int8(number(Marked.moments)) : nil
    let silence = number(0..<3) == 0 ? Int8(number(Marked.moments)) : nil
    let more = Int8(number(Marked.moments))
    return Marked.value(names: names, deadline: deadline, silence: silence)
      + (number(0..<4) == 0 ? Marked.value(deadline: more) : [])
  }

  mutating func row() -> StateRow { Marked.row(place(), value()) }
}
