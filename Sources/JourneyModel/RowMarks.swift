/// What a row is found by, beside its key, in a copy of the state.
package enum RowMark: Hashable, Sendable {
  /// A hash of something that mostly one row has.
  case name(UInt64)
  /// A place on a calendar.
  case moment(RowCalendar, Moment)

  /// Of a row that this release cannot read.
  package static let unreadable = RowMark.moment(.unreadable, Moment(0))
}

/// What falls due, and is to be found without reading every row.
package enum RowCalendar: UInt8, CaseIterable, Sendable {
  /// A customer's next deadline.
  case deadline = 1
  /// The newest sign of life of those of a household that are known by shared identifiers only.
  case silence = 2
  /// Nothing: rows that this release cannot read are found so.
  case unreadable = 3
}

/// The marks of a row; none of one that is gone.
package typealias RowMarks = @Sendable (StateRow) -> [RowMark]

/// Where a row lies.
package struct RowPlace: Hashable, Sendable {
  package var partition: Int32
  package var key: [UInt8]

  package init(partition: Int32, key: [UInt8]) {
    self.partition = partition
    self.key = key
  }

  /// By partition, then as bytes.
  package static func precedes(_ a: RowPlace, _ b: RowPlace) -> Bool {
    a.partition != b.partition
      ? a.partition < b.partition : a.key.lexicographicallyPrecedes(b.key)
  }
}

/// A row's place on a calendar.
package struct RowEntry: Hashable, Sendable {
  package var moment: Moment
  package var place: RowPlace

  package init(moment: Moment, place: RowPlace) {
    self.moment = moment
    self.place = place
  }

  package static func precedes(_ a: RowEntry, _ b: RowEntry) -> Bool {
    a.moment != b.moment ? a.moment < b.moment : RowPlace.precedes(a.place, b.place)
  }
}

extension StateRow {
  package var place: RowPlace { RowPlace(partition: partition, key: key) }
}
