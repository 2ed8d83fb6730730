import JourneyModel
import Settings
import Supervision

/// The manual page journeyd(1), made from the tables of commands and of log events.
enum Manual {
  static func page(_ commands: [Command]) -> String {
    var out = Roff()
    out.line(".TH JOURNEYD 1 \"\" \"journeyd \(journeydVersion)\"")
    out.section("NAME")
    out.text("journeyd - suggests the next best touchpoint for each customer, from Kafka to Kafka")
    out.section("SYNOPSIS")
    for command in commands {
      out.line(".PP\n.B journeyd")
      out.text(command.synopsis)
    }
    out.section("DESCRIPTION")
    out.text(
      "journeyd reads customers' interactions of all channels from Kafka, works out who is who, keeps"
        + " one journey per customer and purpose, and writes suggestions of the next best touchpoint"
        + " to Kafka. It is configured by YAML files in one folder.")
    out.section("COMMANDS")
    for command in commands {
      out.line(".SS journeyd " + Roff.escaped(command.name))
      out.text(command.details)
      for option in command.options { out.item(option.shown, option.about) }
    }
    out.section("SETTINGS")
    out.text(
      "Each with its default, if it has one. NAME stands for a name of your own, [] for each of a"
        + " list. Changes hold at a reload unless it says otherwise.")
    var settings = SettingsManual(out: out)
    settings.add(SettingsTable.root.settings, below: "")
    out = settings.out
    out.section("EXIT STATUS")
    for code in exitCodes { out.item("\(code.0.rawValue)", code.1) }
    out.section("SIGNALS")
    out.item(
      "SIGTERM, SIGINT",
      "Finish the batch, commit, leave the group; give up after 10 seconds without an answer, which"
        + " loses nothing. A second one ends at once.")
    out.item(
      "SIGHUP", "Read the configuration again: all of it holds, or, if it is wrong, none of it.")
    out.section("LOG")
    out.text(
      "One line per event on standard error. Under the journal with its priority and no time, on a"
        + " terminal readable, else beginning with ts=. No personal data at level info and above."
        + " Repeats of an event from the same place are shown once per 10 seconds and then counted."
    )
    for event in LogEvent.examples {
      let entry = event.entry
      out.item("\(entry.name) (\(entry.level.rawValue))", entry.about)
      out.text("Fields: " + entry.fields.map(\.name).joined(separator: ", ") + ".")
    }
    out.section("ENVIRONMENT")
    out.item("CREDENTIALS_DIRECTORY", "Where {credential: NAME} finds secrets.")
    out.item("NOTIFY_SOCKET, WATCHDOG_USEC, JOURNAL_STREAM", "As systemd sets them.")
    out.item("NO_COLOR", "No colours on a terminal.")
    out.section("FILES")
    out.item("/etc/journeyd", "The configuration; tests/ in it has scenarios.")
    out.item("/var/lib/journeyd", "The state.")
    return out.text
  }

  private static let exitCodes: [(ExitCode, String)] = [
    (.success, "Success."), (.scenarioFailed, "A scenario failed."),
    (.usage, "The command line is wrong."), (.configurationMissing, "There is no configuration."),
    (.brokerUnreachable, "The broker cannot be reached."), (.internalError, "An internal error."),
    (.stateNotCreated, "The state cannot be created."),
    (.stateNotWritten, "The state cannot be written; also where a stop has committed everything."),
    (.permission, "Permission is missing."),
    (
      .configurationInvalid,
      "The configuration is invalid, or does not fit the state and the topics."
    ),
  ]
}

/// Text in the language of man(7).
struct Roff {
  private(set) var text = ""

  mutating func line(_ line: String) { text += line + "\n" }
  mutating func section(_ name: String) { line(".SH " + name) }
  mutating func text(_ paragraph: String) { line(Self.escaped(paragraph)) }
  mutating func item(_ term: String, _ about: String) {
    line(".TP\n\\fB\(Self.escaped(term))\\fR")
    text(about)
  }

  /// With dashes that copy as they are, and no line that begins as a request.
  static func escaped(_ text: String) -> String {
    let escaped = text.reduce(into: "") { out, character in
      switch character {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "…": out += "\\&..."
      default: out.append(character)
      }
    }
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
