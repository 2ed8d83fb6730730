/// One file of the configuration, or of scenarios, as its lines; compared by identity.
package final class SourceText: Sendable {
  /// As it is named to users.
  package let name: String
  /// Without their ends.
  package let lines: [String]

  package init(name: String, text: String) {
    self.name = name
    self.lines = SourceText.split(text)
  }

  /// Ends of lines are those of libyaml, so that its numbers of lines are ours.
  private static func split(_ text: String) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if afterReturn, scalar == "\n" {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      switch scalar {
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(String(line))
        line = String.UnicodeScalarView()
      case "\u{FEFF}" where lines.isEmpty && line.isEmpty: break
      default: line.append(scalar)
      }
    }
    lines.append(String(line))
    return lines
  }
}

/// Where something stands in a file: line and column in characters (Unicode scalars) from 1.
package struct Place: Sendable {
  package var source: SourceText
  package var line: Int
  package var column: Int
  /// Characters to underline, at least 1.
  package var width: Int

  package init(_ source: SourceText, line: Int = 1, column: Int = 1, width: Int = 1) {
    self.source = source
    self.line = line
    self.column = column
    self.width = width
  }

  package var file: String { source.name }

  /// `file:line:column`.
  package var text: String { "\(source.name):\(line):\(column)" }
}

extension Place: Equatable {
  package static func == (a: Place, b: Place) -> Bool {
    a.source === b.source && a.line == b.line && a.column == b.column
  }
}
