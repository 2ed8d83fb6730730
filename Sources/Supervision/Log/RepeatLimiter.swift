package import JourneyModel

/// Holds back what is said again too soon: the first of an event and place is shown, the others within
/// ``window`` counted, and the count told when the window is over, also when nothing comes after it.
package struct RepeatLimiter {
  package static let window = TimeSpan.seconds(10)
  /// Places watched at once; beyond them the places of one event count as one.
  package static let placesMax = 1_000

  private struct Key: Hashable {
    var event: String
    var place: String
  }
  private struct Watch {
    var since: TimeSpan
    var level: LogPlan.Level
    var heldBack = 0
  }
  private var watches: [Key: Watch] = [:]

  package init() {}

  /// Whether to show it. Time is monotonic.
  package mutating func shows(_ entry: LogEvent.Entry, at now: TimeSpan) -> Bool {
    guard entry.isLimited else { return true }
    var key = Key(event: entry.name, place: entry.place)
    if watches[key] == nil, watches.count >= Self.placesMax { key.place = "*" }
    guard watches[key] != nil else {
      watches[key] = Watch(since: now, level: entry.level)
      return true
    }
    watches[key]?.heldBack += 1
    return false
  }

  /// The summaries that are due, in the order of their events and places; call it often.
  package mutating func takeDue(at now: TimeSpan, all: Bool = false) -> [LogEvent] {
    guard !watches.isEmpty else { return [] }
    let over = watches.filter {
      all || now.milliseconds - $0.value.since.milliseconds >= Self.window.milliseconds
    }
    for key in over.keys { watches[key] = nil }
    return over.filter { $0.value.heldBack > 0 }
      .sorted { ($0.key.event, $0.key.place) < ($1.key.event, $1.key.place) }
      .map { key, watch in
        .repeated(
          event: key.event, level: watch.level, place: key.place, times: watch.heldBack,
          span: Self.window)
      }
  }
}
