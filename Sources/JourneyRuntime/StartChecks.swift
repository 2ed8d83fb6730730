package import JourneyModel
package import KafkaClient
package import Supervision

internal import Glibc

/// Something outside the configuration that does not fit it: the broker, its topics, the state directory.
package struct StartProblem: Equatable, Sendable {
  /// Nil: a warning.
  package var code: ExitCode?
  /// The setting that it is about, from its section down.
  package var setting: [String]
  package var message: String
  package var help: String

  package init(code: ExitCode?, setting: [String], message: String, help: String) {
    self.code = code
    self.setting = setting
    self.message = message
    self.help = help
  }
}

/// What must hold outside the configuration before a daemon starts: `check` and `run` ask the same.
package enum StartChecks {
  /// Bytes that `rejected` must take beyond any source's records, for the headers that are added.
  package static let rejectedHeadroomBytes = 64 << 10

  /// The broker answers, outputs are there, sources may yet come.
  package static func broker(
    _ plan: Plan, _ admin: any KafkaAdmin, within limit: TimeSpan = .seconds(10)
  ) -> [StartProblem] {
    do throws(KafkaError) {
      let topics = try admin.topics(within: limit)
      let found = try outputs(plan, admin, topics, limit) + sources(plan, topics)
      return try found + rejectedRoom(plan, admin, topics, limit)
    } catch {
      return [problem(error, plan)]
    }
  }

  private static func problem(_ error: KafkaError, _ plan: Plan) -> StartProblem {
    let servers = KafkaConfiguration(plan.kafka).bootstrapServers
    let setting = ["kafka", "bootstrap.servers"]
    guard error.isRefusal else {
      return StartProblem(
        code: .brokerUnreachable, setting: setting,
        message: "no answer from the broker at \(servers): \(error.message)"
          + (error.cure.map { "; \($0)" } ?? ""),
        help: "start it, or correct bootstrap.servers and security.protocol")
    }
    return StartProblem(
      code: .permission, setting: setting,
      message: "the broker at \(servers) refuses: \(error.message)",
      help: error.cure ?? "correct the log-in of the section “kafka”")
  }

  private static func outputs(
    _ plan: Plan, _ admin: any KafkaAdmin, _ topics: [TopicDescription], _ limit: TimeSpan
  ) throws(KafkaError) -> [StartProblem] {
    let names = Set(topics.map(\.name))
    var problems: [StartProblem] = []
    for output in plan.outputs.named where !names.contains(output.topic) {
      // Not listed: not there, or not for us.
      switch try admin.topic(output.topic, within: limit) {
      case .absent, .present:
        problems.append(
          StartProblem(
            code: .configurationInvalid, setting: ["outputs", output.name],
            message: "the topic “\(output.topic)” of outputs.\(output.name) does not exist",
            help: "kafka-topics.sh --create --topic \(output.topic)"
              + (output.name == "journeys" ? " --config cleanup.policy=compact" : "")))
      case .forbidden:
        problems.append(
          StartProblem(
            code: .permission, setting: ["outputs", output.name],
            message: "the broker does not let us see the topic “\(output.topic)”",
            help: "give the user of journeyd Describe and Write on it"))
      case .unsure(let error): throw error
      }
    }
    return problems
  }

  private static func sources(_ plan: Plan, _ topics: [TopicDescription]) -> [StartProblem] {
    let names = Set(topics.map(\.name))
    return plan.sources.compactMap { source in
      guard topicsOf(source, names).isEmpty else { return nil }
      return StartProblem(
        code: nil, setting: ["sources", source.name, "topic"],
        message: "no topic “\(source.topic.text)” for the source “\(source.name)” yet",
        help: "it is read from when it appears")
    }
  }

  private static func topicsOf(_ source: SourcePlan, _ names: Set<String>) -> Set<String> {
    switch source.topic {
    case .named(let name): return names.intersection([name])
    case .pattern(let text):
      do throws(KafkaError) {
        let pattern = try TopicPattern(text)
        var found: Set<String> = []
        for name in names where pattern.matches(name) { found.insert(name) }
        return found
      } catch { return [] }
    }
  }

  /// A record that a source can hold must fit `rejected` with the headers that it gets.
  private static func rejectedRoom(
    _ plan: Plan, _ admin: any KafkaAdmin, _ topics: [TopicDescription], _ limit: TimeSpan
  ) throws(KafkaError) -> [StartProblem] {
    let names = Set(topics.map(\.name))
    guard let rejected = plan.outputs.rejected, names.contains(rejected) else { return [] }
    let inputs = plan.sources.reduce(into: Set<String>()) { $0.formUnion(topicsOf($1, names)) }
    let settings = try admin.settings(of: [rejected] + inputs.sorted(), within: limit)
    func most(_ topic: String) -> Int? { settings[topic]?["max.message.bytes"].flatMap { Int($0) } }
    guard let room = most(rejected),
      let largest = inputs.sorted().compactMap({ name in most(name).map { (name, $0) } })
        .max(by: { $0.1 < $1.1 }), room < largest.1 + rejectedHeadroomBytes
    else { return [] }
    let needed = largest.1 + rejectedHeadroomBytes
    return [
      StartProblem(
        code: .configurationInvalid, setting: ["outputs", "rejected"],
        message: "the topic “\(rejected)” takes \(room) bytes a record, and “\(largest.0)” can hold"
          + " \(largest.1): what is rejected might not fit",
        help:
          "kafka-configs.sh --alter --topic \(rejected) --add-config max.message.bytes=\(needed)")
    ]
  }
}

extension StartChecks {
  /// The state directory can be written, or made.
  package static func state(_ plan: Plan) -> [StartProblem] {
    var path = plan.state.directory
    var facts = stat()
    let isThere = stat(path, &facts) == 0
    while stat(path, &facts) != 0, path != ".", path != "/" {
      let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      path = parent.isEmpty ? "/" : parent
    }
    let setting = ["state", "directory"]
    guard facts.st_mode & S_IFMT == S_IFDIR else {
      return [
        StartProblem(
          code: .stateNotCreated, setting: setting, message: "“\(path)” is not a folder",
          help: "name another state.directory")
      ]
    }
    guard access(path, W_OK | X_OK) != 0 else { return [] }
    let reason = String(cString: strerror(errno))
    let whole = plan.state.directory
    return [
      StartProblem(
        code: isThere ? .permission : .stateNotCreated, setting: setting,
        message: isThere
          ? "the folder “\(whole)” cannot be written: \(reason)"
          : "the folder “\(whole)” cannot be made: \(reason)",
        help: "give the user of journeyd a folder of its own, as the unit's StateDirectory= does")
    ]
  }
}

extension OutputsPlan {
  /// The topics that are written, by the names of their settings.
  package var named: [(name: String, topic: String)] {
    [
      ("suggestions", suggestions), ("journeys", journeys), ("decisions", decisions),
      ("identities", identities), ("rejected", rejected),
    ].compactMap { name, topic in topic.map { (name, $0) } }
  }
}
