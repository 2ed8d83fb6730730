import Foundation
import JourneyModel
import KafkaClient
import KafkaTesting
import Synchronization
import Testing

extension Bench {
  func topicsAreMade() throws {
    let admin = try AdminClient(configuration)
    let topic = NewTopic(
      name + "-state", partitions: 3,
      settings: ["cleanup.policy": "compact", "max.message.bytes": "8388608"])
    let odd = NewTopic(name + "-odd", partitions: 1, settings: ["cleanup.policy": "never"])
    let made = try admin.create([topic, odd], within: .seconds(30))
    #expect(made[topic.name] == .created)
    guard case .failed(let reason) = made[odd.name] else {
      Issue.record("that policy does not exist")
      return
    }
    #expect(reason.name == "INVALID_CONFIG")
    #expect(try admin.create([topic], within: .seconds(30)) == [topic.name: .existed])
    let settings = try admin.settings(of: [topic.name, odd.name], within: .seconds(30))
    #expect(settings[topic.name]?["cleanup.policy"] == "compact")
    #expect(settings[topic.name]?["max.message.bytes"] == "8388608")
    #expect(settings[odd.name] == nil)
    guard case .present(let found) = try admin.topic(topic.name, within: .seconds(10)) else {
      Issue.record("the topic is there")
      return
    }
    #expect(found.partitions.map(\.number) == [0, 1, 2])
    #expect(try admin.topic(name + ".nowhere", within: .seconds(10)) == .absent)
  }

