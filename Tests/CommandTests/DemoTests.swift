import EventFormats
import Foundation
import JourneyModel
import JourneyRuntime
import Settings
import Testing

private func traffic(seed: UInt64, hours: Int64 = 60) -> [DemoRecord] {
  var traffic = BankTraffic(
    seed: seed, start: DemoClock.start, span: .hours(hours), people: 200)
  var records: [DemoRecord] = []
  while let record = traffic.next(until: .distantFuture) { records.append(record) }
  return records
}

@Test func `the demo's traffic comes in order, and is the same for the same seed`() {
  let records = traffic(seed: 7)
  #expect(records == traffic(seed: 7))
  #expect(records != traffic(seed: 8))
  #expect(records.count > 500)
  #expect(zip(records, records.dropFirst()).allSatisfy { $0.at <= $1.at })
}

@Test func `every record of the demo can be used by the sample configuration`() throws {
  let plan = try #require(SampleConfiguration.load().plan)
  let names = NameTable()
  var readers: [String: RecordReader] = [:]
  for source in plan.sources {
    readers[source.topic.text] = try RecordReader(
      source, of: plan, attributes: plan.attributesRead, names: names)
  }
  var interaction = Interaction()
  var topics: Set<String> = []
  var records = traffic(seed: 1)
  var answers = BankTraffic(seed: 1, start: DemoClock.start, span: .hours(1), people: 0)
  for _ in 0..<50 {
    answers.answer(
      suggestion: "sg_0123456789abcdef", channel: "email", purpose: "marketing",
      customer: "C10001", at: DemoClock.start)
  }
  while let record = answers.next(until: .distantFuture) { records.append(record) }
  for record in records {
    topics.insert(record.topic)
    let reader = try #require(readers[record.topic])
    let reading = record.value.withUnsafeBufferPointer {
      reader.read(InputRecord(value: $0, topic: record.topic), bounds: .any, into: &interaction)
    }
    #expect(reading == .read, "\(String(decoding: record.value, as: UTF8.self))")
  }
  #expect(topics == Set(plan.sources.map(\.topic.text)))
}

@Test func `the demo prints suggestions, ends by itself, and leaves nothing behind`() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let result = try Binary.run("demo", "--for", "9s", environment: ["TMPDIR": folder.path])
  #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
  #expect(result.output.contains("Mon 1"))
  #expect(result.output.contains("home_buying_article by email"))
  #expect(result.output.contains("hours: "))
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
}
