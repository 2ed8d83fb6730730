import Foundation
import JourneyModel
import KafkaClient
import KafkaTesting
import Supervision
import Testing

extension DaemonSuites.Kafka43 {
  @Test func `a broker that goes and comes in the middle of commits tears nothing`() throws {
    let stage = try Stage(partitions: 4)
    defer { stage.removeFolder() }
    let end = Moment(SystemClock.now.milliseconds - 60_000)
    let traffic = Traffic(customers: 500, visits: 6_000, partitions: 4, end: end, seed: 59)
    let configuration = try stage.configuration(
      stage.visits(), processing: "commit_interval: 50ms")
    let daemon = try DaemonProcess(configuration, name: "broker")
    #expect(stage.isSo { !daemon.events("partitions_added").isEmpty })
    let trickle = Trickle(stage, traffic.records, perSecond: 500)
    try stage.expectProgress(500)
    try stage.broker.kill()
    #expect(stage.isSo { !daemon.events("broker_away").isEmpty })
    try stage.broker.startAgain()
    try stage.expectProgress(500)
    try stage.broker.pause()
    // Longer than it takes to commit, shorter than the session.
    stage.wakeup.wait(upTo: TimeSpan(1_500))
    try stage.broker.resume()
    #expect(trickle.wait() == nil)
    #expect(try stage.isAllRead())
    #expect(try stage.isMade(traffic, configuration, before: end))
    #expect(daemon.stop() == 0)
    try stage.expectReplay(of: traffic, configuration, before: end)
  }

  @Test
  func `what others write in transactions counts once they commit, and one left open is told`()
    throws
  {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let daemon = try DaemonProcess(try stage.configuration(stage.visits()), name: "foreign")
    #expect(stage.isSo { !daemon.events("partitions_added").isEmpty })
    var settings = stage.client
    settings.transactionTimeout = .seconds(120)
    var foreign = try TransactionalProducer(
      settings, id: stage.name + "-foreign", topics: [stage.input])
    try foreign.initialize(within: .seconds(40))
    try foreign.begin()
    try foreign.send(stage.greeted("aborted", in: 0, foreign.topic(stage.input)))
    try foreign.flush(within: .seconds(20))
    try foreign.abort(within: .seconds(20))
    try foreign.begin()
    try foreign.send(stage.greeted("open", in: 1, foreign.topic(stage.input)))
    try foreign.flush(within: .seconds(20))
    var own = try PlainProducer(stage.client, topics: [stage.input])
    for (customer, partition) in [("free", Int32(0)), ("behind", 1)] {
      try own.send(stage.greeted(customer, in: partition, own.topic(stage.input)))
    }
    try own.flush(within: .seconds(20))
    #expect(stage.isSo { !daemon.events("transaction_stuck").isEmpty })
    let words = try #require(daemon.events("transaction_stuck").first)
    #expect(words.contains("topic=\(stage.input) partition=1"))
    #expect(try stage.greetings() == ["free"])
    try foreign.commit(within: .seconds(20))
    #expect(try stage.isSo { () throws in try stage.greetings().count == 3 })
    #expect(daemon.stop() == 0)
    #expect(try stage.greetings() == ["behind", "free", "open"])
    #expect(try stage.read(stage.rejected).isEmpty)
  }

  @Test func `a stop while no broker answers takes seconds`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let now = SystemClock.now.milliseconds
    try stage.write((0..<100).map { visit("C\($0)", 1, at: now - 100_000) })
    let configuration = try stage.configuration(stage.visits())
    let daemon = try DaemonProcess(configuration, name: "away")
    #expect(try stage.isAllRead())
    try stage.broker.kill()
    defer { try? stage.broker.startAgain() }
    #expect(stage.isSo { !daemon.events("broker_away").isEmpty })
    let begun = SystemClock.monotonic
    #expect(daemon.stop() == 0)
    let took = SystemClock.monotonic - begun
    #expect(took < .seconds(5), "\(took) \(daemon.log)")
    // Nor does one wait that was started meanwhile.
    let waiting = try DaemonProcess(configuration, name: "waiting")
    #expect(stage.isSo { !waiting.events("broker_away").isEmpty })
    let asked = SystemClock.monotonic
    #expect(waiting.stop() == 0)
    #expect(SystemClock.monotonic - asked < .seconds(5), "\(waiting.log)")
  }
}

extension Stage {
  /// Two visits of one customer, which earn a greeting.
  fileprivate func greeted(
    _ customer: String, in partition: Int32, _ topic: OutputTopic?
  ) -> OutgoingBatch {
    let batch = OutgoingBatch()
    guard let topic else { return batch }
    for number in 0..<2 {
      let record = visit(
        customer, number, at: SystemClock.now.milliseconds - 60_000 + Int64(number))
      batch.append(to: topic, partition: partition, key: record.key, value: record.value)
    }
    return batch
  }

  /// The customers greeted so far.
  fileprivate func greetings() throws -> [String] {
    try read(suggestions).filter { $0.value?.contains("\"suggestion\":\"greet\"") == true }
      .compactMap { read in
        ["aborted", "open", "free", "behind"].first { read.value?.contains("\"\($0)\"") == true }
      }.sorted()
  }

  /// Waits until so many interactions more have been committed.
  func expectProgress(_ interactions: Int64) throws {
    let before = try committed()
    #expect(try isSo { () throws in try committed() >= before + interactions })
  }
}

/// Writes records little by little on a thread of its own, whatever happens to the broker meanwhile.
///
/// What may not have arrived is written again: told twice, it has no effect twice.
final class Trickle: @unchecked Sendable {
  // Written by the thread before it ends, read after.
  private var failure: String?
  private let done = DispatchSemaphore(value: 0)
  private let stage: Stage
  private let records: [Made]
  private let perRound: Int

  private static let roundSpan = TimeSpan(50)

  init(_ stage: Stage, _ records: [Made], perSecond: Int) {
    self.stage = stage
    self.records = records
    perRound = max(1, perSecond * Int(Self.roundSpan.milliseconds) / 1_000)
    Thread { [self] in
      do { try write() } catch { failure = "\(error)" }
      done.signal()
    }.start()
  }

  /// Waits for its end; what went wrong, if anything.
  func wait() -> String? {
    done.wait()
    return failure
  }

  private func write() throws {
    let pace = try Wakeup()
    var next = 0
    for attempt in 0..<5 where next < records.count {
      do {
        var producer = try PlainProducer(stage.client, topics: [stage.input])
        try producer.warm(within: .seconds(60))
        while next < records.count {
          let batch = OutgoingBatch()
          let end = min(records.count, next + perRound)
          if let topic = producer.topic(stage.input) {
            for record in records[next..<end] {
              batch.append(
                to: topic, partition: record.partition, key: record.key, value: record.value)
            }
          }
          try producer.send(batch)
          try producer.flush(within: .seconds(60))
          next = end
          pace.wait(upTo: Self.roundSpan)
        }
      } catch { if attempt == 4 { throw error } }
    }
  }
}
