internal import JourneyModel
package import Settings

/// Results in the form that was asked for.
package enum ScenarioReport {
  package enum Format: String, CaseIterable, Sendable { case text, junit, json }

  package struct FileResults: Sendable {
    package var file: String
    package var results: [ScenarioResult]
    /// Of a file that cannot be run: what is wrong with it.
    package var problems: [Diagnostic]
    package init(file: String, results: [ScenarioResult], problems: [Diagnostic] = []) {
      self.file = file
      self.results = results
      self.problems = problems
    }
  }

  /// The whole report, ended with a line end; the same results give the same bytes.
  package static func write(_ files: [FileResults], as format: Format) -> String {
    switch format {
    case .text: text(files)
    case .junit: junit(files)
    case .json: json(files)
    }
  }

  /// `640 scenarios in 102 files: 638 passed, 2 failed`
  package static func summary(_ files: [FileResults]) -> String {
    let all = files.flatMap(\.results)
    let failed = all.count { !$0.passed }
    let invalid = files.count { !$0.problems.isEmpty }
    return "\(counted(all.count, "scenario")) in \(counted(files.count, "file")):"
      + " \(all.count - failed) passed, \(failed) failed"
      + (invalid == 0 ? "" : ", \(counted(invalid, "file")) invalid")
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}

// MARK: Text

extension ScenarioReport {
  private static func text(_ files: [FileResults]) -> String {
    var out = ""
    for result in files.flatMap(\.results) where !result.passed {
      out += "FAILED  \(result.scenario.name)\n"
      out += "        \(place(result.scenario.place))\n\n"
      out += body(result, indent: "  ") + "\n"
    }
    return out + summary(files) + "\n"
  }

  /// All findings of one scenario.
  private static func body(_ result: ScenarioResult, indent: String) -> String {
    result.findings.map { text($0) }.joined(separator: "\n").split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { $0.isEmpty ? "" : indent + $0 }.joined(separator: "\n")
  }

  private static func text(_ finding: Finding) -> String {
    var out = "\(finding.part.rawValue) (line \(finding.place.line)): \(finding.message)\n"
    out += sideBySide(finding.rows)
    for note in finding.notes { out += "  why: \(note)\n" }
    return out
  }

  /// Two columns; rows that are wider than the terminals of most put the second below the first.
  private static func sideBySide(_ rows: [Finding.Row]) -> String {
    guard !rows.isEmpty else { return "" }
    let title = Finding.Row(.same, expected: "expected", actual: "actual")
    let width = (rows + [title]).map(\.expected.count).max() ?? 0
    let isWide = width + (rows.map(\.actual.count).max() ?? 0) > columnsMax
    if isWide { return rows.map(oneBelowTheOther).joined() }
    return ([title] + rows).map { row in
      let gap = String(repeating: " ", count: width - row.expected.count)
      let line = "  \(sign(row.mark)) \(row.expected)\(gap)  \(row.actual)"
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }

  private static let columnsMax = 170

  private static func oneBelowTheOther(_ row: Finding.Row) -> String {
    switch row.mark {
    case .same: "    as expected  \(row.expected)\n"
    case .missing: "  - expected     \(row.expected)\n"
    case .unexpected: "  + unexpected   \(row.actual)\n"
    case .differs: "  ~ expected     \(row.expected)\n    actual       \(row.actual)\n"
    }
  }

  private static func sign(_ mark: Finding.Mark) -> String {
    switch mark {
    case .same: " "
    case .differs: "~"
    case .missing: "-"
    case .unexpected: "+"
    }
  }

  private static func place(_ place: Place) -> String { "\(place.file):\(place.line)" }
}

// MARK: JSON

extension ScenarioReport {
  /// One object per scenario and line; of files that cannot be run one per problem.
  private static func json(_ files: [FileResults]) -> String {
    files.map { file in
      (file.problems.map(\.json) + file.results.map(json)).map { $0 + "\n" }.joined()
    }.joined()
  }

  private static func json(_ result: ScenarioResult) -> String {
    var writer = JSONWriter()
    writer.object {
      $0.member("name", result.scenario.name)
      $0.member("file", result.scenario.place.file)
      $0.member("line", result.scenario.place.line)
      $0.member("passed", result.passed)
      $0.key("findings")
      $0.list { list in for finding in result.findings { write(finding, &list) } }
    }
    return writer.text
  }

  private static func write(_ finding: Finding, _ writer: inout JSONWriter) {
    writer.object {
      $0.member("part", finding.part.rawValue)
      $0.member("line", finding.place.line)
      $0.member("message", finding.message)
      $0.key("rows")
      $0.list { list in
        for row in finding.rows {
          list.object {
            $0.member("mark", row.mark.rawValue)
            $0.member("expected", row.expected)
            $0.member("actual", row.actual)
          }
        }
      }
      $0.key("why")
      $0.list { list in for note in finding.notes { list.string(note) } }
    }
  }
}

// MARK: JUnit

extension ScenarioReport {
  private static func junit(_ files: [FileResults]) -> String {
    let all = FileResults(
      file: "", results: files.flatMap(\.results), problems: files.flatMap(\.problems))
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    out += "<testsuites name=\"journeyd\" \(counts(all))>\n"
    for file in files {
      out += "  <testsuite name=\"\(escaped(file.file))\" \(counts(file))>\n"
      for problem in file.problems { out += junit(problem) }
      for result in file.results { out += junit(result) }
      out += "  </testsuite>\n"
    }
    return out + "</testsuites>\n"
  }

  private static func junit(_ result: ScenarioResult) -> String {
    let place = result.scenario.place
    let file = escaped(place.file)
    let head =
      "    <testcase name=\"\(escaped(result.scenario.name))\" classname=\"\(file)\""
      + " file=\"\(file)\" line=\"\(place.line)\""
    guard let first = result.findings.first else { return head + "/>\n" }
    let message = escaped("\(first.part.rawValue): \(first.message)")
    return head + ">\n      <failure message=\"\(message)\">\(escaped(body(result, indent: "")))"
      + "</failure>\n    </testcase>\n"
  }

  private static func junit(_ problem: Diagnostic) -> String {
    let file = escaped(problem.place.file)
    return
      "    <testcase name=\"\(escaped(problem.place.text))\" classname=\"\(file)\" file=\"\(file)\""
      + " line=\"\(problem.place.line)\">\n      <error message=\"\(escaped(problem.message))\">"
      + "\(escaped(problem.text()))</error>\n    </testcase>\n"
  }

  private static func counts(_ file: FileResults) -> String {
    let failures = file.results.count { !$0.passed }
    let errors = file.problems.count
    return "tests=\"\(file.results.count + errors)\" failures=\"\(failures)\" errors=\"\(errors)\""
      + " skipped=\"0\""
  }

  /// Text in XML: what may not stand there at all becomes a question mark.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": out += "?"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
