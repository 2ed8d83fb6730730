package import JourneyModel

internal import Glibc

/// How lines look: where they go decides, or the setting `log.format`.
package struct LogShape: Equatable, Sendable {
  package enum Kind: Equatable, Sendable { case logfmt, json, readable(coloured: Bool) }
  package var kind: Kind
  /// For the journal: a priority in front, and no time, which the journal keeps itself.
  package var forJournal: Bool

  package init(_ kind: Kind, forJournal: Bool = false) {
    self.kind = kind
    self.forJournal = forJournal
  }

  /// The shape for a descriptor. The journal is told by `JOURNAL_STREAM` naming the descriptor's device and
  /// inode, not by its being set: children of services inherit it with other descriptors.
  package init(
    _ format: LogPlan.Format, descriptor: Int32 = 2,
    environment: (String) -> String? = ProcessFacts.environment
  ) {
    let isJournal = isStream(descriptor, environment("JOURNAL_STREAM") ?? "")
    let isTerminal = isatty(descriptor) == 1
    let coloured = (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    let kind: Kind =
      switch format {
      case .json: .json
      case .logfmt: .logfmt
      case .auto: isTerminal && !isJournal ? .readable(coloured: coloured) : .logfmt
      }
    self.init(kind, forJournal: isJournal)
  }
}

private func isStream(_ descriptor: Int32, _ stream: String) -> Bool {
  var facts = stat()
  guard !stream.isEmpty, fstat(descriptor, &facts) == 0 else { return false }
  return stream == "\(facts.st_dev):\(facts.st_ino)"
}

extension LogPlan.Level {
  /// As syslog numbers them.
  package var priority: Int {
    switch self {
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug: 7
    }
  }
}
