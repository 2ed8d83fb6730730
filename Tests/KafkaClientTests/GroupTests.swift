import CRdKafka
import JourneyModel
import KafkaClient
import KafkaTesting
import Testing

struct GroupTests {
  private static let lead = TopicPartition("lead", 0)

  @Test func `one of two members has the lead, and the other when it leaves`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "lead", partitions: 1)
    let wakeup = try Wakeup()
    let configuration = broker.configuration()
    var second: GroupConsumer?
    var taken: [GroupConsumer.Event] = []
    do {
      var first = try GroupConsumer(configuration, topics: ["lead"], wakeup: wakeup)
      #expect(eventually(wakeup) { first.poll() == .assigned([Self.lead]) })
      let isMember = first.metadata() != nil
      #expect(isMember)
      second = try GroupConsumer(configuration, topics: ["lead"], wakeup: wakeup)
      // Both go on polling while the second joins; it gets nothing, or the first gives up in order.
      var firstHas = true
      let isSettled = try eventually(wakeup) { () throws in
        switch first.poll() {
        case .revoking:
          firstHas = false
          try first.release()
        case .assigned(let places): firstHas = firstHas || !places.isEmpty
        case .lost, .failed: Issue.record("the first was not to lose")
        case nil: break
        }
        if let event = second?.poll() { taken.append(event) }
        return !taken.isEmpty
      }
      #expect(isSettled)
      #expect(firstHas != taken.contains(.assigned([Self.lead])))
    }
    let isTaken = eventually(wakeup) {
      if let event = second?.poll() { taken.append(event) }
      return taken.contains(.assigned([Self.lead]))
    }
    #expect(isTaken)
    #expect(second?.isLost == false)
  }

  @Test func `a member that the group has left behind is told that it lost`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "lead", partitions: 1)
    let wakeup = try Wakeup()
    var member = try GroupConsumer(
      broker.configuration(["heartbeat.interval.ms": "100"]), topics: ["lead"], wakeup: wakeup)
    #expect(eventually(wakeup) { member.poll() == .assigned([Self.lead]) })
    broker.fail(.heartbeat, with: [RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID.rawValue])
    #expect(eventually(wakeup) { member.poll() == .lost([Self.lead]) })
    #expect(member.assigned.isEmpty)
    #expect(eventually(wakeup) { member.poll() == .assigned([Self.lead]) })
    let isMember = member.metadata() != nil
    #expect(isMember)
  }

  @Test func `before it has joined a member has no proof of membership`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "lead", partitions: 1)
    try broker.setDown(true)
    let wakeup = try Wakeup()
    let member = try GroupConsumer(
      broker.configuration(), topics: ["lead"], wakeup: wakeup)
    let isMember = member.metadata() != nil
    #expect(!isMember)
  }

  @Test func `offsets committed by a member are the group's`() throws {
    let broker = try EmbeddedBroker()
    try broker.create(topic: "lead", partitions: 1)
    try broker.create(topic: "in", partitions: 2)
    let wakeup = try Wakeup()
    var member = try GroupConsumer(broker.configuration(), topics: ["lead"], wakeup: wakeup)
    #expect(eventually(wakeup) { member.poll() == .assigned([Self.lead]) })
    let (one, two) = (TopicPartition("in", 0), TopicPartition("in", 1))
    try member.commit([one: Offset(7)])
    let consumer = try AssigningConsumer(broker.configuration(), wakeup: wakeup)
    let committed = try consumer.committed([one, two], within: .seconds(10))
    #expect(committed == [one: Offset(7), two: nil])
  }
}
