package import JourneyModel

internal import Glibc

/// Writes events as lines of at most ``bytesMax`` bytes, their end included.
package struct LogLine {
  package static let bytesMax = 8 << 10

  /// One line, ended. Long texts are cut, and if need be the last fields left out, with `cut=true`.
  package static func text(_ entry: LogEvent.Entry, at now: Moment, shape: LogShape) -> String {
    var fields = entry.fields.filter { $0.value != .none }
    for longest in [bytesMax, 2048, 256, 64] {
      let cut = fields.map { LogField($0.name, shortened($0.value, to: longest)) }
      let line = write(entry, cut + (cut == fields ? [] : [cutMark]), at: now, shape: shape)
      if line.utf8.count <= bytesMax { return line }
    }
    while !fields.isEmpty {
      fields.removeLast()
      let cut = fields.map { LogField($0.name, shortened($0.value, to: 64)) } + [cutMark]
      let line = write(entry, cut, at: now, shape: shape)
      if line.utf8.count <= bytesMax { return line }
    }
    return write(entry, [cutMark], at: now, shape: shape)
  }

  private static let cutMark = LogField("cut", .flag(true))

  private static func write(
    _ entry: LogEvent.Entry, _ fields: [LogField], at now: Moment, shape: LogShape
  ) -> String {
    let start = shape.forJournal ? "<\(entry.level.priority)>" : ""
    switch shape.kind {
    case .logfmt:
      let time = shape.forJournal ? "" : "ts=\(now.rfc3339) level=\(entry.level.rawValue) "
      return start + time + "event=\(entry.name)" + logfmt(fields) + "\n"
    case .json: return start + json(entry, fields, at: shape.forJournal ? nil : now) + "\n"
    case .readable(let coloured):
      return start + readable(entry, fields, at: now, Colours(on: coloured)) + "\n"
    }
  }

  private static func logfmt(_ fields: [LogField]) -> String {
    fields.map { " \($0.name)=\(quotedIfNeeded($0.value.text))" }.joined()
  }

  private static func json(
    _ entry: LogEvent.Entry, _ fields: [LogField], at now: Moment?
  ) -> String {
    var out = JSONWriter()
    out.object {
      if let now { $0.member("ts", now) }
      $0.member("level", entry.level.rawValue)
      $0.member("event", entry.name)
      for field in fields {
        $0.key(field.name)
        switch field.value {
        case .integer, .flag, .decimal: $0.raw(field.value.text)
        case .none: $0.null()
        case .text, .span: $0.string(field.value.text)
        }
      }
    }
    return out.text
  }

  private static func readable(
    _ entry: LogEvent.Entry, _ fields: [LogField], at now: Moment, _ colours: Colours
  ) -> String {
    let level = entry.level.rawValue
    let padded = level + String(repeating: " ", count: max(0, 7 - level.utf8.count))
    let name = entry.name + String(repeating: " ", count: max(0, 16 - entry.name.utf8.count))
    let shown = fields.map {
      " \(colours.faint($0.name + "="))\(quotedIfNeeded($0.value.text))"
    }
    return colours.faint(clockTime(now)) + " " + colours.level(padded, entry.level) + " "
      + colours.strong(name) + shown.joined()
  }

  /// The machine's local time of day.
  private static func clockTime(_ moment: Moment) -> String {
    var seconds = time_t(moment.milliseconds / 1000)
    var civil = tm()
    localtime_r(&seconds, &civil)
    return [civil.tm_hour, civil.tm_min, civil.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
      .joined(separator: ":")
  }
}

/// Escape sequences of a terminal, or none.
private struct Colours {
  var on: Bool

  func faint(_ text: String) -> String { wrapped(text, "2") }
  func strong(_ text: String) -> String { wrapped(text, "1") }
  func level(_ text: String, _ level: LogPlan.Level) -> String {
    switch level {
    case .error: wrapped(text, "1;31")
    case .warning: wrapped(text, "33")
    case .notice: wrapped(text, "36")
    case .info: wrapped(text, "32")
    case .debug: wrapped(text, "2")
    }
  }
  private func wrapped(_ text: String, _ code: String) -> String {
    on ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// A text cut to so many bytes at a character's end, with an ellipsis.
private func shortened(_ value: LogField.Value, to bytes: Int) -> LogField.Value {
  guard case .text(let text) = value, text.utf8.count > bytes else { return value }
  var kept = ""
  var size = 0
  for character in text {
    size += character.utf8.count
    if size > bytes { break }
    kept.append(character)
  }
  return .text(kept + "…")
}

/// As logfmt has it: in quotes where blanks, quotes, `=` or control characters would mislead.
private func quotedIfNeeded(_ text: String) -> String {
  let isPlain = text.unicodeScalars.allSatisfy {
    $0 != " " && $0 != "\"" && $0 != "=" && !isControl($0)
  }
  if isPlain, !text.isEmpty { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\r": quoted += "\\r"
    case "\t": quoted += "\\t"
    default:
      if isControl(scalar) {
        quoted += "\\u" + hex(UInt64(scalar.value)).suffix(4)
      } else {
        quoted.unicodeScalars.append(scalar)
      }
    }
  }
  return quoted + "\""
}

/// C0, C1, delete, and the line ends of Unicode: nothing of it may reach a terminal or end a line.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
  default: false
  }
}
