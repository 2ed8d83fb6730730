internal import JourneyModel

/// What a row is found by from now on, and what it was found by.
struct MarkChange {
  var removed: Set<RowMark> = []
  var added: Set<RowMark> = []

  /// - Parameters:
  ///   - old: the value that the row had; nil: it was not there.
  ///   - new: nil: it is gone.
  init(_ place: RowPlace, from old: [UInt8]?, to new: [UInt8]?, _ marks: RowMarks) {
    let before = Self.marks(place, old, marks)
    let after = Self.marks(place, new, marks)
    guard before != after else { return }
    removed = Set(before)
    added = Set(after)
    let common = removed.intersection(added)
    removed.subtract(common)
    added.subtract(common)
  }

  private static func marks(_ place: RowPlace, _ value: [UInt8]?, _ marks: RowMarks) -> [RowMark] {
    guard let value else { return [] }
    return marks(StateRow(partition: place.partition, key: place.key, value: value))
  }
}
