import Foundation
import JourneyModel
import Synchronization
import Testing

@testable import Supervision

private let noon = Moment(1_767_614_400_000)

private func line(_ event: LogEvent, _ shape: LogShape) -> String {
  LogLine.text(event.entry, at: noon, shape: shape)
}

@Test func `a line in a file begins with the time and names its event`() {
  let text = line(
    .stopped(reason: "SIGTERM", committed: true, took: TimeSpan(400)), LogShape(.logfmt))
  #expect(
    text == "ts=2026-01-05T12:00:00.000Z level=notice event=stopped reason=SIGTERM committed=true"
      + " took=0.4s\n")
}

@Test func `a line for the journal has a priority and no time`() {
  let shape = LogShape(.logfmt, forJournal: true)
  #expect(
    line(.brokerAway(message: "all down"), shape) == "<4>event=broker_away message=\"all down\"\n")
  #expect(line(.namesFull(kind: "channel", name: "x"), shape).hasPrefix("<4>event=names_full"))
  #expect(line(.workerStuck(worker: 1, span: .seconds(5)), shape).hasPrefix("<3>"))
  #expect(line(.leadGained(group: "g", took: .zero), shape).hasPrefix("<5>"))
  #expect(line(.stateRestoring(partition: 1, partitions: 2), shape).hasPrefix("<6>"))
  #expect(line(.committed(interactions: 1, rows: 1, took: .zero), shape).hasPrefix("<7>"))
}

@Test func `a line as JSON reads back with its types`() throws {
  let event = LogEvent.stateRestored(customers: 7, rows: 9, took: .seconds(4))
  let object = try JSONSerialization.jsonObject(with: Data(line(event, LogShape(.json)).utf8))
  let fields = try #require(object as? [String: Any])
  #expect(fields["ts"] as? String == "2026-01-05T12:00:00.000Z")
  #expect(fields["level"] as? String == "notice")
  #expect(fields["event"] as? String == "state_restored")
  #expect(fields["customers"] as? Int == 7)
  #expect(fields["took"] as? String == "4s")
}

@Test func `a terminal gets colours unless it wants none`() {
  let event = LogEvent.brokerBack(away: .seconds(3))
  let plain = line(event, LogShape(.readable(coloured: false)))
  let coloured = line(event, LogShape(.readable(coloured: true)))
  #expect(!plain.contains("\u{1B}"))
  #expect(plain.contains("broker_back") && plain.contains("away=3s"))
  #expect(coloured.contains("\u{1B}[36m"))
}

@Test func `what would mislead a reader of lines is quoted`() {
  let nasty = "a \"b\"\n=\u{1B}[31m\u{2028}\\"
  let text = line(.brokerAway(message: nasty), LogShape(.logfmt, forJournal: true))
  #expect(
    text == "<4>event=broker_away message=\"a \\\"b\\\"\\n=\\u001b[31m\\u2028\\\\\"\n")
  let json = line(.brokerAway(message: nasty), LogShape(.json))
  #expect(json.split(separator: "\n").count == 1)
}

@Test(arguments: [LogShape(.logfmt), LogShape(.json), LogShape(.readable(coloured: true))])
func `no line is longer than 8 KiB, and a cut one says so`(shape: LogShape) {
  for filler in ["x", "é", "\u{1}", "\"", "👨‍👩‍👧‍👦"] {
    let text = line(
      .kafkaLog(
        level: .error, client: String(repeating: filler, count: 20_000),
        facility: String(repeating: filler, count: 20_000),
        message: String(repeating: filler, count: 20_000)), shape)
    #expect(text.utf8.count <= 8192)
    #expect(text.contains("cut"))
    #expect(text.hasSuffix("\n"))
    if shape.kind == .json {
      #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil)
    }
  }
}

