import Supervision

/// Rows of a small table, the first column to the left, all others to the right.
struct Report {
  private let title: String
  private var rows: [[String]]
  private var notes: [String] = []

  init(_ title: String, columns: [String]) {
    self.title = title
    rows = [columns]
  }

  mutating func row(_ cells: String...) { rows.append(cells) }

  /// A line below the table; the ratio is the last.
  mutating func note(_ text: String) { notes.append(text) }

  func print() {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    var out = "\n\(title)\n\n"
    for row in rows {
      var line = "  "
      for (column, cell) in row.enumerated() {
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + blanks : "  " + blanks + cell
      }
      out += line + "\n"
    }
    out += "\n"
    for note in notes { out += "  \(note)\n" }
    show(out)
  }
}

/// Writes to standard output at once.
func show(_ text: String) { _ = writeAll(text, to: 1) }

/// With its thousands set apart.
func grouped(_ number: Double) -> String { grouped(Int(number.rounded())) }

func grouped(_ number: Int) -> String {
  var digits = Array(String(abs(number)))
  var index = digits.count - 3
  while index > 0 {
    digits.insert(",", at: index)
    index -= 3
  }
  return (number < 0 ? "-" : "") + String(digits)
}

/// With two digits behind the point.
func ratio(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  let hundredths = Int((value * 100).rounded())
  let rest = hundredths % 100
  return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
}

func percent(_ share: Double) -> String {
  guard share.isFinite else { return "–" }
  let tenths = Int((share * 1000).rounded())
  return "\(tenths / 10).\(tenths % 10) %"
}
