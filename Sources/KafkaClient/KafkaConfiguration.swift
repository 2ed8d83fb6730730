internal import CRdKafka
package import JourneyModel

/// How to reach the broker, and what each kind of client is set to.
///
/// The user's properties come last but for those that the daemon owns, which are forced.
package struct KafkaConfiguration: Sendable {
  package typealias Property = KafkaPlan.Property

  /// What a client is for; each has properties of its own.
  package enum Role: Hashable, Sendable {
    /// Member of the group, on the lead topic only.
    case lead
    /// Reads input that is assigned to it, committed records only.
    case input
    /// Reads what is assigned to it, open and aborted records too: the true ends.
    case uncommitted
    /// Metadata and administration; never joins, never creates a topic by asking for it.
    case admin
    /// Writes in transactions under this id.
    case transactional(id: String)
    /// Writes without transactions, each record once and in order.
    case plain
  }

  package let groupID: String
  /// The user's, in their order.
  package private(set) var properties: [Property]
  /// How often clients that are polled report statistics; zero: never.
  package var statisticsInterval: TimeSpan
  /// How long the broker lets a transaction be open; a dead daemon's must not hold readers for long.
  package var transactionTimeout = TimeSpan.seconds(10)

  package init(_ plan: KafkaPlan, statisticsInterval: TimeSpan = .zero) {
    groupID = plan.groupID
    properties = plan.properties
    self.statisticsInterval = statisticsInterval
  }

  /// The user's value of a property; nil where it is not set.
  package func value(of name: String) -> String? {
    properties.last { $0.name == name }?.value
  }

  package var bootstrapServers: String {
    value(of: "bootstrap.servers") ?? value(of: "metadata.broker.list") ?? ""
  }

  /// As this one, but fetching no more than this ahead of what is taken of each partition.
  package func reading(kilobytesPerPartition limit: Int) -> KafkaConfiguration {
    var copy = self
    copy.properties.append(Property(name: "queued.max.messages.kbytes", value: "\(limit)"))
    return copy
  }

  /// The version of the client library, as it calls itself.
  package static var libraryVersion: String { text(rd_kafka_version_str()) }

  /// Everything that a client of this role is given, in order: our defaults, the user's, what we force.
  package func properties(for role: Role) -> [Property] {
    let scope = role.scope
    let users = properties.filter {
      switch KnownProperties.installed.scopes[$0.name] {
      case .consumer: scope == .consumer
      case .producer: scope == .producer
      case .both, nil: true
      }
    }
    return Self.defaults(for: role) + users + forced(for: role)
  }

  /// Finds what no single property tells, by making a client of each kind that connects to nothing.
  package func combinationProblem() -> String? {
    var offline = self
    offline.statisticsInterval = .zero
    for role in [Role.lead, .transactional(id: groupID), .plain] {
      let unconnected = offline.properties(for: role)
        .filter { $0.name != "bootstrap.servers" && $0.name != "metadata.broker.list" }
      do throws(KafkaError) {
        _ = try ClientHandle(
          role: role, properties: unconnected, context: ClientContext("check", properties, nil))
      } catch { return error.message }
    }
    return nil
  }
}

extension KafkaConfiguration.Role {
  var scope: KnownProperties.Scope {
    switch self {
    case .lead, .input, .uncommitted, .admin: .consumer
    case .transactional, .plain: .producer
    }
  }

  /// The name that a client of this role has in the log.
  package var name: String {
    switch self {
    case .lead: "lead"
    case .input: "input"
    case .uncommitted: "uncommitted"
    case .admin: "admin"
    case .transactional: "transactional"
    case .plain: "plain"
    }
  }
}

extension KafkaConfiguration {
  private static func defaults(for role: Role) -> [Property] {
    let common = [
      Property(name: "client.id", value: "journeyd"),
      // Replies of a few bytes must not wait for more to send.
      Property(name: "socket.nagle.disable", value: "true"),
      Property(name: "socket.keepalive.enable", value: "true"),
      // Brokers close what is idle; that is no news.
      Property(name: "log.connection.close", value: "false"),
      // A broker that is back is to be found soon: the library's ten seconds are more than a start takes.
      Property(name: "reconnect.backoff.max.ms", value: "1000"),
    ]
    switch role.scope {
    case .consumer, .both:
      return common + [
        Property(name: "check.crcs", value: "true"),
        // Per partition, since each has a queue of its own.
        Property(name: "queued.min.messages", value: "20000"),
        Property(name: "queued.max.messages.kbytes", value: "16384"),
        // A partition that is added waits for the present fetch to come back.
        Property(name: "fetch.wait.max.ms", value: "100"),
        Property(name: "session.timeout.ms", value: "6000"),
        Property(name: "heartbeat.interval.ms", value: "2000"),
      ]
    case .producer:
      return common + [
        // As Java does it: joins and relays beside Java producers meet in the same partition.
        Property(name: "partitioner", value: "murmur2_random"),
        // What a topic takes is the broker's to say: a rejected record may be long.
        Property(name: "message.max.bytes", value: "67108864"),
        Property(name: "queue.buffering.max.messages", value: "1000000"),
      ]
    }
  }

  private func forced(for role: Role) -> [Property] {
    let statistics = Property(
      name: "statistics.interval.ms", value: "\(statisticsInterval.milliseconds)")
    let quiet = [
      Property(name: "enable.auto.commit", value: "false"),
      Property(name: "enable.auto.offset.store", value: "false"),
      Property(name: "allow.auto.create.topics", value: "false"),
      Property(name: "isolation.level", value: "read_committed"),
    ]
    let group = Property(name: "group.id", value: groupID)
    switch role {
    case .lead:
      return quiet + [
        group, statistics,
        Property(name: "partition.assignment.strategy", value: "cooperative-sticky"),
        Property(name: "auto.offset.reset", value: "earliest"),
      ]
    case .input:
      return quiet + [
        group, statistics,
        Property(name: "auto.offset.reset", value: "error"),
        Property(name: "enable.partition.eof", value: "true"),
      ]
    case .uncommitted:
      return quiet + [
        group, Property(name: "isolation.level", value: "read_uncommitted"),
        Property(name: "auto.offset.reset", value: "error"),
        Property(name: "enable.partition.eof", value: "true"),
      ]
    case .admin:
      return quiet + [Property(name: "isolation.level", value: "read_uncommitted")]
    case .transactional(let id):
      return [
        statistics, Property(name: "delivery.report.only.error", value: "true"),
        Property(name: "transactional.id", value: id),
        Property(name: "transaction.timeout.ms", value: "\(transactionTimeout.milliseconds)"),
        Property(name: "enable.idempotence", value: "true"),
      ]
    case .plain:
      return [
        statistics, Property(name: "delivery.report.only.error", value: "true"),
        Property(name: "enable.idempotence", value: "true"),
      ]
    }
  }
}
