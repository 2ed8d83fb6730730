internal import JourneyModel

/// How far a copy on disk has come.
struct DiskPositions: Sendable {
  var offsets: [Int32: Offset] = [:]
  var settledAt: Moment?

  init() {}

  /// Those in a database; none where it was never settled.
  init(_ database: borrowing Database) throws(StoreFailure) {
    guard let bytes = try database.get(DiskLayout.positionsKey) else { return }
    do throws(RowDamage) {
      var reader = RowReader(bytes)
      settledAt = try reader.moment()
      for _ in 0..<(try reader.count()) {
        let partition = Int32(clamping: try reader.integer())
        offsets[partition] = Offset(try reader.signed())
      }
    } catch { throw .damaged(error.message) }
  }

  var bytes: [UInt8] {
    var writer = RowWriter()
    writer.moment(settledAt ?? .distantPast)
    writer.count(offsets.count)
    for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
      writer.count(Int(partition))
      writer.signed(offset.rawValue)
    }
    return writer.bytes
  }
}
