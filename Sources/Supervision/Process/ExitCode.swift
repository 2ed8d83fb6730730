/// What the process tells its caller at the end (spec 4.1); systemd does not restart after 64, 66, 77, 78.
package enum ExitCode: Int32, Error, Sendable {
  case success = 0
  case scenarioFailed = 1
  case usage = 64
  case configurationMissing = 66
  case brokerUnreachable = 69
  case internalError = 70
  case stateNotCreated = 73
  case stateNotWritten = 74
  case permission = 77
  case configurationInvalid = 78
}

/// A reason to end, with what its reader can do about it.
package struct Failure: Error, Equatable, Sendable {
  package var code: ExitCode
  package var message: String
  /// What to do, as an order; empty where there is nothing to say.
  package var cure: String

  package init(_ code: ExitCode, _ message: String, cure: String = "") {
    self.code = code
    self.message = message
    self.cure = cure
  }
}

/// The version of this program.
package let journeydVersion = "1.0.0"
