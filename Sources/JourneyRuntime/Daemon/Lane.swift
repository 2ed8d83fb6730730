internal import JourneyModel
internal import KafkaClient

/// One partition of the input: its queue, and the record at its head once it was read.
final class Lane {
  enum Head: Equatable {
    /// An interaction is at hand, in ``Lane/interaction``.
    case interaction
    /// More is left in the partition and has not come yet.
    case underWay
    /// Everything that was there was passed.
    case end
    /// The partition cannot be read any more.
    case gone
  }

  /// Its place among the lanes.
  let number: Int
  let place: TopicPartition
  /// By its place in the plan.
  let source: Int
  let holdsClock: Bool
  let queue: any KafkaPartition
  var head = Head.underWay
  /// What the head was read into; used again for each record.
  var interaction = Interaction()
  /// When the broker got the head.
  var arrival = Moment(0)
  /// The newest event time that was handed on.
  var newest: Moment?
  /// The offset that was committed last.
  var committed: Offset?
  /// On the monotonic clock, when the end was reached; nil before it, and where records have come since.
  var endedAt: TimeSpan?
  /// Something of this partition has come since it is read.
  var hasHeard = false
  /// Where reading has come to while an open transaction hides what follows.
  var hidden = Standstill<Offset>()

  init(
    _ number: Int, _ queue: any KafkaPartition, source: Int, holdsClock: Bool, committed: Offset?,
    newest: Moment?
  ) {
    self.number = number
    self.queue = queue
    place = queue.place
    self.source = source
    self.holdsClock = holdsClock
    self.committed = committed
    self.newest = newest
  }

  /// The end counts once it has stayed the end for a while.
  func isRead(at monotonic: TimeSpan, grace: TimeSpan) -> Bool {
    guard let endedAt else { return false }
    return monotonic - endedAt >= grace
  }
}
