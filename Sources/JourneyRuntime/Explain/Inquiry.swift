package import JourneyEngine
package import JourneyModel
package import Supervision

internal import EventFormats
internal import Settings

/// A question to a running daemon: one line, `explain customer_id=C1` or `stats`, with `--json` behind the first word.
package enum Inquiry: Equatable, Sendable {
  case explain(Subject, asJSON: Bool)
  case stats(asJSON: Bool)

  /// Who is asked for.
  package enum Subject: Equatable, Sendable, CustomStringConvertible {
    case customer(CustomerID)
    case suggestion(SuggestionID)
    case identifier(type: String, value: String)

    /// Takes `cu_…`, `sg_…` or `TYPE=VALUE`.
    package init(_ text: String) throws(Failure) {
      if let id = CustomerID(text) {
        self = .customer(id)
      } else if let id = SuggestionID(text) {
        self = .suggestion(id)
      } else if let sign = text.firstIndex(of: "="), sign > text.startIndex {
        self = .identifier(
          type: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
      } else {
        throw Failure(
          .usage, "“\(text)” names nobody",
          cure: "give an identifier as customer_id=C1, a customer's cu_… or a suggestion's sg_…")
      }
    }

    package var description: String {
      switch self {
      case .customer(let id): id.description
      case .suggestion(let id): id.description
      case .identifier(let type, let value): "\(type)=\(value)"
      }
    }
  }

  /// Reads a line, its end left out.
  package init(line: String) throws(Failure) {
    let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    var rest = parts.count > 1 ? String(parts[1]) : ""
    let asJSON = rest == "--json" || rest.hasPrefix("--json ")
    if asJSON { rest = String(rest.dropFirst(7)) }
    switch parts.first ?? "" {
    case "explain": self = .explain(try Subject(rest), asJSON: asJSON)
    case "stats" where rest.isEmpty: self = .stats(asJSON: asJSON)
    default:
      throw Failure(.usage, "that is no question", cure: "explain IDENTIFIER, or stats")
    }
  }

  /// As it is sent, without its end; a line end within it is none.
  package var line: String {
    let line =
      switch self {
      case .explain(let subject, let asJSON): "explain \(asJSON ? "--json " : "")\(subject)"
      case .stats(let asJSON): "stats\(asJSON ? " --json" : "")"
      }
    return line.replacing("\n", with: " ")
  }

  package var asJSON: Bool {
    switch self {
    case .explain(_, let asJSON), .stats(let asJSON): asJSON
    }
  }
}

/// What the daemon's loop answers; it is put into words elsewhere, so that the loop goes on.
package enum InquiryAnswer: Sendable {
  case explanation(Explanation, asked: SuggestionID?)
  case stats(StatsReport)
  case refusal(Failure)

  /// The text, or why there is none.
  package func text(asJSON: Bool) throws(Failure) -> String {
    switch self {
    case .explanation(let explanation, let asked):
      asJSON
        ? ExplanationJSON.text(explanation, asked: asked)
        : ExplanationText.text(explanation, asked: asked)
    case .stats(let report): asJSON ? report.json : report.table
    case .refusal(let failure): throw failure
    }
  }
}

extension Engine {
  /// Answers who is asked for, as things stand at a moment of the clock.
  package func answer(_ subject: Inquiry.Subject, at now: Moment) -> InquiryAnswer {
    switch find(subject) {
    case .failure(let failure): return .refusal(failure)
    case .success(let found):
      var asked: SuggestionID?
      if case .suggestion(let id) = subject { asked = id }
      return .explanation(explanation(of: found, at: now), asked: asked)
    }
  }

  /// The customer who is asked for, or why there is none.
  func find(_ subject: Inquiry.Subject) -> Result<CustomerRef, Failure> {
    let found: CustomerRef?
    switch subject {
    case .customer(let id): found = customer(of: id)
    case .suggestion(let id): found = customer(of: id)
    case .identifier(let type, let value):
      let types = plan.identity.kinds.map(\.name)
      guard types.contains(type) else {
        return .failure(
          Failure(
            .usage, "“\(type)” is no identifier of the configuration",
            cure: Nearest.help(for: type, of: types) ?? "one of \(types.joined(separator: ", "))"))
      }
      guard let usable = plan.identity.usable(type, value) else {
        return .failure(
          Failure(
            .nothingFound, "“\(subject)” is ignored, it stands for nobody",
            cure: "identity.ignore and identity.ignore_pattern of the configuration say so"))
      }
      found = customer(having: usable.type, usable.value)
    }
    guard let found else {
      return .failure(
        Failure(
          .nothingFound, "nobody is known by “\(subject)”",
          cure: "it was never seen, is erased or forgotten, or has not been read yet"))
    }
    return .success(found)
  }
}

extension ExitCode {
  /// What was asked for is not there.
  package static let nothingFound = ExitCode.scenarioFailed
}
