internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What one batch has come to so far, beside what it writes.
struct BatchFacts {
  var interactions = 0
  /// When the broker got each of them.
  var arrivals: [Moment] = []
  /// On the monotonic clock; nil while the batch is empty.
  var begun: TimeSpan?

  mutating func removeAll() {
    interactions = 0
    arrivals.removeAll(keepingCapacity: true)
    begun = nil
  }
}

/// What outlives the turns of one daemon, and is used by all its parts on the one thread.
final class Services {
  let plan: Plan
  let log: Log
  let notifier: Notifier
  let wakeup: Wakeup
  let cluster: Cluster
  let directory: StateDirectory
  let keeper: StateKeeper
  /// The wall clock.
  let wall: () -> Moment
  var stats = Stats()

  init(
    _ plan: Plan, log: Log, notifier: Notifier, wakeup: Wakeup, cluster: Cluster,
    directory: StateDirectory, keeper: StateKeeper, wall: @escaping () -> Moment
  ) {
    self.plan = plan
    self.log = log
    self.notifier = notifier
    self.wakeup = wakeup
    self.cluster = cluster
    self.directory = directory
    self.keeper = keeper
    self.wall = wall
  }
}
