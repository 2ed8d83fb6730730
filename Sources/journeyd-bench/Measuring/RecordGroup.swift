import EventFormats
import JourneyModel
import JourneyRuntime
import Supervision

/// Some records one behind the other in one piece of memory, used again for the next ones.
struct RecordGroup {
  /// Enough that asking the clock around a group costs little per record.
  static let recordsMax = 256

  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }
  var isFull: Bool { count >= Self.recordsMax }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  mutating func add(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
  mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func add(_ number: Int) { add(String(number)) }
  mutating func add(_ part: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: part) }

  /// What was added since the last one is a record.
  mutating func endRecord() { ends.append(bytes.count) }

  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }
}

/// Where records come from.
protocol RecordFeed {
  /// Adds the next records; nothing is added behind the last one.
  mutating func fill(_ group: inout RecordGroup) throws(Failure)
}

/// The lines of a file, held in memory.
struct FileFeed: RecordFeed {
  private let file: WholeFile
  private var position = 0

  init(_ path: String) throws(Failure) { file = try WholeFile(path) }

  mutating func fill(_ group: inout RecordGroup) {
    let all = file.buffer
    while position < all.count, !group.isFull {
      var end = position
      while end < all.count, all[end] != 10 { end += 1 }
      if end > position {
        group.add(UnsafeBufferPointer(rebasing: all[position..<end]))
        group.endRecord()
      }
      position = end + 1
    }
  }
}

/// Reads the records of a group into interactions that are used again for the next group.
struct GroupReader {
  private let reader: RecordReader
  private(set) var interactions: [Interaction]
  private(set) var count = 0
  private(set) var rejected = 0

  init(_ source: SourcePlan, _ plan: Plan, _ names: NameTable) throws(Failure) {
    do throws(PlanProblem) {
      reader = try RecordReader(source, of: plan, attributes: plan.attributesRead, names: names)
    } catch { throw Failure(.configurationInvalid, error.message) }
    interactions = Array(repeating: Interaction(), count: RecordGroup.recordsMax)
  }

  mutating func read(_ group: borrowing RecordGroup) {
    count = 0
    group.bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<group.count {
        let record = InputRecord(value: UnsafeBufferPointer(rebasing: bytes[group.range(index)]))
        switch reader.read(record, bounds: .any, into: &interactions[count]) {
        case .read: count += 1
        case .skipped: break
        case .rejected: rejected += 1
        }
      }
    }
  }
}
