package import EventFormats
package import JourneyModel
package import Supervision

/// A file of interactions, read one ahead: the head is the next that has a time.
package final class ReplayInput {
  /// What is told of a line that brought no interaction.
  package enum Refused: Sendable {
    case skipped
    case rejected(Rejection)
  }

  package let source: SourcePlan
  private let reader: RecordReader
  private let lines: LineReader
  private let keep: TimeSpan
  /// Where each line is a record as `kcat -J` prints it.
  private var captured: CapturedRecords?
  private var newest: Moment?
  private var lineNumber = 0
  /// The next interaction; means nothing once ``isDone``.
  package private(set) var head = Interaction()
  package private(set) var isDone = false
  /// The record of the head; its bytes are on loan until the next ``advance(_:)``.
  private(set) var headRecord = InputRecord(value: nil)

  /// - Parameter path: `-` for standard input.
  package init(
    path: String, source: SourcePlan, plan: Plan, names: NameTable, isCaptured: Bool
  ) throws(Failure) {
    self.source = source
    keep = plan.history.keep
    do throws(PlanProblem) {
      reader = try RecordReader(source, of: plan, attributes: plan.attributesRead, names: names)
    } catch {
      throw Failure(.configurationInvalid, error.message)
    }
    captured = isCaptured ? CapturedRecords() : nil
    let bytesMax = isCaptured ? Limits.capturedLineBytesMax : Limits.recordBytesMax
    lines = try LineReader(path: path, lineBytesMax: bytesMax)
  }

  /// Reads on to the next interaction; what has none on the way is refused to `refuse`, with its record.
  package func advance(
    _ refuse: (Refused, InputRecord) throws(Failure) -> Void
  ) throws(Failure) {
    while let line = try lines.next() {
      let offset = Int64(lineNumber)
      lineNumber += 1
      let (reading, record) = read(line, offset: offset)
      switch reading {
      case .read:
        headRecord = record
        newest = max(newest ?? head.time, head.time)
        return
      case .skipped: try refuse(.skipped, record)
      case .rejected(let rejection): try refuse(.rejected(rejection), record)
      }
    }
    isDone = true
  }

  private func read(
    _ line: UnsafeBufferPointer<UInt8>, offset: Int64
  ) -> (Reading, InputRecord) {
    // Where nothing is recorded an interaction arrives as it happens, so that none is ahead of its time.
    let bounds = TimeBounds(oldest: newest.map { $0 - keep } ?? .distantPast)
    var record = InputRecord(value: line, topic: source.topic.text, offset: offset)
    do throws(Rejection) {
      if let own = try captured?.record(line) { record = own }
      return (reader.read(record, bounds: bounds, into: &head), record)
    } catch {
      return (.rejected(error), record)
    }
  }
}
