internal import JourneyModel
package import Supervision

/// The counters of a running daemon: those of the `stats` line since the last one, and what the hourly lines would
/// say now.
package struct StatsReport: Sendable {
  package var line: StatsLine
  package var hourly: [LogEvent]

  package init(line: StatsLine, hourly: [LogEvent] = []) {
    self.line = line
    self.hourly = hourly
  }

  /// Name and value in columns; behind them a table per kind of hourly line.
  package var table: String {
    var out = Self.columns(line.fields.map { [$0.name, $0.value.text] })
    var kinds: [String] = []
    let entries = hourly.map(\.entry)
    for entry in entries where !kinds.contains(entry.name) { kinds.append(entry.name) }
    for kind in kinds {
      let own = entries.filter { $0.name == kind }
      var names: [String] = []
      for field in own.flatMap(\.fields) where !names.contains(field.name) {
        names.append(field.name)
      }
      let rows = own.map { entry in
        names.map { name in entry.fields.first { $0.name == name }?.value.text ?? "" }
      }
      out += "\n\(kind)\n" + Self.columns([names] + rows)
    }
    return out
  }

  /// `{"stats": {…}, "hourly": [{"event": …}, …]}`, keys as in the log.
  package var json: String {
    var out = JSONWriter(reserving: 1024)
    out.object {
      $0.key("stats")
      $0.object { stats in for field in line.fields { stats.write(field) } }
      $0.key("hourly")
      $0.list { list in
        for entry in hourly.map(\.entry) {
          list.object {
            $0.member("event", entry.name)
            for field in entry.fields { $0.write(field) }
          }
        }
      }
    }
    return out.text + "\n"
  }

  private static func columns(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    var page = Page()
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let isLast = column == row.count - 1
        line += cell
        if !isLast { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      page.line(0, line)
    }
    return page.text
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ field: LogField) {
    key(field.name)
    switch field.value {
    case .integer, .flag, .decimal: raw(field.value.text)
    case .none: null()
    case .text, .span: string(field.value.text)
    }
  }
}
