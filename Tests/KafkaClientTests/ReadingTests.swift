import JourneyModel
import KafkaClient
import KafkaTesting
import Testing

struct ReadingTests {
  private static func write(
    _ configuration: KafkaConfiguration, _ topic: String, _ partition: Int32,
    _ records: [(String, String)]
  ) throws {
    var producer = try PlainProducer(configuration, topics: [topic])
    try producer.warm(within: .seconds(10))
    try producer.send(.of(producer.topic(topic), partition: partition, records))
    try producer.flush(within: .seconds(10))
  }

  private static func numbered(_ range: Range<Int>) -> [(String, String)] {
    range.map { ("k\($0)", "v\($0)") }
  }

  @Test func `each partition comes in its own order to its own end`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "in", partitions: 3)
    let configuration = broker.configuration()
    for partition in 0..<3 {
      let records = Self.numbered(0..<(partition * 2_500))
      try Self.write(configuration, "in", Int32(partition), records)
    }
    let wakeup = try Wakeup()
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    let readers = try consumer.add((0..<3).map { (TopicPartition("in", $0), .beginning) })
    let read = try consumer.readAll(wakeup)
    for partition in 0..<3 {
      let own = read.filter { $0.place.partition == Int32(partition) }
      #expect(own.map(\.offset.rawValue) == Array(0..<Int64(partition * 2_500)))
      #expect(own.map(\.value) == Self.numbered(0..<(partition * 2_500)).map(\.1))
      #expect(readers[partition].position == Offset(Int64(partition * 2_500)))
    }
  }

  @Test func `a partition that is not read holds its records while others go first`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "in", partitions: 2)
    let configuration = broker.configuration()
    try Self.write(configuration, "in", 0, Self.numbered(0..<10))
    try Self.write(configuration, "in", 1, Self.numbered(0..<3_000))
    let wakeup = try Wakeup()
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    let readers = try consumer.add((0..<2).map { (TopicPartition("in", $0), .beginning) })
    #expect(eventually(wakeup) { readers[0].head() == .record })
    var others = 0
    #expect(
      try eventually(wakeup) { () throws in
        others += try readers[1].readWhatIsThere().count
        return others == 3_000
      })
    #expect(readers[0].withRecord { $0.offset } == Offset(0))
    #expect(try readers[0].readWhatIsThere().map(\.offset.rawValue) == Array(0..<10))
  }

  @Test(arguments: [true, false])
  func `going back brings the same records again, none twice and none left out`(
    bySeek: Bool
  ) throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "in", partitions: 1)
    let configuration = broker.configuration()
    try Self.write(configuration, "in", 0, Self.numbered(0..<5_000))
    let wakeup = try Wakeup()
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    let place = TopicPartition("in", 0)
    try consumer.add([(place, .offset(Offset(100)))])
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for _ in 0..<10 {
      let target = Offset(Int64.random(in: 0..<5_000, using: &random))
      let stopAfter = Int.random(in: 1..<2_000, using: &random)
      if bySeek {
        try consumer.seek(consumer.readers[0], to: target)
      } else {
        try consumer.rewind([place: .offset(target)])
      }
      let reader = consumer.readers[0]
      var offsets: [Int64] = []
      let isDone = eventually(wakeup) {
        while offsets.count < stopAfter, reader.head() == .record {
          offsets.append(reader.withRecord { $0.offset.rawValue } ?? -1)
          reader.advance()
        }
        return offsets.count == stopAfter || reader.head() == .end
      }
      #expect(isDone, "seed \(seed)")
      let expected = target.rawValue..<min(5_000, target.rawValue + Int64(stopAfter))
      #expect(offsets == Array(expected), "seed \(seed)")
    }
  }

  @Test func `a partition added later is read beside the first`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "a", partitions: 1)
    try broker.create(topic: "b", partitions: 1)
    let configuration = broker.configuration()
    try Self.write(configuration, "a", 0, Self.numbered(0..<3))
    try Self.write(configuration, "b", 0, Self.numbered(0..<2))
    let wakeup = try Wakeup()
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    try consumer.add([(TopicPartition("a", 0), .beginning)])
    #expect(try consumer.readAll(wakeup).count == 3)
    try consumer.add([(TopicPartition("b", 0), .beginning)])
    #expect(try consumer.readAll(wakeup).map(\.place.topic) == ["b", "b"])
    try consumer.remove([TopicPartition("a", 0)])
    #expect(consumer.readers.map(\.place.topic) == ["b"])
  }

  @Test func `keys, values, tombstones, times and headers come as they were written`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "in", partitions: 1)
    let configuration = broker.configuration()
    var producer = try PlainProducer(configuration, topics: ["in"])
    let found = producer.topic("in")
    let topic = try #require(found)
    let batch = OutgoingBatch(capacity: 1)
    batch.append(to: topic, key: [], value: [1, 2, 3], timestamp: Moment(1_234))
    batch.addHeader("one", "1")
    batch.addHeader("two", "")
    "none".utf8.withContiguousStorageIfAvailable {
      batch.addHeader(UnsafeRawBufferPointer($0), nil)
    }
    batch.append(to: topic, key: nil, value: nil)
    try producer.send(batch)
    try producer.flush(within: .seconds(10))
    let wakeup = try Wakeup()
    var consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    let reader = try consumer.add([(TopicPartition("in", 0), .beginning)])[0]
    #expect(eventually(wakeup) { reader.head() == .record })
    let first: Void? = reader.withRecord { record in
      #expect(record.key?.count == 0)
      #expect(record.value.map { Array($0) } == [1, 2, 3])
      #expect(record.timestamp == Moment(1_234))
      #expect(Read(reader.place, record).headers == ["one: 1", "two: ", "none: –"])
      #expect(record.withLastHeader("one") { $0.map { Array($0) } } == [UInt8(ascii: "1")])
      #expect(record.withLastHeader("three") { _ in true } == nil)
    }
    #expect(first != nil)
    reader.advance()
    #expect(eventually(wakeup) { reader.head() == .record })
    let second: Void? = reader.withRecord { record in
      #expect(record.key == nil)
      #expect(record.value == nil)
    }
    #expect(second != nil)
  }

  @Test func `no such topic and no such broker are told apart`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "there", partitions: 4)
    let admin = try AdminClient(broker.configuration())
    guard case .present(let topic) = try admin.topic("there", within: .seconds(10)) else {
      Issue.record("the topic is there")
      return
    }
    #expect(topic.places == (0..<4).map { TopicPartition("there", $0) })
    broker.fail(topic: "gone", with: 3)
    #expect(try admin.topic("gone", within: .seconds(10)) == .absent)
    broker.fail(topic: "secret", with: 29)
    #expect(try admin.topic("secret", within: .seconds(10)) == .forbidden)
    try broker.setDown(true)
    let error = #expect(throws: KafkaError.self) { try admin.topics(within: TimeSpan(300)) }
    #expect(error?.isUnreachable == true)
  }

  @Test func `a pattern finds topics as librdkafka would`() throws {
    let pattern = try TopicPattern("^web\\..*")
    let names = ["web.clickstream", "website", "the.web.site", "web."]
    let matching = names.filter { pattern.matches($0) }
    #expect(matching == ["web.clickstream", "web."])
    #expect(throws: KafkaError.self) { _ = try TopicPattern("^web(") }
  }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
