internal import JourneyModel

/// Hears in which order the engine is told of what, so that a run can be told again.
protocol Recorder: AnyObject {
  /// A turn has begun: what was told since the last batch was closed is dropped.
  func began()
  /// Deadlines up to a moment were fired, as ``Engine/advance(to:inclusive:)`` does it.
  func fired(to moment: Moment, expiredBy: Moment)
  /// The interaction at the head of a lane is taken at a moment of the clock.
  func handled(_ lane: Lane, at moment: Moment)
  /// The batch is to take effect in a transaction; pictures of customers are as of a moment.
  func closed(_ mark: TransactionMark, at moment: Moment)
}
