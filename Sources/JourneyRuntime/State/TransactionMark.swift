internal import JourneyModel

/// Names one transaction: the first row of each partition of the state that it writes, and the note beside the
/// lead's offset that it commits. By the note it can be told later whether the transaction took effect.
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

  /// Reads the first line.
  init?(text: String) {
    let text = text.prefix { $0 != "\n" }
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

  /// Whether the transaction took effect, by the last one that is known to have.
  ///
  /// A daemon begins the next one only when the one before took effect, or after a new beginning that leaves none
  /// open. So an older one of the same producer took effect too; one of another producer was begun after that had
  /// lost the lead, and a newer one was not committed.
  func tookEffect(last: TransactionMark?) -> Bool {
    guard let last else { return false }
    return producer == last.producer && number <= last.number
  }

  /// The mark of the next attempt.
  func next(at now: Moment) -> TransactionMark {
    TransactionMark(
      number: max(number + 1, now.milliseconds.multipliedReportingOverflow(by: 1_000).partialValue),
      producer: producer)
  }
}
