import Supervision

extension Command {
  /// `check [--offline] [--config PATH]`
  var synopsis: String {
    ([name] + options.map { "[\($0.shown)]" + ($0.isRepeatable ? "…" : "") }
      + [operands?.shown].compactMap { $0 }).joined(separator: " ")
  }
}

extension Option {
  /// `--config PATH`
  var shown: String { "--" + name + (value.map { " " + $0 } ?? "") }
}

/// What `--help` prints.
enum Help {
  static func text(of command: Command) -> String {
    var out = wrapped("Usage: journeyd " + command.synopsis, hanging: 9)
    out += "\n" + wrapped(command.details) + "\n"
    out += columns((command.options + [.flag("help", "Shows this.")]).map { ($0.shown, $0.about) })
    return out
  }

  static func text(of commands: [Command]) -> String {
    var out =
      "journeyd reads customers' interactions from Kafka, keeps one journey per customer and\n"
    out += "suggests the next best touchpoint on Kafka.\n\nUsage: journeyd COMMAND [OPTION…]\n\n"
    out += columns(commands.map { ($0.name, $0.summary) })
    out += "\njourneyd COMMAND --help tells more, man journeyd everything.\n"
    return out
  }

  private static func columns(_ rows: [(String, String)]) -> String {
    let width = min(24, (rows.map(\.0.count).max() ?? 0) + 2)
    return rows.map { left, right in
      let margin = String(repeating: " ", count: width + 2)
      let text = wrapped(right, hanging: width + 2, first: width + 2)
      guard left.count < width else { return "  \(left)\n\(margin)\(text)" }
      return "  " + left + String(repeating: " ", count: width - left.count) + text
    }.joined()
  }

  /// Lines of at most 90 characters, ended; the first one begins at column `first`.
  static func wrapped(_ text: String, hanging: Int = 0, first: Int = 0) -> String {
    var lines: [String] = []
    var line = ""
    var room = 90 - first
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > room {
        lines.append(line)
        line = ""
        room = 90 - hanging
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.joined(separator: "\n" + String(repeating: " ", count: hanging)) + "\n"
  }
}
