internal import JourneyModel

/// Rows that have changed, together with what they are found by.
struct MarkedBatch {
  private(set) var entries: [Database.Entry] = []
  /// Of each calendar the first key that comes to it.
  private(set) var firsts: [RowCalendar: [UInt8]] = [:]
  private var names: [UInt64: PlaceChange] = [:]

  /// - Parameter rows: by their keys in the database, each once and in order.
  init(
    _ rows: ArraySlice<WaitingRow>, over database: borrowing Database, _ marks: RowMarks
  ) throws(StoreFailure) {
    for row in rows where row.keepsMarks { entries.append((row.key, row.value)) }
    let others = rows.filter { !$0.keepsMarks }
    try database.forEachValue(of: others.map(\.key)) { index, old throws(StoreFailure) in
      add(others[index], over: old, marks)
    }
    let changes = names.sorted { $0.key < $1.key }
    let keys = changes.map { DiskLayout.nameKey($0.key) }
    try database.forEachValue(of: keys) { index, value throws(StoreFailure) in
      let old = try value.map(DiskLayout.places) ?? []
      let places = changes[index].value.applied(to: old)
      entries.append((keys[index], places.isEmpty ? nil : DiskLayout.value(places)))
    }
    // The database takes what is in order in half the time.
    entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
  }

  private mutating func add(_ row: WaitingRow, over old: [UInt8]?, _ marks: RowMarks) {
    guard old != row.value else { return }
    entries.append((row.key, row.value))
    let place = DiskLayout.place(row.key)
    let change = MarkChange(place, from: old, to: row.value, marks)
    for mark in change.removed { remove(mark, of: place) }
    for mark in change.added { add(mark, to: place) }
  }

  private mutating func remove(_ mark: RowMark, of place: RowPlace) {
    switch mark {
    case .name(let name): names[name, default: PlaceChange()].removed.insert(place)
    case .moment(let calendar, let moment):
      let entry = RowEntry(moment: moment, place: place)
      entries.append((DiskLayout.entryKey(calendar, entry), nil))
    }
  }

  private mutating func add(_ mark: RowMark, to place: RowPlace) {
    switch mark {
    case .name(let name): names[name, default: PlaceChange()].added.insert(place)
    case .moment(let calendar, let moment):
      let key = DiskLayout.entryKey(calendar, RowEntry(moment: moment, place: place))
      entries.append((key, []))
      if firsts[calendar].map(key.lexicographicallyPrecedes) ?? true { firsts[calendar] = key }
    }
  }
}

/// How the places of a name change.
private struct PlaceChange {
  var added: Set<RowPlace> = []
  var removed: Set<RowPlace> = []

  func applied(to places: [RowPlace]) -> Set<RowPlace> {
    Set(places).subtracting(removed).union(added)
  }
}
