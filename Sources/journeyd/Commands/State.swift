import Glibc
import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Command {
  private static let to = Option(
    name: "to", value: "FILE",
    about: "Exports into this file, which only its owner may read; default: standard output.",
    completion: .files)
  private static let offsets = Option.flag(
    "offsets",
    "Imports with the place up to which each input partition was read: for another group on the"
      + " same cluster, so that nothing is read twice.")

  static let state = Command(
    name: "state", summary: "Exports the whole state, or a customer's, and imports it.",
    details: stateDetails,
    operands: Operands(
      shown: "export [IDENTIFIER] | import [FILE]", most: 2,
      completion: .words(["export", "import"])),
    options: [.config, to, offsets]
  ) { arguments throws(Failure) in
    switch arguments.operands.first {
    case "export":
      guard !arguments.has(offsets) else { throw misplaced("--offsets", "import") }
      return try export(arguments)
    case "import":
      guard !arguments.has(to) else { throw misplaced("--to", "export") }
      return try importing(arguments)
    case let word:
      throw Failure(
        .usage, word.map { "“\($0)” is nothing to do with a state" } ?? "nothing is asked for",
        cure: "journeyd state export [IDENTIFIER] [--to FILE], journeyd state import [FILE]")
    }
  }

  private static func misplaced(_ option: String, _ other: String) -> Failure {
    Failure(.usage, "\(option) is for \(other)", cure: "journeyd state \(other) \(option) …")
  }

  private static func export(_ arguments: Arguments) throws(Failure) -> ExitCode {
    let subject: Inquiry.Subject? =
      arguments.operands.count > 1 ? try Inquiry.Subject(arguments.operands[1]) : nil
    let plan = try Configuration.plan(arguments, for: .replay, secrets: .placeholders)
    let copy = try StateCopy(plan)
    let file =
      if let path = arguments.value(to) { try OutputFile(path: path, isPrivate: true) } else {
        OutputFile()
      }
    let export = StateExport(copy)
    writeToStandardError("journeyd: \(copy.words)\n")
    if let subject {
      try export.one(subject) { line throws(Failure) in try file.line(line) }
      try file.flush()
    } else {
      let summary = try export.all { line throws(Failure) in try file.line(line) }
      try file.flush()
      writeToStandardError(
        "journeyd: exported \(summary.customers) customers in \(summary.households) households,"
          + " \(summary.erased) erased identifiers; the file holds personal data\n")
    }
    return .success
  }

  private static func importing(_ arguments: Arguments) throws(Failure) -> ExitCode {
    let settings = try Configuration.load(arguments, for: .daemon)
    guard var plan = settings.plan else { throw Configuration.refusal(settings, arguments) }
    switch plan.log.level {
    case .error, .debug: break
    case .warning, .notice, .info: plan.log.level = .warning
    }
    let path = arguments.operands.count > 1 ? arguments.operands[1] : "-"
    do throws(Failure) {
      let importing = try StateImport(
        plan, log: Log(plan.log), carriesOffsets: arguments.has(offsets))
      let summary = try importing.run(path)
      writeToStandardError(
        "journeyd: imported \(summary.customers) customers in \(summary.households) households,"
          + " \(summary.erased) erased identifiers into the group “\(plan.kafka.groupID)”\n")
      return .success
    } catch {
      guard error.code != .success else {
        throw Failure(.brokerUnreachable, "the import was stopped", cure: "run it again")
      }
      throw error
    }
  }

  /// What help and manual say, the fields of the lines among it.
  private static let stateDetails =
    "export writes all that is known, of all customers or of one, as a JSON object per line, from"
    + " the copy in the state directory; a daemon need not run, and is not disturbed. After a stop"
    + " the copy is whole; beside a running daemon, and after a crash, it is a minute or more behind."
    + " The lines hold personal data, and the secret by which erased identifiers are known again."
    + " The first has format, group, clock, identifiers (their types), secret, rules (when each was"
    + " first loaded) and inputs (topic, partition, newest event time, next_offset). Then a line per"
    + " erased identifier: erased (a keyed hash), through (the interaction up to which), ambiguous."
    + " Per household, which is all that links connect: household (its customers: customer, founded_by,"
    + " first, merges, identifiers with type, value, ids that customers had by it, first and last"
    + " interaction under it, seen, and ambiguous since it stands for no one), links and together (of"
    + " which identifiers, first and last interaction, refused and why). Per customer: customer,"
    + " first_seen, newest, due (its next deadline), touches, counters, traits, consents,"
    + " issues, answered (occasions), journeys_past (those of which touches have left the history),"
    + " suggestions (status and slot of the caps as of the clock; receipts, outcomes), waiting (rules"
    + " with something to wait for); by names the identifier that each came with, as TYPE=VALUE,"
    + " behind “alone ” where it stands for no one. The last line counts. Of one customer, by"
    + " identifier, cu_… or sg_…: its own part of these and its picture, nothing of others, for a"
    + " request of access; it cannot be imported. import reads such a file, or standard input, into a"
    + " group that is empty, as a backup, to another number of shards, or to another cluster; stop its"
    + " daemons before. Ids stay what they are. Reading of the input then begins where start: of each"
    + " source says, what was in the history already being known again; with --offsets, on the same"
    + " cluster, where the exported group was. An import that was stopped is repeated."
}
