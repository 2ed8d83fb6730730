package import JourneyModel

/// Where households and customers that are not in memory are read from: the rows that were taken, once they are safe.
///
/// Asked by the thread of the engine alone.
package protocol StateMemory: AnyObject {
  /// The value of a row; nil where there is none.
  func value(_ place: RowPlace) throws(MemoryFailure) -> [UInt8]?
  /// Where rows are that have a mark of this name: as it was when all was last made findable, or later.
  func places(named name: UInt64) throws(MemoryFailure) -> [RowPlace]
  /// The first entries of a calendar behind one of its entries, in their order; seen as names are.
  func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(MemoryFailure) -> [RowEntry]
  /// Every row that was taken is found by its marks afterwards.
  func makeFindable() throws(MemoryFailure)
}

/// Something could not be read; whose memory it is knows why.
package struct MemoryFailure: Error {
  package init() {}
}
