internal import JourneyModel

extension LogEvent {
  /// The table of all events: name, level, meaning and fields of each. No personal data above debug.
  package var entry: Entry {
    switch self {
    // The life of the process.
    case .starting(let config, let group):
      always(
        "starting", .info, "The configuration is valid; Kafka and the state come next.",
        ["version": .text(journeydVersion), "config": .text(config), "group": .text(group)])
    case .started(let config, let librdkafka, let shards, let workers):
      always(
        "started", .notice, "Interactions are being read.",
        [
          "version": .text(journeydVersion), "config": .text(config),
          "librdkafka": .text(librdkafka), "shards": .integer(shards), "workers": .integer(workers),
        ])
    case .stopping(let reason):
      always(
        "stopping", .notice, "The batch under way is finished and committed.",
        ["reason": .text(reason)])
    case .stopped(let reason, let committed, let took):
      always(
        "stopped", .notice,
        "The daemon has ended; committed=false: its last batch was not, or it is not known: nothing is lost.",
        ["reason": .text(reason), "committed": .flag(committed), "took": .span(took)])
    case .failed(let failure):
      always(
        "failed", .error, "The daemon cannot go on and ends with this exit code.",
        [
          "code": .integer(Int(failure.code.rawValue)), "message": .text(failure.message),
          "help": optional(failure.cure),
        ])

    // Configuration.
    case .configProblem(let isError, let place, let message, let help):
      always(
        "config_problem", isError ? .error : .warning, "What is wrong in a file, and where.",
        ["place": .text(place), "message": .text(message), "help": optional(help)])
    case .reloadApplied(let config, let previous, let took):
      always(
        "reload_applied", .notice, "The new configuration holds.",
        ["config": .text(config), "previous": .text(previous), "took": .span(took)])
    case .reloadRejected(let config, let problems):
      always(
        "reload_rejected", .error, "The new configuration is wrong; the old one goes on.",
        ["config": .text(config), "problems": .integer(problems)])
    case .restartNeeded(let setting):
      always(
        "restart_needed", .warning, "A changed setting takes effect at the next start.",
        ["setting": .text(setting)])
    case .ruleSeesLess(let rule, let attributes):
      always(
        "rule_sees_less", .warning,
        "A rule reads attributes that were not kept so far: it sees earlier interactions without.",
        ["rule": .text(rule), "attributes": .text(attributes)])
    case .sweepStarted(let config, let customers):
      always(
        "sweep_started", .info, "Customers at rest are being brought to the new configuration.",
        ["config": .text(config), "customers": .integer(customers)])
    case .sweepFinished(let config, let customers, let took):
      always(
        "sweep_finished", .info, "Every customer is decided by this configuration.",
        ["config": .text(config), "customers": .integer(customers), "took": .span(took)])
    case .configDiffers(let config, let other, let otherConfig):
      limited(
        "config_differs", .warning, "Another daemon of the group runs another configuration.",
        ["config": .text(config), "other": .text(other), "other_config": .text(otherConfig)],
        place: other)

    // Kafka.
    case .kafkaLog(let level, let client, let facility, let message):
      limited(
        "kafka_log", level, "What librdkafka says.",
        ["client": .text(client), "facility": .text(facility), "message": .text(message)],
        place: client + "/" + facility)
    case .kafkaError(let client, let code, let message):
      limited(
        "kafka_error", .warning, "An error that librdkafka reports and goes on from.",
        ["client": .text(client), "code": .text(code), "message": .text(message)],
        place: client + "/" + code)
    case .brokerAway(let message):
      limited(
        "broker_away", .warning, "No broker answers; the daemon waits and tries again.",
        ["message": .text(message)])
    case .brokerBack(let away):
      always(
        "broker_back", .notice, "A broker answers again, after this long.", ["away": .span(away)])
    case .scramUnsupported(let librdkafka):
      always(
        "scram_unsupported", .warning,
        "This librdkafka cannot log in to Kafka 4 by SCRAM: 2.6.1 can, as can PLAIN over TLS.",
        ["librdkafka": .text(librdkafka)])
    case .leadGained(let group, let took):
      always(
        "lead_gained", .notice, "This daemon is the active one of its group.",
        ["group": .text(group), "took": .span(took)])
    case .leadLost(let group, let reason):
      always(
        "lead_lost", .notice, "Another daemon of the group is to be the active one.",
        ["group": .text(group), "reason": .text(reason)])
    case .standingBy(let group):
      always(
        "standing_by", .notice, "Another daemon of the group is active; this one keeps its state.",
        ["group": .text(group)])
    case .fenced(let group, let message):
      always(
        "fenced", .warning, "Another daemon took over; what was not committed is dropped.",
        ["group": .text(group), "message": .text(message)])
    case .partitionsAdded(let source, let topic, let partitions):
      always(
        "partitions_added", .info, "Partitions are read from here on.",
        ["source": .text(source), "topic": .text(topic), "partitions": .integer(partitions)])
    case .partitionsGone(let source, let topic, let partitions):
      always(
        "partitions_gone", .warning, "Partitions are no longer there.",
        ["source": .text(source), "topic": .text(topic), "partitions": .integer(partitions)])
    case .sourceMissing(let source, let topic):
      limited(
        "source_missing", .warning, "A source's topic does not exist; the daemon waits for it.",
        ["source": .text(source), "topic": .text(topic)], place: source)
    case .sourceAppeared(let source, let topic, let partitions):
      always(
        "source_appeared", .notice, "A topic that was missing is there and is read.",
        ["source": .text(source), "topic": .text(topic), "partitions": .integer(partitions)])
    case .offsetsReset(let topic, let partition, let offset):
      always(
        "offsets_reset", .info, "A partition without a position is read from here.",
        [
          "topic": .text(topic), "partition": .integer(partition), "offset": .integer(Int(offset)),
        ])
    case .commitFailed(let message, let attempt):
      limited(
        "commit_failed", .warning, "A commit did not succeed and is tried again.",
        ["message": .text(message), "attempt": .integer(attempt)])
    case .commitAborted(let reason, let interactions):
      limited(
        "commit_aborted", .warning, "A batch was taken back and is read again.",
        ["reason": .text(reason), "interactions": .integer(interactions)])
    case .producerRenewed(let reason):
      limited(
        "producer_renewed", .warning, "The end of a transaction is unclear: a new producer.",
        ["reason": .text(reason)])
    case .transactionStuck(let topic, let partition, let span):
      limited(
        "transaction_stuck", .warning,
        "A transaction of some producer stays open and hides what comes after it.",
        ["topic": .text(topic), "partition": .integer(partition), "for": .span(span)],
        place: "\(topic)/\(partition)")

    // State.
    case .stateEmpty(let group):
      always(
        "state_empty", .warning,
        "Positions are committed and there is no state: customers begin empty.",
        ["group": .text(group)])
    case .stateRestoring(let partition, let partitions):
      always(
        "state_restoring", .info, "State is read from its topic.",
        ["partition": .integer(partition), "partitions": .integer(partitions)])
    case .stateRestored(let customers, let rows, let took):
      always(
        "state_restored", .notice, "The state is whole.",
        ["customers": .integer(customers), "rows": .integer(rows), "took": .span(took)])
    case .stateRebuilt(let directory, let reason):
      always(
        "state_rebuilt", .warning, "The directory was of no use and is filled from Kafka.",
        ["directory": .text(directory), "reason": .text(reason)])
    case .namesFull(let kind, let name):
      limited(
        "names_full", .warning, "65,536 names are known: records with a new one are rejected.",
        ["kind": .text(kind), "name": .text(name)], place: kind)
    case .workerStuck(let worker, let span):
      limited(
        "worker_stuck", .error, "A worker makes no progress; systemd will restart the daemon.",
        ["worker": .integer(worker), "for": .span(span)], place: "\(worker)")

    // What an operator of sources and channels can act on.
    case .clockHeld(let source, let topic, let partition, let behind):
      limited(
        "clock_held", .warning,
        "A partition's backlog keeps deadlines back; `holds_clock: false` leaves it out.",
        [
          "source": .text(source), "topic": .text(topic), "partition": .integer(partition),
          "behind": .span(behind),
        ], place: "\(topic)/\(partition)")
    case .receiptsMissing(let channel, let made, let span):
      limited(
        "receipts_missing", .warning, "A channel that is to tell what it sent tells nothing.",
        ["channel": .text(channel), "made": .integer(made), "for": .span(span)], place: channel)
    case .sourceSilent(let source, let span):
      limited(
        "source_silent", .warning, "A source that used to bring interactions brings none.",
        ["source": .text(source), "for": .span(span)], place: source)
    case .lagGrowing(let lag, let grown, let span):
      limited(
        "lag_growing", .warning, "More comes in than is worked off.",
        ["lag": .integer(lag), "grown": .integer(grown), "for": .span(span)])
    case .rejectsFlood(let source, let rejected, let of, let commonest):
      limited(
        "rejects_flood", .warning, "Much of what a source brings cannot be used.",
        [
          "source": .text(source), "rejected": .integer(rejected), "of": .integer(of),
          "commonest": .text(commonest),
        ], place: source)
    case .rejectedCut(let topic, let partition, let offset, let bytes):
      limited(
        "rejected_cut", .warning, "A record is too large for `rejected` and went there empty.",
        [
          "topic": .text(topic), "partition": .integer(partition), "offset": .integer(Int(offset)),
          "bytes": .integer(bytes),
        ], place: topic)

    // Per record.
    case .rejected(let source, let topic, let partition, let offset, let rejection):
      always(
        "rejected", .debug, "A record that cannot be used, and why.",
        [
          "source": .text(source), "topic": .text(topic), "partition": .integer(partition),
          "offset": .integer(Int(offset)), "code": .text(rejection.code.rawValue),
          "message": .text(rejection.message),
        ])
    case .suggested(let id, let rule, let channel, let customer):
      always(
        "suggested", .debug, "A suggestion was made.",
        [
          "id": .text(id.description), "name": .text(rule), "channel": .text(channel),
          "customer": .text(customer.description),
        ])
    case .withdrew(let id, let rule, let reason, let customer):
      always(
        "withdrew", .debug, "A suggestion was withdrawn.",
        [
          "id": .text(id.description), "name": .text(rule), "reason": .text(reason),
          "customer": .text(customer.description),
        ])
    case .committed(let interactions, let rows, let took):
      always(
        "committed", .debug, "A batch has taken effect.",
        ["interactions": .integer(interactions), "rows": .integer(rows), "took": .span(took)])

    // Numbers.
    case .stats(let line):
      Entry(
        name: "stats", level: .info, about: "What was done since the last line, and how it stands.",
        fields: line.fields, isLimited: false)
    case .suggestionStats(let stats, let interval):
      Entry(
        name: "suggestion_stats", level: .info, about: "What became of one rule's suggestions.",
        fields: stats.fields(interval), isLimited: false)
    case .sourceStats(let stats, let interval, let lag, let silent):
      Entry(
        name: "source_stats", level: .info, about: "What one source brought.",
        fields: stats.fields(interval, lag: lag, silent: silent), isLimited: false)
    case .touchpointStats(let stats, let interval):
      Entry(
        name: "touchpoint_stats", level: .info,
        about: "How often a touchpoint was seen on a channel, and how content people were with it.",
        fields: stats.fields(interval), isLimited: false)
    case .journeyStats(let stats, let interval):
      Entry(
        name: "journey_stats", level: .info,
        about: "How many are in a phase of a journey, and what their journeys came to.",
        fields: stats.fields(interval), isLimited: false)

    // The log itself.
    case .repeated(let event, let level, let place, let times, let span):
      always(
        "repeated", level, "An event that occurred more often than it was shown.",
        [
          "of": .text(event), "place": optional(place), "times": .integer(times),
          "within": .span(span),
        ])
    }
  }
}

private typealias Fields = KeyValuePairs<String, LogField.Value>

/// An event of which every occurrence is shown.
private func always(
  _ name: String, _ level: LogPlan.Level, _ about: String, _ fields: Fields
) -> LogEvent.Entry {
  .init(name: name, level: level, about: about, fields: list(fields), isLimited: false)
}

/// An event of which repeats from the same place are held back.
private func limited(
  _ name: String, _ level: LogPlan.Level, _ about: String, _ fields: Fields, place: String = ""
) -> LogEvent.Entry {
  .init(name: name, level: level, about: about, fields: list(fields), place: place)
}

private func list(_ fields: Fields) -> [LogField] { fields.map { LogField($0.key, $0.value) } }

private func optional(_ text: String) -> LogField.Value { text.isEmpty ? .none : .text(text) }
