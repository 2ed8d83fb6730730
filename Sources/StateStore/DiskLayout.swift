internal import JourneyModel

/// Keys and values of a copy on disk. Keys of our own come before those of rows, and what rows are found by behind.
enum DiskLayout {
  /// Raised when a key or a value here changes, or what rows are found by: a copy of another number is made anew.
  private static let version: UInt8 = 2

  static let ownerKey: [UInt8] = [0]
  static let positionsKey: [UInt8] = [1]
  static let rows: UInt8 = 2
  static let names: UInt8 = 3
  static let calendars: UInt8 = 4

  /// Before a row's own key: the mark and the partition.
  static let prefixCount = 5

  static func key(_ partition: Int32, _ key: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [rows]
    bytes.reserveCapacity(prefixCount + key.count)
    append(partition, to: &bytes)
    bytes += key
    return bytes
  }

  /// What an entry among the rows says.
  static func row(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(StoreFailure) -> StateRow {
    guard key.count > prefixCount else { throw .damaged("a key is too short") }
    return StateRow(
      partition: partition(key[1..<prefixCount]), key: Array(key[prefixCount...]),
      value: Array(value))
  }

  /// The place of a key that ``key(_:_:)`` has made.
  static func place(_ key: [UInt8]) -> RowPlace {
    RowPlace(partition: partition(key[1..<prefixCount]), key: Array(key[prefixCount...]))
  }

  private static func append(_ partition: Int32, to bytes: inout [UInt8]) {
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: partition >> shift)) }
  }

  private static func partition(_ bytes: some Sequence<UInt8>) -> Int32 {
    bytes.reduce(Int32(0)) { $0 << 8 | Int32($1) }
  }
}

// MARK: Whose it is

extension DiskLayout {
  static func owner(_ name: [UInt8]) -> [UInt8] { name + [0, version] }

  /// The name that is in an owner's value, in this layout.
  ///
  /// - Throws: damage where the copy is of another layout.
  static func name(in owner: [UInt8]) throws(StoreFailure) -> [UInt8] {
    // The first layout had the name alone, and a name has no zero.
    let isFirst = owner.count < 2 || owner[owner.count - 2] != 0
    let found = isFirst ? 1 : owner[owner.count - 1]
    guard found == version else {
      throw .damaged("it is of layout \(found), and this release reads and writes \(version)")
    }
    return Array(owner.dropLast(2))
  }
}

// MARK: What rows are found by

extension DiskLayout {
  static func nameKey(_ name: UInt64) -> [UInt8] {
    var writer = RowWriter(reserving: 9)
    writer.byte(names)
    writer.fixed(name)
    return writer.bytes
  }

  /// Places in their order, so that equal sets are equal bytes.
  static func value(_ places: some Collection<RowPlace>) -> [UInt8] {
    var writer = RowWriter(reserving: places.count * 16)
    for place in places.sorted(by: RowPlace.precedes) {
      writer.unsigned(UInt64(UInt32(bitPattern: place.partition)))
      writer.text(place.key)
    }
    return writer.bytes
  }

  static func places(_ value: [UInt8]) throws(StoreFailure) -> [RowPlace] {
    var reader = RowReader(value)
    var places: [RowPlace] = []
    do throws(RowDamage) {
      while !reader.isAtEnd {
        guard let partition = UInt32(exactly: try reader.unsigned()) else {
          throw RowDamage("a partition is too large")
        }
        places.append(RowPlace(partition: Int32(bitPattern: partition), key: try reader.text()))
      }
    } catch { throw .damaged("places of a name: \(error.message)") }
    return places
  }

  /// Before all entries of a calendar.
  static func start(of calendar: RowCalendar) -> [UInt8] { [calendars, calendar.rawValue] }

  /// Behind all entries of a calendar.
  static func end(of calendar: RowCalendar) -> [UInt8] { [calendars, calendar.rawValue + 1] }

  /// Behind an entry, and before any other that comes after it.
  static func start(of calendar: RowCalendar, after entry: RowEntry) -> [UInt8] {
    entryKey(calendar, entry) + [0]
  }

  /// Ordered as ``RowEntry/precedes(_:_:)`` is.
  static func entryKey(_ calendar: RowCalendar, _ entry: RowEntry) -> [UInt8] {
    var writer = RowWriter(reserving: entryPrefixCount + entry.place.key.count)
    writer.byte(calendars)
    writer.byte(calendar.rawValue)
    writer.fixed(UInt64(bitPattern: entry.moment.milliseconds) ^ 1 << 63)
    var bytes = writer.bytes
    append(entry.place.partition, to: &bytes)
    bytes += entry.place.key
    return bytes
  }

  static func entry(_ key: UnsafeRawBufferPointer) throws(StoreFailure) -> RowEntry {
    guard key.count > entryPrefixCount else {
      throw .damaged("an entry of a calendar is too short")
    }
    let moment = key[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return RowEntry(
      moment: Moment(Int64(bitPattern: moment ^ 1 << 63)),
      place: RowPlace(
        partition: partition(key[10..<entryPrefixCount]), key: Array(key[entryPrefixCount...])))
  }

  /// Before a row's own key: the mark, the calendar, the moment and the partition.
  private static let entryPrefixCount = 14
}
