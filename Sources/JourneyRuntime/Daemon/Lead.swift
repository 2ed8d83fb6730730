internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// This daemon's seat in its group: whoever is assigned the one partition of `<group>-lead` is active.
final class Lead {
  enum Standing: Equatable {
    /// Not a member of the group yet.
    case joining
    case standingBy
    case active
    /// Another is to be active: finish, commit, then ``Lead/letGo()``.
    case giving
  }

  static func topic(of group: String) -> String { group + "-lead" }

  let place: TopicPartition
  private(set) var standing = Standing.joining
  /// Counts the turns: what was begun in one must not be committed in another.
  private(set) var turn = 0
  private let consumer: any KafkaMember
  private let group: String
  private let log: Log
  private let monotonic: () -> TimeSpan
  private var since: TimeSpan

  init(
    _ group: String, _ kafka: any Kafka, log: Log, monotonic: @escaping () -> TimeSpan
  ) throws(KafkaError) {
    self.group = group
    self.log = log
    self.monotonic = monotonic
    since = monotonic()
    place = TopicPartition(Self.topic(of: group), 0)
    consumer = try kafka.member(of: [place.topic])
  }

  /// Takes what the group has said since; must be called every few seconds. Throws what a new member would cure.
  func poll() throws(KafkaError) {
    while let event = consumer.poll() {
      switch event {
      case .assigned(let places):
        if places.contains(place) {
          turn += 1
          standing = .active
          log(.leadGained(group: group, took: monotonic() - since))
        } else if standing == .joining || standing == .standingBy {
          if standing == .joining { log(.standingBy(group: group)) }
          standing = .standingBy
        }
      case .revoking(let places):
        if places.contains(place) { standing = .giving }
      case .lost(let places):
        if places.contains(place) { standBy("the group has moved on without this daemon") }
      case .failed(let error):
        if error.isFatal { throw error }
        log(.kafkaError(client: "lead", code: error.name, message: error.message))
      }
    }
    if standing == .active || standing == .giving, consumer.isLost {
      standBy("the group has moved on without this daemon")
    }
  }

  /// The lead may be used to write in this turn.
  func holds(turn: Int) -> Bool {
    turn == self.turn && (standing == .active || standing == .giving)
  }

  /// Hands the lead over, where another is to have it.
  func letGo() throws(KafkaError) {
    guard standing == .giving else { return }
    standBy("another daemon is to be active")
    try consumer.release()
  }

  /// The proof that goes with each transaction; nil where this daemon has no seat.
  func metadata() -> GroupMetadata? { consumer.metadata() }

  private func standBy(_ reason: String) {
    standing = .standingBy
    since = monotonic()
    log(.leadLost(group: group, reason: reason))
    log(.standingBy(group: group))
  }
}
