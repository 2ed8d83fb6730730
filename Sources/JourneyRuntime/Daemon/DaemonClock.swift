internal import JourneyModel

/// The one clock on which deadlines fire (spec 3.2); never moves backwards.
///
/// Told of each partition by its number: the newest event time read, and whether it has records left.
struct DaemonClock {
  /// Nil while nothing was read and something is left to be read.
  private(set) var now: Moment?
  /// By partition: the newest event time read while records are left (the distant past where nothing was
  /// read yet), the distant future for one that has no say.
  private var holds: [Moment] = []

  /// - Parameter now: where an earlier run had come to.
  init(now: Moment? = nil) { self.now = now }

  /// What one partition allows; where it is the first heard of it, in the order of numbers.
  mutating func hold(_ partition: Int, at newest: Moment?) {
    set(partition, newest ?? .distantPast)
  }

  /// The partition is read to its end, or its source has no say.
  mutating func release(_ partition: Int) { set(partition, .distantFuture) }

  mutating func removeAllPartitions() { holds.removeAll(keepingCapacity: true) }

  /// Nothing holds the clock: everything is read.
  var isFree: Bool { holds.allSatisfy { $0 == .distantFuture } }

  /// Where the clock may move to: the least that the partitions allow, else the wall clock. Nil: not known yet.
  func reach(wall: Moment) -> Moment? {
    var least = Moment.distantFuture
    for hold in holds where hold < least { least = hold }
    if least == .distantPast { return now }
    let target = least == .distantFuture ? wall : least
    return now.map { max($0, target) } ?? target
  }

  /// The partition that keeps the clock furthest back; nil where none does.
  var holder: Int? {
    guard let least = holds.min(), least < .distantFuture else { return nil }
    return holds.firstIndex(of: least)
  }

  mutating func move(to moment: Moment) { now = now.map { max($0, moment) } ?? moment }

  private mutating func set(_ partition: Int, _ moment: Moment) {
    while holds.count <= partition { holds.append(.distantFuture) }
    holds[partition] = moment
  }
}
