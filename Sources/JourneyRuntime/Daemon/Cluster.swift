internal import JourneyModel
internal import KafkaClient
internal import Supervision
internal import Synchronization

/// Asks the brokers what a start needs to know, for as long as it takes: waits where none answers, and says so once.
final class Cluster {
  let kafka: any Kafka
  let admin: any KafkaAdmin
  let watch: BrokerWatch
  /// Bytes that the broker takes for a record of `rejected`; its default while it was not asked.
  var rejectedBytesMax = Limits.recordBytesMax
  /// How long one question waits for its answer.
  static let answerLimit = TimeSpan.seconds(10)
  private static let pauseSpan = TimeSpan(500)

  init(_ plan: Plan, _ kafka: Daemon.Options.MakeKafka, log: Log) throws(Failure) {
    watch = BrokerWatch(log)
    do throws(KafkaError) {
      self.kafka = try kafka(KafkaConfiguration(plan.kafka), watch.sink)
      admin = try self.kafka.admin()
    } catch { throw Self.failure(error) }
  }

  /// Asks until there is an answer; before each repetition `goesOn` may end it.
  func patiently<R: ~Copyable>(
    _ goesOn: () throws(Setback) -> Void, _ ask: () throws(KafkaError) -> R
  ) throws(Setback) -> R {
    while true {
      do throws(KafkaError) {
        let answer = try ask()
        watch.answered()
        return answer
      } catch {
        guard error.isUnreachable || error.isRetriable else {
          throw .failed(Self.failure(error))
        }
        watch.away(error)
      }
      try goesOn()
      pause()
      try goesOn()
    }
  }

  /// Waits a little before asking again.
  func pause() { kafka.waiter.wait(upTo: Self.pauseSpan) }

  /// What a refusal by the library or the brokers means for the process.
  static func failure(_ error: KafkaError) -> Failure {
    if error.isRefusal {
      return Failure(
        .permission, error.description,
        cure: error.cure ?? "correct the log-in or the access rules")
    }
    return Failure(
      error.isUnreachable ? .brokerUnreachable : .configurationInvalid, error.description,
      cure: error.cure ?? "correct the section “kafka”")
  }
}

/// Hears what all clients say of the brokers, and tells the log once when none answers and when one does again.
final class BrokerWatch: Sendable {
  private let awaySince = Mutex<TimeSpan?>(nil)
  private let log: Log

  init(_ log: Log) { self.log = log }

  var sink: KafkaSink {
    { client, event in
      switch event {
      case .log(let level, let facility, let message):
        // Single connections come and go; what that comes to is said by others.
        let quiet = facility == "FAIL" || facility == "ERROR" || facility == "REQTMOUT"
        self.log(
          .kafkaLog(
            level: quiet ? .debug : level, client: client, facility: facility, message: message))
      case .trouble(let error):
        if error.name == "_ALL_BROKERS_DOWN" {
          self.away(error)
        } else if !error.isUnreachable {
          self.log(.kafkaError(client: client, code: error.name, message: error.description))
        }
      case .statistics: break
      }
    }
  }

  /// No broker has answered since one was missed.
  var isAway: Bool { awaySince.withLock { $0 != nil } }

  func away(_ error: KafkaError) { away(error.description) }

  /// No broker answers, in these words.
  func away(_ words: String) {
    let isNews = awaySince.withLock { since in
      guard since == nil else { return false }
      since = SystemClock.monotonic
      return true
    }
    if isNews { log(.brokerAway(message: words)) }
  }

  /// A broker has answered.
  func answered() {
    let since = awaySince.withLock { since -> TimeSpan? in
      defer { since = nil }
      return since
    }
    if let since { log(.brokerBack(away: SystemClock.monotonic - since)) }
  }
}
