import JourneyModel
import KafkaClient
import KafkaTesting
import Testing

extension Bench {
  func commitIsSeen() throws {
    let member = try member()
    var producer = try producer()
    for round in 1...3 {
      let found = member.metadata()
      guard let proof = found else { throw Unfinished(read: []) }
      try producer.transact(
        self, ["\(round)a", "\(round)b"], as: proof, at: Int64(round * 10))
    }
    #expect(try outputs().sorted() == ["1a", "1b", "2a", "2b", "3a", "3b"])
    let places = [TopicPartition(input, 0), TopicPartition(input, 1), lead]
    let committed = try member.committed(places, within: .seconds(20))
    #expect(committed == [places[0]: Offset(30), places[1]: nil, places[2]: Offset(0)])
  }

  func abortIsInvisible() throws {
    let member = try member()
    var producer = try producer()
    try producer.begin()
    try producer.send(.of(producer.topic(output), [("k", "dropped")]))
    guard let first = member.metadata() else { throw Unfinished(read: []) }
    try producer.sendOffsets(
      [TopicPartition(input, 0): Offset(5)], as: first, within: .seconds(20))
    // Written out, so that there is something to hide.
    #expect(try eventually(wakeup) { () throws in try outputs(uncommitted: true) == ["dropped"] })
    try producer.abort(within: .seconds(20))
    let committed = try member.committed([TopicPartition(input, 0)], within: .seconds(20))
    #expect(committed == [TopicPartition(input, 0): nil])
    guard let second = member.metadata() else { throw Unfinished(read: []) }
    try producer.transact(self, ["kept"], as: second, at: 1)
    #expect(try outputs() == ["kept"])
    #expect(try outputs(uncommitted: true).sorted() == ["dropped", "kept"])
  }

  func openTransactionHidesTheEnd() throws {
    var producer = try producer()
    let place = TopicPartition(output, 0)
    let admin = try AdminClient(configuration)
    let consumer = try AssigningConsumer(configuration, wakeup: wakeup)
    try producer.begin()
    try producer.send(.of(producer.topic(output), partition: 0, [("k", "1"), ("k", "2")]))
    let isWritten = try eventually(wakeup) { () throws in
      try admin.ends(of: [place], within: .seconds(10)) == [place: Offset(2)]
    }
    #expect(isWritten)
    #expect(try consumer.ends(of: [place], within: .seconds(10)) == [place: Offset(0)])
    try producer.commit(within: .seconds(20))
    // Two records and the marker of the commit.
    let isOpen = try eventually(wakeup) { () throws in
      try consumer.ends(of: [place], within: .seconds(10)) == [place: Offset(3)]
    }
    #expect(isOpen)
  }

  func secondProducerFences() throws {
    let member = try member()
    var first = try producer()
    try first.begin()
    try first.send(.of(first.topic(output), [("k", "from the first")]))
    var second = try producer()
    guard let proof = member.metadata() else { throw Unfinished(read: []) }
    let error = caught { () throws(TransactionError) in
      try first.sendOffsets([lead: Offset(0)], as: proof, within: .seconds(20))
      try first.commit(within: .seconds(20))
    }
    #expect(outcome(error) == "fenced", "\(String(describing: error))")
    #expect(error?.keepsProducer == false)
    // What is fenced stays so.
    let again = caught { () throws(TransactionError) in try first.abort(within: .seconds(20)) }
    #expect(outcome(again) == "fenced")
    guard let next = member.metadata() else { throw Unfinished(read: []) }
    try second.transact(self, ["from the second"], as: next, at: 1)
    #expect(try outputs() == ["from the second"])
  }

  func formerLeadIsRefused() throws {
    var old: GroupConsumer? = try member()
    var first = try producer(id: name + "-old")
    let stale = old?.metadata()
    try first.begin()
    try first.send(.of(first.topic(output), [("k", "from the former lead")]))
    // It leaves the group, but its producer does not know.
    old = nil
    let successor = try member()
    guard let stale else { throw Unfinished(read: []) }
    let error = caught { () throws(TransactionError) in
      try first.sendOffsets([lead: Offset(0)], as: stale, within: .seconds(20))
      try first.commit(within: .seconds(20))
    }
    #expect(outcome(error) == "abort needed", "\(String(describing: error))")
    try first.abort(within: .seconds(20))
    var second = try producer(id: name + "-new")
    guard let proof = successor.metadata() else { throw Unfinished(read: []) }
    try second.transact(self, ["from the successor"], as: proof, at: 1)
    #expect(proof.generation > stale.generation)
    #expect(try outputs() == ["from the successor"])
  }

