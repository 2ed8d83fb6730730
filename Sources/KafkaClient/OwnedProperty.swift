/// A librdkafka property that the daemon sets itself and refuses from users (spec 2.1).
package struct OwnedProperty: Equatable, Sendable {
  package let name: String
  /// Why it is not the user's, as a clause.
  package let reason: String
  /// The setting of ours to use instead, if there is one.
  package let instead: String?

  /// What to do about it, as a clause.
  package var cure: String {
    instead.map { "use “\($0)” instead" } ?? "leave it out"
  }

  package static func named(_ name: String) -> OwnedProperty? {
    all.first { $0.name == name }
  }

  /// Every owned property, by name.
  package static let all: [OwnedProperty] =
    offsets + reading + writing + group + callbacks

  private static let offsets =
    [
      "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store",
    ].map {
      OwnedProperty(
        name: $0, reason: "offsets are committed together with what they caused",
        instead: "processing.commit_interval")
    } + [
      OwnedProperty(
        name: "auto.commit.interval.ms", reason: "the daemon commits by itself",
        instead: "processing.commit_interval")
    ]
    + ["offset.store.method", "offset.store.path", "offset.store.sync.interval.ms"].map {
      OwnedProperty(name: $0, reason: "offsets are kept by the broker", instead: nil)
    }

  private static let reading = [
    OwnedProperty(
      name: "auto.offset.reset", reason: "lost source data must stop the daemon, not be skipped",
      instead: "sources.NAME.start"),
    OwnedProperty(
      name: "isolation.level", reason: "what was aborted must never be seen",
      instead: "processing.guarantee"),
    OwnedProperty(
      name: "enable.partition.eof", reason: "ends of partitions tell the time", instead: nil),
    OwnedProperty(
      name: "statistics.interval.ms", reason: "statistics feed the daemon's own",
      instead: "log.stats_interval"),
    OwnedProperty(
      name: "consume.callback.max.messages", reason: "the daemon reads in batches of its own",
      instead: nil),
  ]

  private static let writing = [
    OwnedProperty(
      name: "transactional.id", reason: "it is made of the group and the daemon's own id",
      instead: "kafka.group.id"),
    OwnedProperty(
      name: "transaction.timeout.ms",
      reason: "a dead daemon's open transaction must not hold readers for long", instead: nil),
    OwnedProperty(
      name: "enable.idempotence", reason: "nothing may be written twice or out of order",
      instead: "processing.guarantee"),
    OwnedProperty(
      name: "enable.gapless.guarantee", reason: "nothing may be written twice or out of order",
      instead: "processing.guarantee"),
    OwnedProperty(
      name: "acks", reason: "what is acknowledged must be on all replicas in sync", instead: nil),
    OwnedProperty(
      name: "request.required.acks",
      reason: "what is acknowledged must be on all replicas in sync", instead: nil),
    OwnedProperty(
      name: "delivery.report.only.error", reason: "the daemon is told of failures only",
      instead: nil),
    OwnedProperty(
      name: "queuing.strategy", reason: "records are written in their order", instead: nil),
  ]

  private static let group = [
    OwnedProperty(
      name: "partition.assignment.strategy",
      reason: "all daemons of a group must take turns the same way", instead: nil),
    OwnedProperty(
      name: "group.protocol.type", reason: "the daemon is a consumer of its group", instead: nil),
    OwnedProperty(
      name: "allow.auto.create.topics", reason: "topics of users are never created", instead: nil),
  ]

  private static let callbacks = [
    "enabled_events", "error_cb", "throttle_cb", "stats_cb", "log_cb", "background_event_cb",
    "socket_cb", "connect_cb", "closesocket_cb", "open_cb", "resolve_cb", "opaque",
    "default_topic_conf", "ssl_key", "ssl_certificate", "ssl_ca", "ssl_engine_callback_data",
    "ssl.certificate.verify_cb", "oauthbearer_token_refresh_cb", "interceptors", "consume_cb",
    "rebalance_cb", "offset_commit_cb", "dr_cb", "dr_msg_cb", "partitioner_cb", "msg_order_cmp",
    "log.queue", "internal.termination.signal",
  ].map {
    OwnedProperty(name: $0, reason: "it belongs to the program, not to its settings", instead: nil)
  }
}