@Test func `every event is in the manual, once`() throws {
  let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Supervision/Log/LogEvent.swift")
  let text = try String(contentsOf: source, encoding: .utf8)
  let declarations = text.prefix(upTo: try #require(text.range(of: "/// What a line")).lowerBound)
    .split(separator: "\n").filter { $0.hasPrefix("  case ") }
  let names = LogEvent.examples.map(\.entry.name)
  #expect(names.count == declarations.count)
  #expect(Set(names).count == names.count)
  for entry in LogEvent.examples.map(\.entry) {
    #expect(!entry.about.isEmpty && entry.about.hasSuffix("."), "\(entry.name)")
    #expect(Set(entry.fields.map(\.name)).count == entry.fields.count, "\(entry.name)")
  }
}

@Test func `the journal is told by device and inode, not by the variable alone`() throws {
  let pipe = Pipe()
  let descriptor = pipe.fileHandleForWriting.fileDescriptor
  var facts = stat()
  fstat(descriptor, &facts)
  let here = "\(facts.st_dev):\(facts.st_ino)"
  func shape(_ stream: String?) -> LogShape {
    LogShape(.auto, descriptor: descriptor, environment: { $0 == "JOURNAL_STREAM" ? stream : nil })
  }
  #expect(shape(here) == LogShape(.logfmt, forJournal: true))
  #expect(shape("1:2") == LogShape(.logfmt))
  #expect(shape(nil) == LogShape(.logfmt))
}

/// A log that keeps its lines, on a clock set by hand.
private final class Kept: Sendable {
  let lines = Mutex<[String]>([])
  let clock = Mutex(TimeSpan.zero)
  func log(_ level: LogPlan.Level = .info) -> Log {
    var plan = LogPlan()
    plan.level = level
    return Log(
      plan, shape: { _ in LogShape(.logfmt, forJournal: true) }, now: { noon },
      monotonic: { self.clock.withLock { $0 } },
      write: { line in self.lines.withLock { $0.append(line) } })
  }
  func advance(_ span: TimeSpan) {
    clock.withLock { $0 = TimeSpan($0.milliseconds + span.milliseconds) }
  }
  func take() -> [String] {
    lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }
}

@Test func `repeats from one place are shown once in ten seconds and then counted`() {
  let kept = Kept()
  let log = kept.log()
  for _ in 0..<5 { log(.sourceMissing(source: "a", topic: "t")) }
  log(.sourceMissing(source: "b", topic: "t"))
  #expect(kept.take().count == 2)
  kept.advance(TimeSpan(9_999))
  log.tellRepeats()
  #expect(kept.take().isEmpty)
  kept.advance(TimeSpan(1))
  log.tellRepeats()
  #expect(kept.take() == ["<4>event=repeated of=source_missing place=a times=4 within=10s\n"])
  log(.sourceMissing(source: "a", topic: "t"))
  #expect(kept.take() == ["<4>event=source_missing source=a topic=t\n"])
}

@Test func `the count comes before the next of its kind, also when nobody asks for it`() {
  let kept = Kept()
  let log = kept.log()
  for _ in 0..<3 { log(.brokerAway(message: "m")) }
  kept.advance(.seconds(11))
  log(.brokerAway(message: "m"))
  #expect(
    kept.take() == [
      "<4>event=broker_away message=m\n", "<4>event=repeated of=broker_away times=2 within=10s\n",
      "<4>event=broker_away message=m\n",
    ])
}

@Test func `an operator's action is shown every time`() {
  let kept = Kept()
  let log = kept.log()
  for _ in 0..<3 { log(.reloadRejected(config: "c", problems: 1)) }
  #expect(kept.take().count == 3)
}

@Test func `the limiter's memory is bounded`() {
  var limiter = RepeatLimiter()
  let shown = (0..<5_000).filter {
    limiter.shows(LogEvent.sourceMissing(source: "s\($0)", topic: "t").entry, at: .zero)
  }
  #expect(shown.count == RepeatLimiter.placesMax + 1)
  let told = limiter.takeDue(at: .seconds(10))
  #expect(
    told == [
      .repeated(
        event: "source_missing", level: .warning, place: "*",
        times: 5_000 - RepeatLimiter.placesMax - 1, span: .seconds(10))
    ])
}

@Test func `the level hides what is below it, and can be changed`() {
  let kept = Kept()
  let log = kept.log(.warning)
  log(.stopping(reason: "SIGTERM"))
  #expect(kept.take().isEmpty)
  var plan = LogPlan()
  plan.level = .debug
  log.apply(plan)
  #expect(log.shows(.debug))
  log(.committed(interactions: 1, rows: 1, took: .zero))
  #expect(kept.take().count == 1)
}

@Test(arguments: [
  (0, "0s"), (60_000, "60s"), (400, "0.4s"), (3_600_000, "1h"), (90_500, "90s"),
  (172_800_000, "2d"), (59_949, "59.9s"), (-1_500, "-1.5s"), (3_601_000, "3601s"),
])
func `a span is written with its unit`(milliseconds: Int64, text: String) {
  #expect(spanText(TimeSpan(milliseconds)) == text)
}

@Test(arguments: [
  (-0.214, 2, "-0.21"), (0.85, 1, "0.9"), (6, 1, "6.0"), (-0.001, 2, "0.00"), (12, 0, "12"),
])
func `a decimal has its places`(value: Double, places: Int, text: String) {
  #expect(decimalText(value, places: places) == text)
}
