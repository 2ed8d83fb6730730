internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What one batch has come to so far, beside what it writes.
struct BatchFacts {
  var interactions = 0
  /// That came up, whatever came of them.
  var deadlines = 0
  /// When the broker got each of them.
  var arrivals: [Moment] = []
  /// On the monotonic clock; nil while the batch is empty.
  var begun: TimeSpan?

  mutating func removeAll() {
    interactions = 0
    deadlines = 0
    arrivals.removeAll(keepingCapacity: true)
    begun = nil
  }
}

/// What outlives the turns of one daemon, and is used by all its parts on the one thread.
final class Services {
  let plan: Plan
  let log: Log
  let notifier: Notifier
  let wakeup: any Waiter
  let cluster: Cluster
  let directory: StateDirectory
  let keeper: StateKeeper
  /// The wall clock.
  let wall: () -> Moment
  /// The clock that never jumps.
  let monotonic: () -> TimeSpan
  let makeHelper: Daemon.Options.MakeHelper
  let recorder: (any Recorder)?
  var stats = Stats()

  init(
    _ plan: Plan, log: Log, options: Daemon.Options, cluster: Cluster,
    directory: StateDirectory, keeper: StateKeeper
  ) {
    self.plan = plan
    self.log = log
    notifier = options.notifier
    wakeup = cluster.kafka.waiter
    self.cluster = cluster
    self.directory = directory
    self.keeper = keeper
    wall = options.wall
    monotonic = options.monotonic
    makeHelper = options.makeHelper
    recorder = options.recorder
  }
}
