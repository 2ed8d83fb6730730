internal import JourneyModel
internal import KafkaClient
internal import Supervision

extension Term {
  /// Tells of what keeps the work back and does not cure itself: a transaction of somebody else's that stays open
  /// in the input, a partition whose backlog lets no time pass.
  func tellHindrances(at monotonic: TimeSpan) {
    for lane in input.lanes {
      let span = lane.hidden.look(
        input.hiddenFrom(lane), at: monotonic, patience: Limits.transactionPatience)
      guard let span else { continue }
      services.log(
        .transactionStuck(
          topic: lane.place.topic, partition: Int(lane.place.partition), span: span))
    }
    let holder = clock.holder.map { input.lanes[$0] }
    let held = holder == nil ? nil : clock.now ?? .distantPast
    guard heldClock.look(held, at: monotonic, patience: Limits.clockPatience) != nil, let holder
    else { return }
    services.log(
      .clockHeld(
        source: services.plan.sources[holder.source].name, topic: holder.place.topic,
        partition: Int(holder.place.partition),
        behind: clock.now.map { max(.zero, services.wall() - $0) } ?? .zero))
  }
}