  func tooLargeNeedsAbort() throws {
    let member = try member()
    var producer = try producer()
    let large = String(repeating: "x", count: 2 << 20)
    guard let first = member.metadata() else { throw Unfinished(read: []) }
    let error = caught { () throws(TransactionError) in
      try producer.transact(self, ["small", large], as: first, at: 1)
    }
    #expect(outcome(error) == "abort needed")
    #expect(
      error?.description.contains("MSG_SIZE_TOO_LARGE") == true, "\(String(describing: error))")
    try producer.abort(within: .seconds(20))
    try producer.renew(within: .seconds(20))
    guard let second = member.metadata() else { throw Unfinished(read: []) }
    try producer.transact(self, ["next"], as: second, at: 1)
    #expect(try outputs() == ["next"])
  }

  func killedBrokerTearsNothing() throws {
    try interrupted { () throws in
      try broker.kill()
      try broker.startAgain()
    }
  }

  func pausedBrokerTearsNothing() throws {
    try interrupted { () throws in
      try broker.pause()
      // Longer than it takes to ask, shorter than the session.
      wakeup.wait(upTo: TimeSpan(1_500))
      try broker.resume()
    }
  }

  /// Whatever a commit around the trouble says, both records of it are there or neither, and work goes on.
  private func interrupted(_ trouble: () throws -> Void) throws {
    var producer = try producer()
    try producer.begin()
    try producer.send(.of(producer.topic(output), partition: 0, [("a", "1")]))
    try producer.send(.of(producer.topic(output), partition: 1, [("b", "1")]))
    try trouble()
    let error = caught { () throws(TransactionError) in try producer.commit(within: .seconds(30)) }
    switch error {
    case nil: break
    case .abortNeeded:
      try producer.abort(within: .seconds(30))
      try producer.renew(within: .seconds(60))
    // Fenced by the broker itself, where the transaction's time was over meanwhile.
    case .retriable, .unclear, .fatal, .fenced: try producer.renew(within: .seconds(60))
    }
    try producer.begin()
    try producer.send(.of(producer.topic(output), [("c", "2")]))
    try producer.commit(within: .seconds(60))
    let read = try outputs().sorted()
    #expect(
      read == ["1", "1", "2"] || (error != nil && read == ["2"]), "\(outcome(error)): \(read)")
  }

  /// Two members of a topic with two partitions: what one is asked to give up the other has once it let go.
  func rebalanceGoesOver() throws {
    let both = [TopicPartition(input, 0), TopicPartition(input, 1)]
    var first = try GroupConsumer(configuration, topics: [input], wakeup: wakeup)
    let hasBoth = eventually(wakeup) {
      _ = first.poll()
      return first.assigned == Set(both)
    }
    #expect(hasBoth)
    var second = try GroupConsumer(configuration, topics: [input], wakeup: wakeup)
    var revoked: [TopicPartition] = []
    let isAsked = eventually(wakeup) {
      if case .revoking(let places) = first.poll() { revoked = places }
      _ = second.poll()
      return !revoked.isEmpty
    }
    #expect(isAsked && revoked.count == 1)
    #expect(second.assigned.isEmpty, "nothing goes over before it was let go")
    // Work in hand can still be committed.
    try first.commit([revoked[0]: Offset(0)])
    try first.release()
    let isShared = eventually(wakeup) {
      _ = first.poll()
      _ = second.poll()
      return first.assigned.count == 1 && second.assigned == Set(revoked)
    }
    #expect(isShared)
    let isStillMember = !first.isLost && first.metadata() != nil
    #expect(isStillMember)
  }

  func plainCommits() throws {
    let place = TopicPartition(input, 0)
    let member = try member()
    try member.commit([place: Offset(4), lead: Offset(0)])
    #expect(try member.committed([place], within: .seconds(20)) == [place: Offset(4)])
  }
}
