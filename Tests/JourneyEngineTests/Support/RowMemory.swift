import JourneyModel
import Testing

@testable import JourneyEngine

/// The last row of each key, as a copy of the state holds them. By their marks they are found only as they were when
/// all was last made findable: no sooner is promised.
final class RowMemory: StateMemory {
  private var rows: [RowPlace: [UInt8]] = [:]
  private var names: [UInt64: [RowPlace]] = [:]
  private var calendars: [RowCalendar: [RowEntry]] = [:]

  init(_ rows: [StateRow] = []) {
    take(rows)
    makeFindable()
  }

  var all: [StateRow] {
    rows.map { StateRow(partition: $0.key.partition, key: $0.key.key, value: $0.value) }
      .sorted { RowPlace.precedes($0.place, $1.place) }
  }

  /// What an engine is restored from before it recalls.
  var common: [StateRow] {
    all.filter { $0.key.first.flatMap(RowKind.init(rawValue:))?.isCommon ?? false }
  }

  func take(_ changed: [StateRow]) {
    for row in changed {
      if row.keepsMarks {
        let before = StateRow(partition: row.partition, key: row.key, value: rows[row.place])
        #expect(Set(row.marks) == Set(before.marks))
      }
      rows[row.place] = row.value
    }
  }

  func value(_ place: RowPlace) -> [UInt8]? { rows[place] }

  func places(named name: UInt64) -> [RowPlace] { names[name] ?? [] }

  func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) -> [RowEntry] {
    let all = calendars[calendar] ?? []
    return Array(
      all.drop { each in entry.map { !RowEntry.precedes($0, each) } ?? false }
        .prefix(count))
  }

  func makeFindable() {
    names = [:]
    calendars = [:]
    for row in all {
      for mark in row.marks {
        switch mark {
        case .name(let name): names[name, default: []].append(row.place)
        case .moment(let calendar, let moment):
          calendars[calendar, default: []].append(RowEntry(moment: moment, place: row.place))
        }
      }
    }
    for calendar in RowCalendar.allCases { calendars[calendar]?.sort(by: RowEntry.precedes) }
  }
}

extension Engine {
  /// Goes on from rows as a start does: nobody is in memory yet.
  convenience init(
    _ plan: Plan, from memory: RowMemory, mode: Mode = .live, collects: Collects,
    crew: (any Crew)? = nil
  ) throws(RowDamage) {
    let rows = memory.common
    self.init(
      plan: plan, names: try Engine.names(in: rows), mode: mode, collects: collects,
      secret: Engine.secret(in: rows) ?? Array(repeating: 0, count: 32), crew: crew)
    try restore(rows)
    recall(from: memory)
  }

  /// The pictures of all customers, also of those who have to be recalled for it.
  func allPictures(at now: Moment) -> [CustomerPicture] {
    finishGroup()
    if let memory = who.memory as? RowMemory {
      for row in memory.all { who.bring(row.place) }
      finishRecalling()
    }
    return pictures(at: now)
  }
}
