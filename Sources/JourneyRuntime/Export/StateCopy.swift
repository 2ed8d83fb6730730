package import JourneyModel
package import StateStore
package import Supervision

internal import Glibc

/// The copy of the state in a folder, looked at without disturbing a daemon that runs there or starts meanwhile.
package struct StateCopy {
  package let rows: any RowSource
  let facts: StateFacts
  let plan: Plan

  /// Whether somebody answers at the socket of the folder, which may be behind the copy by a minute.
  package let isBeingWritten: Bool

  /// The clock of the state; the distant past where nothing was read yet.
  package var clock: Moment { facts.kept.clock ?? .distantPast }
  /// When all that was written until then was last made to last.
  package var copiedAt: Moment? { rows.settledAt }

  /// Whether there is anything to look at, or to be told why not.
  package static func isThere(_ plan: Plan) -> Bool {
    access(StateDirectory.copy(in: plan.state.directory), F_OK) == 0 || errno != ENOENT
  }

  package init(_ plan: Plan) throws(Failure) {
    let folder = plan.state.directory
    let rows: DiskCopy
    do throws(DiskCopy.Failure) {
      rows = try DiskCopy(
        path: StateDirectory.copy(in: folder), owner: StateTopic.name(of: plan.kafka.groupID))
    } catch { throw Self.failure(error, folder, plan) }
    try self.init(rows, plan, isBeingWritten: InquiryClient.isListening(folder: folder))
  }

  init(_ rows: any RowSource, _ plan: Plan, isBeingWritten: Bool = false) throws(Failure) {
    self.rows = rows
    self.plan = plan
    self.isBeingWritten = isBeingWritten
    var facts = try StateFacts(rows)
    if let refusal = facts.kept.refusal(plan.identity) { throw refusal }
    self.facts = facts
  }

  /// What its reader is to know of it.
  package var words: String {
    var words = "the copy of the state in “\(plan.state.directory)”"
    if let clock = facts.kept.clock { words += ", as of \(clock.rfc3339)" }
    if isBeingWritten {
      return words + "; a daemon runs there, and may be ahead of it by a minute or more"
    }
    if let copiedAt { words += ", last made whole at \(copiedAt.rfc3339)" }
    return words + "; what came between then and a crash is in Kafka alone"
  }

  private static func failure(
    _ failure: DiskCopy.Failure, _ folder: String, _ plan: Plan
  ) -> Failure {
    switch failure {
    case .missing:
      Failure(
        .configurationInvalid, "there is no copy of the state in “\(folder)”",
        cure: "name the configuration that the daemon runs with: --config PATH")
    case .forbidden(let words):
      Failure(
        .permission, "the copy of the state in “\(folder)” cannot be read: \(words)",
        cure: "ask as the user that runs journeyd, or as root")
    case .ofAnother(let name):
      Failure(
        .configurationInvalid,
        "“\(folder)” holds a copy of “\(name)”, and the group is “\(plan.kafka.groupID)”",
        cure: "name the configuration that the daemon runs with: --config PATH")
    case .damaged(let words): damage(words)
    }
  }

  static func failure(_ failure: StoreFailure) -> Failure {
    switch failure {
    case .damaged(let words), .unwritable(let words): damage(words)
    }
  }

  /// A row that cannot be read, or rows that do not fit together.
  static func damage(_ words: String) -> Failure {
    Failure(
      .stateNotWritten, "the copy of the state cannot be used: \(words)",
      cure: "start the daemon of this folder and stop it again: it makes the copy whole from Kafka")
  }
}
