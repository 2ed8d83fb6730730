internal import JourneyModel

/// Names one transaction: the first row of each partition of the state that it writes, and the note beside the
/// lead's offset that it commits. Where the two agree, the transaction took effect.
struct TransactionMark: Equatable {
  /// Grows with every attempt; never used again.
  var number: Int64
  /// The id of the producer.
  var producer: String

  /// The key of a mark's row.
  static let key: [UInt8] = [RowKind.runtime.rawValue, UInt8(ascii: "t")]

  init(number: Int64, producer: String) {
    self.number = number
    self.producer = producer
  }

  /// As committed with the lead's offset.
  var text: String { "\(number) \(producer)" }

  init?(text: String) {
    guard let space = text.firstIndex(of: " "), let number = Int64(text[..<space]) else {
      return nil
    }
    self.init(number: number, producer: String(text[text.index(after: space)...]))
  }

  var row: [UInt8] {
    var writer = RowWriter(reserving: 48)
    writer.signed(number)
    writer.text(producer)
    return writer.bytes
  }

  init?(row: [UInt8]) {
    do throws(RowDamage) {
      var reader = RowReader(row)
      let number = try reader.signed()
      self.init(number: number, producer: try reader.string())
    } catch { return nil }
  }

  /// The mark of the next attempt.
  func next(at now: Moment) -> TransactionMark {
    TransactionMark(
      number: max(number + 1, now.milliseconds.multipliedReportingOverflow(by: 1_000).partialValue),
      producer: producer)
  }
}
