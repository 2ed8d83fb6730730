internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What the daemon answers those who ask through its socket.
struct Inquiries {
  /// Nil where the socket could not be made: the daemon does its work all the same.
  private let socket: InquirySocket?
  private let services: Services

  /// - Parameter isOpen: false: nobody can ask.
  init(_ services: Services, isOpen: Bool) {
    self.services = services
    guard isOpen else {
      socket = nil
      return
    }
    var made: InquirySocket?
    do throws(Failure) {
      made = try InquirySocket(folder: services.directory.path, owner: services.directory) {
        [wakeup = services.wakeup] in wakeup.wake()
      }
    } catch {
      services.log(
        .configProblem(
          isError: false, place: "state.directory",
          message: "explain and stats cannot be answered: \(error.message)", help: error.cure))
    }
    socket = made
  }

  /// To be called in every round of the loop; nil: nothing is known here at the moment.
  func answer(_ term: Term?, _ pulse: Pulse, as lead: Lead) {
    socket?.answer { inquiry in
      guard let term else { return .refusal(absence(lead)) }
      switch inquiry {
      case .explain(let subject, _):
        return term.engine.answer(subject, at: term.clock.now ?? services.wall())
      case .stats: return .stats(pulse.report(term))
      }
    }
  }

  private func absence(_ lead: Lead) -> Failure {
    switch lead.standing {
    case .standingBy:
      Failure(
        .brokerUnreachable, "this daemon stands by, another one of its group is active",
        cure: "ask the active one, on the machine that it runs on")
    case .joining, .active, .giving:
      Failure(
        .brokerUnreachable, "the daemon is starting and knows nothing yet", cure: "ask again soon")
    }
  }
}
