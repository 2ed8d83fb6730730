package import JourneyModel

/// A copy of the state topic's rows: what an engine is built from, and what saves reading the whole topic.
///
/// Used by one thread, or by one that changes it and one that reads. What is applied was committed to Kafka before.
package protocol StateStore: RowSource {
  /// Of each partition of the state topic: the offset from which its rows must be read again; none: from its start.
  var positions: [Int32: Offset] { get }
  /// Bytes that the copy takes, as far as that is known at once.
  var byteCount: Int64 { get }

  /// Takes rows, each instead of an earlier one of its key; in the order given.
  func apply(_ rows: [StateRow]) throws(StoreFailure)
  /// Everything applied so far is found by its marks afterwards.
  func makeFindable() throws(StoreFailure)
  /// All rows below these offsets are in the copy: makes that and the rows last, all or nothing.
  func settle(_ positions: [Int32: Offset], at now: Moment) throws(StoreFailure)
  /// Forgets everything, while nobody is in the midst of its rows.
  func removeAll() throws(StoreFailure)
}

/// Rows that can be read and are kept by others.
package protocol RowSource: AnyObject {
  /// When the copy was last made to last; nil: never.
  var settledAt: Moment? { get }
  /// Calls with every row of a kind, or with all rows; stops at what is thrown.
  func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure)
  /// The value of a key in a partition; nil where there is none.
  func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]?
  /// Where rows are that have a mark of this name. Sees at least what was there when all was last made findable, each
  /// row either as it was then or as it was applied since.
  func places(named name: UInt64) throws(StoreFailure) -> [RowPlace]
  /// The first entries of a calendar behind one of its entries (nil: from its beginning), in their order; sees what
  /// ``places(named:)`` sees.
  func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(StoreFailure) -> [RowEntry]
}

/// Why a copy of the state cannot be used or written.
package enum StoreFailure: Error, Equatable, Sendable {
  /// It cannot be written: no room, or no permission.
  case unwritable(String)
  /// What is there does not read as it was written: it has to be made anew.
  case damaged(String)
}

extension RowSource {
  /// All rows, or those of a kind.
  package func rows(_ kind: RowKind? = nil) throws(StoreFailure) -> [StateRow] {
    var rows: [StateRow] = []
    try forEach(kind) { row in rows.append(row) }
    return rows
  }

  /// All rows but those of households and customers.
  package func commonRows() throws(StoreFailure) -> [StateRow] {
    var rows: [StateRow] = []
    for kind in RowKind.allCases where kind.isCommon { rows += try self.rows(kind) }
    return rows
  }
}

/// Where copies of the state lie, each in a folder of its own.
package protocol StateDisk: AnyObject {
  /// Opens the copy in a folder, or makes it; one that is another owner's, or whose rows are not found by marks, is
  /// damaged.
  ///
  /// - Parameter cacheBytes: what is kept in memory of the copy's files.
  func open(
    _ path: String, owner: String, marks: @escaping RowMarks, cacheBytes: Int
  ) throws(StoreFailure) -> any StateStore
  /// Deletes a copy that is not open.
  func delete(_ path: String) throws(StoreFailure)
}
