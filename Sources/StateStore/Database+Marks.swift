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

  /// - Parameter start: of a calendar's keys, the first that is looked for.
  func entries(
    of calendar: RowCalendar, from start: [UInt8], atMost count: Int
  ) throws(StoreFailure) -> [RowEntry] {
    guard count > 0 else { return [] }
    var entries: [RowEntry] = []
    try forEach(from: start, before: DiskLayout.end(of: calendar), keeps: true) {
      key, _ throws(StoreFailure) in
      entries.append(try DiskLayout.entry(key))
      return entries.count < count
    }
    return entries
  }
}
