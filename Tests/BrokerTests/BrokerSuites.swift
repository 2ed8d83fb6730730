import JourneyModel
import KafkaClient
import KafkaTesting
import Testing

/// Against a real Apache Kafka, one broker per suite, one suite after the other.
@Suite(.serialized) enum BrokerSuites {
  @Suite(.serialized, .broker("4.3", isSecure: true)) struct Kafka43 {
    @Test func `what is committed is seen once, with its offsets`() throws {
      try Bench().commitIsSeen()
    }
    @Test func `what is aborted is invisible to committed readers, and its producer goes on`()
      throws
    {
      try Bench().abortIsInvisible()
    }
    @Test func `an open transaction hides the end from committed readers only`() throws {
      try Bench().openTransactionHidesTheEnd()
    }
    @Test func `a second producer of the same id fences the first`() throws {
      try Bench().secondProducerFences()
    }
    @Test func `a daemon that lost the lead can no longer commit, its successor can`() throws {
      try Bench().formerLeadIsRefused()
    }
    @Test func `a record that is too large needs an abort, then work goes on`() throws {
      try Bench().tooLargeNeedsAbort()
    }
    @Test func `a broker killed and started again leaves all of a transaction or nothing`() throws {
      try Bench().killedBrokerTearsNothing()
    }
    @Test func `a broker that pauses within a commit leaves all of it or nothing`() throws {
      try Bench().pausedBrokerTearsNothing()
    }
    @Test func `topics are made with their settings, and described`() throws {
      try Bench().topicsAreMade()
    }
    @Test func `topics and partitions that appear later are found and read`() throws {
      try Bench().topicsAppear()
    }
    @Test func `an offset that is not there is a failure, never a jump`() throws {
      try Bench().lostOffsetFails()
    }
    @Test func `offsets are found by time`() throws { try Bench().offsetsByTime() }
    @Test func `going back within a long log skips and repeats nothing`() throws {
      try Bench().goingBackIsExact()
    }
    @Test func `statistics tell the lag and the stable end`() throws {
      try Bench().statisticsTellLag()
    }
    @Test func `log-in by password works, and where it cannot the cure is named`() throws {
      try Bench().passwords()
    }
    @Test func `what one member gives up another has, and not before`() throws {
      try Bench().rebalanceGoesOver()
    }
    @Test func `a member's own commits are fenced by the group`() throws {
      try Bench().plainCommits()
    }
  }

  @Suite(.serialized, .broker("3.9")) struct Kafka39 {
    @Test func `what is committed is seen once, with its offsets`() throws {
      try Bench().commitIsSeen()
    }
    @Test func `what is aborted is invisible to committed readers, and its producer goes on`()
      throws
    {
      try Bench().abortIsInvisible()
    }
    @Test func `a second producer of the same id fences the first`() throws {
      try Bench().secondProducerFences()
    }
    @Test func `a daemon that lost the lead can no longer commit, its successor can`() throws {
      try Bench().formerLeadIsRefused()
    }
    @Test func `topics are made with their settings, and described`() throws {
      try Bench().topicsAreMade()
    }
  }
}
