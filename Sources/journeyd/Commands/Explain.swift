import Glibc
import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Command {
  private static let json = Option.flag("json", "One JSON object instead of text.")

  static let explain = Command(
    name: "explain", summary: "Tells all of one customer, and why.",
    details:
      "Asks the running daemon, by the socket in its state directory, for one customer: by an"
      + " identifier (customer_id=C1), a customer's id (cu_…, also a former one) or a suggestion's"
      + " (sg_…). Where none runs it reads the copy in the state directory, and says as of when. Shows identifiers and what linked them, the timeline over all channels, journeys,"
      + " every suggestion and what became of it, and of each rule the step that it waits for or the"
      + " gate that is against it. Shows personal data. With --json the keys are: time, asked,"
      + " customer (as the output journeys has it), identifiers, links, refused_links, traits,"
      + " consents, timeline, suggestions, rules (each with occasions, attempts and ended), caps,"
      + " pauses, service, next. Exit code 1: nobody is known by that.",
    operands: Operands(shown: "IDENTIFIER", most: 1), options: [.config, json]
  ) { arguments throws(Failure) in
    guard let operand = arguments.operands.first else {
      throw Failure(
        .usage, "explain is of a customer", cure: "journeyd explain customer_id=C1 | cu_… | sg_…")
    }
    let subject = try Inquiry.Subject(operand)
    let inquiry = Inquiry.explain(subject, asJSON: arguments.has(json))
    let plan = try plan(arguments)
    if let answer = try InquiryClient.askIfRunning(inquiry, folder: plan.state.directory) {
      print(answer, terminator: "")
      return .success
    }
    guard StateCopy.isThere(plan) else { throw InquiryClient.nobody(plan.state.directory) }
    let copy = try StateCopy(plan)
    let answer = try Inquiry.answer(subject, from: copy).text(asJSON: inquiry.asJSON)
    writeToStandardError("journeyd: no daemon runs here; this is \(copy.words)\n")
    print(answer, terminator: "")
    return .success
  }

  static let stats = Command(
    name: "stats", summary: "Shows the counters of the running daemon.",
    details:
      "Asks the running daemon, by the socket in its state directory, for what its stats line counts"
      + " since the last one, and for what its hourly lines would say now. With --json an object"
      + " with stats and hourly, keys as in the log.",
    operands: nil, options: [.config, json]
  ) { arguments throws(Failure) in
    let inquiry = Inquiry.stats(asJSON: arguments.has(json))
    print(
      try InquiryClient.ask(inquiry, folder: try plan(arguments).state.directory), terminator: "")
    return .success
  }

  /// Secrets are the daemon's affair: whoever asks need not be able to read them.
  private static func plan(_ arguments: Arguments) throws(Failure) -> Plan {
    try Configuration.plan(arguments, for: .replay, secrets: .placeholders)
  }
}
