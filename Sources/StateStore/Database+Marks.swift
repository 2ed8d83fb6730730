internal import JourneyModel

extension Database {
  /// Calls with every row of a kind, or with all rows.
  func forEachRow(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    let (start, end): ([UInt8], [UInt8]) =
      switch kind {
      case nil: ([DiskLayout.rows], [DiskLayout.rows + 1])
      // They lie behind all that is in the first partition.
      case .customer?: (DiskLayout.key(1, []), [DiskLayout.rows + 1])
      case let kind?: (DiskLayout.key(0, [kind.rawValue]), DiskLayout.key(0, [kind.rawValue + 1]))
      }
    try forEach(from: start, before: end, keeps: false) { key, value throws(StoreFailure) in
      let row = try DiskLayout.row(key, value)
      // Beside customers lie marks that nobody asks for.
      if kind == nil || row.key.first == kind?.rawValue { try body(row) }
      return true
    }
  }

  func places(named name: UInt64) throws(StoreFailure) -> [RowPlace] {
    guard let value = try get(DiskLayout.nameKey(name)) else { return [] }
    return try DiskLayout.places(value)
  }

  func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(StoreFailure) -> [RowEntry] {
    guard count > 0 else { return [] }
    let prefix = [DiskLayout.calendars, calendar.rawValue]
    var entries: [RowEntry] = []
    try forEach(
      // The next possible key ends in a zero more.
      from: entry.map { DiskLayout.entryKey(calendar, $0) + [0] } ?? prefix,
      before: [DiskLayout.calendars, calendar.rawValue + 1], keeps: true
    ) { key, _ throws(StoreFailure) in
      entries.append(try DiskLayout.entry(key))
      return entries.count < count
    }
    return entries
  }

  /// Writes rows that differ from those that are there, together with what they are found by; all or nothing.
  ///
  /// - Parameters:
  ///   - rows: each key once.
  ///   - others: more to write with them.
  func write(_ rows: ArraySlice<Entry>, _ others: [Entry], marks: RowMarks) throws(StoreFailure) {
    var entries = others
    var names: [UInt64: PlaceChange] = [:]
    for row in rows {
      let old = try get(row.key)
      guard old != row.value else { continue }
      entries.append(row)
      let place = DiskLayout.place(row.key)
      let change = MarkChange(place, from: old, to: row.value, marks)
      for mark in change.removed {
        switch mark {
        case .name(let name): names[name, default: PlaceChange()].removed.insert(place)
        case .moment(let calendar, let moment):
          let entry = RowEntry(moment: moment, place: place)
          entries.append((DiskLayout.entryKey(calendar, entry), nil))
        }
      }
      for mark in change.added {
        switch mark {
        case .name(let name): names[name, default: PlaceChange()].added.insert(place)
        case .moment(let calendar, let moment):
          let entry = RowEntry(moment: moment, place: place)
          entries.append((DiskLayout.entryKey(calendar, entry), []))
        }
      }
    }
    for (name, change) in names {
      let places = change.applied(to: try places(named: name))
      entries.append(
        (DiskLayout.nameKey(name), places.isEmpty ? nil : DiskLayout.value(places)))
    }
    guard !entries.isEmpty else { return }
    try write(entries)
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
