internal import JourneyModel
internal import KafkaClient
internal import Supervision

extension Term {
  /// Looks for topics and partitions that have appeared since, and reads them from their start; every few seconds.
  ///
  /// Where no broker answers it is left for the next time.
  func refresh(at monotonic: TimeSpan) throws(Setback) {
    guard monotonic - refreshedAt >= Limits.refreshInterval else { return }
    refreshedAt = monotonic
    tellHindrances(at: monotonic)
    do throws(KafkaError) {
      let topics = try services.cluster.admin.topics(within: .seconds(2))
      let found = inputs.partitions(topics)
      let known = Set(input.lanes.map(\.place))
      let new = found.filter { !known.contains($0.place) }
      if !new.isEmpty { try add(new, isFirstOf: known) }
      tellGone(known.subtracting(found.map(\.place)))
    } catch {
      guard error.isUnreachable || error.isRetriable || error.isAbsence else {
        throw .beginAgain(error.description)
      }
    }
  }

  private func add(
    _ new: [(place: TopicPartition, source: Int)], isFirstOf known: Set<TopicPartition>
  ) throws(KafkaError) {
    let starts = try services.cluster.admin.beginnings(
      of: new.map(\.place), within: Cluster.answerLimit)
    try input.add(new, from: starts, committed: [:], newest: [:])
    for (topic, places) in Dictionary(grouping: new, by: { $0.place.topic }).sorted(by: {
      $0.key < $1.key
    }) {
      guard let source = places.first?.source else { continue }
      let name = services.plan.sources[source].name
      let isNew = !known.contains { $0.topic == topic }
      services.log(
        isNew
          ? .sourceAppeared(source: name, topic: topic, partitions: places.count)
          : .partitionsAdded(source: name, topic: topic, partitions: places.count))
    }
  }

  /// What is gone can bring nothing more; the next start will ask what became of it.
  private func tellGone(_ places: Set<TopicPartition>) {
    for lane in input.lanes where places.contains(lane.place) && lane.head != .gone {
      guard input.giveUp(lane) else { continue }
      services.log(
        .partitionsGone(
          source: services.plan.sources[lane.source].name, topic: lane.place.topic, partitions: 1))
    }
  }
}
