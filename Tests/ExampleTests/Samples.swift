import EventFormats
import Foundation
import JourneyModel

/// What the records of `tests/samples/SOURCE.ndjson` come to, one a line.
struct Samples {
  var used = 0
  var rejected: [Rejection] = []
  /// Of contacts.
  var touchpoints: Set<String> = []

  init(_ source: SourcePlan, of plan: Plan, in example: Example) throws {
    let path = example.path + "/tests/samples/\(source.name).ndjson"
    let names = NameTable()
    let reader = try RecordReader(
      source, of: plan, attributes: plan.attributesRead, names: names)
    var interaction = Interaction()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    for (number, line) in lines.enumerated() {
      let bytes = Array(line.utf8)
      let reading = bytes.withUnsafeBufferPointer {
        let record = InputRecord(
          value: $0, timestamp: Moment(1_767_614_400_000), topic: source.topic.text,
          offset: Int64(number))
        return reader.read(record, bounds: .any, into: &interaction)
      }
      switch reading {
      case .read:
        used += 1
        if source.isContact { touchpoints.insert(names.text(interaction.touchpoint)) }
      case .skipped: break
      case .rejected(let rejection): rejected.append(rejection)
      }
    }
  }
}
