internal import JourneyModel

/// One problem of a configuration or of a scenario file, with its place and, where there is one, its cure.
package struct Diagnostic: Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  /// A short, stable name of the kind of problem: `unknown-key`.
  package var code: String
  package var place: Place
  package var message: String
  package var help: String?
  /// Whether the line may show a secret; then it is not shown.
  package var hidesLine = false

  package init(
    _ severity: Severity, _ code: String, at place: Place, _ message: String, help: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.place = place
    self.message = message
    self.help = help
  }

  /// Several lines: place, kind and message, then the line with a caret and the help below.
  package func text() -> String {
    var out = "\(place.text): \(severity.rawValue)[\(code)]: \(message)"
    guard let excerpt else {
      return help.map { out + "\n   = \($0)" } ?? out
    }
    let number = String(place.line)
    let margin = String(repeating: " ", count: max(4 - number.count, 0)) + number
    let blank = String(repeating: " ", count: margin.count)
    out += "\n \(margin) | \(excerpt)"
    let indent = String(excerpt.unicodeScalars.prefix(place.column - 1).map(Self.blank))
    let rest = max(excerpt.unicodeScalars.count - place.column + 1, 1)
    let caret = "^" + String(repeating: "~", count: max(min(place.width, rest) - 1, 0))
    out += "\n \(blank) | \(indent)\(caret)"
    if let help { out += " \(help)" }
    return out
  }

  /// One line: an object with `severity`, `file`, `line`, `column`, `message` and `help`.
  package var json: String {
    var writer = JSONWriter()
    writer.object {
      $0.member("severity", severity.rawValue)
      $0.member("file", place.file)
      $0.member("line", place.line)
      $0.member("column", place.column)
      $0.member("message", message)
      $0.key("help")
      if let help { $0.string(help) } else { $0.null() }
    }
    return writer.text
  }

  /// The line, unless it may show a secret.
  private var excerpt: String? {
    guard !hidesLine, place.source.lines.indices.contains(place.line - 1) else { return nil }
    return place.source.lines[place.line - 1]
  }

  private static func blank(_ scalar: Unicode.Scalar) -> Character { scalar == "\t" ? "\t" : " " }
}

extension Diagnostic {
  /// `check: 1 error, 0 warnings in 3 files`.
  package static func summary(_ problems: [Diagnostic], files: Int) -> String {
    let errors = problems.count { $0.severity == .error }
    let warnings = problems.count - errors
    return "check: \(counted(errors, "error")), \(counted(warnings, "warning"))"
      + " in \(counted(files, "file"))"
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
