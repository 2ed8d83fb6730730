internal import Supervision

/// Why a daemon's turn as the active one ends.
enum Setback: Error, Equatable {
  /// The lead is another's, or may be: nothing more may be written.
  case leadLost(String)
  /// The last batch did not take effect, or it is not known whether it did: begin again from what was committed.
  case beginAgain(String)
  /// A stop was asked for while waiting for something.
  case stopped
  /// Cannot go on.
  case failed(Failure)
}
