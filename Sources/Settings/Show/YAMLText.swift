internal import JourneyModel

/// Writes scalars and whole values as YAML that reads back as the same.
enum YAMLText {
  /// A scalar; plain where it was plain and nothing in it means more than itself.
  static func scalar(_ text: String, plain: Bool) -> String {
    if plain, isSafe(text) || CoreSchema.number(text) != nil { return text }
    if plain, CoreSchema.isNull(text) { return "null" }
    var writer = JSONWriter()
    writer.string(text)
    return writer.text
  }

  /// A key; quotes only where they are needed.
  static func key(_ text: String) -> String {
    // What others take for a number or a bool is text here, and shall be theirs, too.
    guard case .string = CoreSchema.value(text) else { return scalar(text, plain: false) }
    return scalar(text, plain: isSafe(text))
  }

  /// On one line, with brackets and braces.
  static func flow(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let text, let plain): scalar(text, plain: plain)
    case .list(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .map(let entries):
      "{" + entries.map { "\(key($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
    }
  }

  /// Whether a value is short and flat enough for one line.
  static func isFlat(_ node: YAMLNode) -> Bool {
    switch node.content {
    case .scalar: true
    case .list(let items): items.isEmpty || (items.allSatisfy { $0.text != nil })
    case .map(let entries): entries.isEmpty
    }
  }

  private static func isSafe(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
      return false
    }
    let isWord = { (scalar: Unicode.Scalar) in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }
    guard isWord(first) || "/._^+".unicodeScalars.contains(first), last != ":", last != " " else {
      return false
    }
    let scalars = Array(text.unicodeScalars)
    return scalars.indices.allSatisfy { index in
      let scalar = scalars[index]
      if isWord(scalar) || "/._^+-%=;$~\\".unicodeScalars.contains(scalar) { return true }
      if scalar == ":" { return scalars[index + 1] != " " }
      return scalar == " " && scalars[index + 1] != "#"
    }
  }
}