  func topicsAppear() throws {
    try write(3)
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    let pattern = try TopicPattern("^\(name)\\.(in|late)$")
    func found() throws -> [TopicPartition] {
      try consumer.topics(within: .seconds(10)).filter { pattern.matches($0.name) }
        .flatMap(\.places)
    }
    let first = try found()
    #expect(first == [TopicPartition(input, 0), TopicPartition(input, 1)])
    try consumer.add(first.map { ($0, .beginning) })
    #expect(try consumer.readAll(wakeup).count == 3)
    let admin = try AdminClient(configuration)
    _ = try admin.create([NewTopic(name + ".late", partitions: 1)], within: .seconds(30))
    try broker.tool("topics", "--alter", "--topic", input, "--partitions", "3")
    var second: Set<TopicPartition> = []
    let hasAppeared = try eventually(wakeup) { () throws in
      second = Set(try found()).subtracting(first)
      return second.count == 2
    }
    #expect(hasAppeared)
    #expect(second == [TopicPartition(input, 2), TopicPartition(name + ".late", 0)])
    try consumer.add(second.sorted().map { ($0, .beginning) })
    try write(5, to: 2)
    let isRead = try eventually(wakeup) { () throws in
      try consumer.serve()
      return consumer.readers.contains {
        $0.place == TopicPartition(input, 2) && $0.head() == .record
      }
    }
    #expect(isRead)
    #expect(
      try consumer.readAll(wakeup).map(\.place)
        == Array(repeating: TopicPartition(input, 2), count: 5))
  }

  func lostOffsetFails() throws {
    try write(3)
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    _ = try consumer.topics(within: .seconds(10))
    try consumer.add([(TopicPartition(input, 0), .offset(Offset(100)))])
    let reader = consumer.readers[0]
    var failure: KafkaError?
    let hasFailed = eventually(wakeup) {
      if case .failed(let error) = reader.head() { failure = error }
      return failure != nil
    }
    #expect(hasFailed)
    #expect(failure?.isOffsetOutOfRange == true, "\(String(describing: failure))")
  }

  func offsetsByTime() throws {
    let start = Moment(1_700_000_000_000)
    try write(10, at: start)
    let consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    let (place, other) = (TopicPartition(input, 0), TopicPartition(input, 1))
    let middle = start + TimeSpan(3_500)
    #expect(
      try consumer.offsets(at: [place: middle, other: middle], within: .seconds(10))
        == [place: Offset(4), other: nil])
    let late = start + .seconds(60)
    #expect(try consumer.offsets(at: [place: late], within: .seconds(10)) == [place: nil])
  }

  func goingBackIsExact() throws {
    try write(30_000)
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    _ = try consumer.topics(within: .seconds(10))
    let place = TopicPartition(input, 0)
    try consumer.add([(place, .beginning)])
    let seed = UInt64.random(in: 0 ... .max)
    var state = seed
    for round in 0..<20 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let target = Int64(state >> 33) % 29_000
      if round % 2 == 0 {
        try consumer.rewind([place: .offset(Offset(target))])
      } else {
        try consumer.seek(consumer.readers[0], to: Offset(target))
      }
      let reader = consumer.readers[0]
      var next = target
      let isDone = eventually(wakeup) {
        while next < target + 900, reader.head() == .record {
          guard reader.withRecord({ $0.offset.rawValue }) == next else { return true }
          next += 1
          reader.advance()
        }
        return next == target + 900
      }
      #expect(isDone && next == target + 900, "seed \(seed), round \(round)")
    }
  }

  func statisticsTellLag() throws {
    try write(50)
    var configuration = configuration
    configuration.statisticsInterval = TimeSpan(100)
    let place = TopicPartition(input, 0)
    let sink = Latest()
    var consumer = try AssigningConsumer(
      configuration, wakeup: wakeup, sink: { _, event in sink.take(event) })
    _ = try consumer.topics(within: .seconds(10))
    try consumer.add([(place, .beginning)])
    let isTold = try eventually(wakeup) { () throws in
      try consumer.serve()
      return sink.statistics?.partitions[place]?.stableEnd == Offset(50)
    }
    #expect(isTold)
    #expect(sink.statistics?.partitions[place]?.end == Offset(50))
  }

  func passwords() throws {
    let common = [
      "bootstrap.servers": broker.secureServers, "security.protocol": "sasl_ssl",
      "ssl.ca.location": broker.directory + "/tls/ca.pem", "sasl.username": "admin",
    ]
    let plain = try AdminClient(
      secure(common, ["sasl.mechanism": "PLAIN", "sasl.password": "secret"]))
    #expect(try !plain.topics(within: .seconds(10)).isEmpty)
    let sink = Latest()
    let wrong = try AdminClient(
      secure(common, ["sasl.mechanism": "PLAIN", "sasl.password": "hunter22"]),
      sink: { _, event in sink.take(event) })
    let refusal = #expect(throws: KafkaError.self) { try wrong.topics(within: .seconds(3)) }
    #expect(refusal?.isRefusal == true, "\(String(describing: refusal))")
    #expect(!sink.texts.isEmpty)
    #expect(sink.texts.allSatisfy { !$0.contains("hunter22") })
    let scram = try AdminClient(
      secure(common, ["sasl.mechanism": "SCRAM-SHA-256", "sasl.password": "secret"]))
    let error = #expect(throws: KafkaError.self) { try scram.topics(within: .seconds(3)) }
    #expect(error?.cure?.contains("2.6.1") == true, "\(String(describing: error))")
  }

  private func secure(
    _ common: [String: String], _ own: [String: String]
  ) -> KafkaConfiguration {
    broker.configuration(group: name, common.merging(own) { $1 })
  }
}

/// Keeps what a client told.
private final class Latest: Sendable {
  private let state = Mutex<(statistics: KafkaStatistics?, texts: [String])>((nil, []))

  var statistics: KafkaStatistics? { state.withLock { $0.statistics } }
  var texts: [String] { state.withLock { $0.texts } }

  func take(_ event: KafkaEvent) {
    state.withLock { state in
      switch event {
      case .statistics(let json): state.statistics = KafkaStatistics(json: json)
      case .log(_, _, let message): state.texts.append(message)
      case .trouble(let error): state.texts.append("\(error)")
      }
    }
  }
}
