internal import JourneyModel

/// Tells when something has stood still for long: after a while, and again whenever that has doubled.
struct Standstill<Place: Equatable> {
  private var place: Place?
  private var since = TimeSpan.zero
  private var next = TimeSpan.zero

  /// How long it has been in this place, where that is to be told now; nil is no place.
  mutating func look(_ place: Place?, at monotonic: TimeSpan, patience: TimeSpan) -> TimeSpan? {
    guard let place, place == self.place else {
      (self.place, since, next) = (place, monotonic, patience)
      return nil
    }
    let span = monotonic - since
    guard span >= next else { return nil }
    next = span + span
    return span
  }
}
