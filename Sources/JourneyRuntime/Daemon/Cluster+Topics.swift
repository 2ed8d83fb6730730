internal import JourneyModel
internal import KafkaClient
internal import Supervision

extension Cluster {
  /// The topic by its name, made where it is missing. Never one of the users' own.
  func ensure(
    _ topic: NewTopic, _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) -> TopicDescription {
    while true {
      let state = try patiently(goesOn) { () throws(KafkaError) in
        try admin.topic(topic.name, within: Self.answerLimit)
      }
      switch state {
      case .present(let description) where !description.partitions.isEmpty: return description
      case .forbidden:
        throw .failed(
          Failure(
            .permission, "the broker does not let this user see the topic “\(topic.name)”",
            cure: "allow it: the group's internal topics begin with its name"))
      case .present, .unsure: break
      case .absent: try make(topic, goesOn)
      }
      try goesOn()
      pause()
    }
  }

  private func make(
    _ topic: NewTopic, _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) {
    let answer = try patiently(goesOn) { () throws(KafkaError) in
      try admin.create([topic], within: Self.answerLimit)
    }
    guard case .failed(let error) = answer[topic.name], !error.isUnreachable, !error.isRetriable
    else { return }
    throw .failed(
      Failure(
        error.isRefusal ? .permission : .configurationInvalid,
        "the topic “\(topic.name)” cannot be made: \(error.message)",
        cure: "make it with \(topic.partitions ?? 1) partitions and cleanup.policy=compact"))
  }

  /// Asks how large a record of `rejected` may be.
  func learnLimits(_ plan: Plan, _ goesOn: () throws(Setback) -> Void) throws(Setback) {
    guard let rejected = plan.outputs.rejected else { return }
    let settings = try patiently(goesOn) { () throws(KafkaError) in
      try admin.settings(of: [rejected], within: Self.answerLimit)
    }
    if let most = settings[rejected]?["max.message.bytes"].flatMap({ Int($0) }) {
      rejectedBytesMax = most
    }
  }
}
