package import JourneyModel

/// A value of a YAML file with its place; what a plain scalar means is decided by who reads it.
package struct YAMLNode: Sendable {
  package indirect enum Content: Sendable {
    /// `plain`: neither quoted nor a block.
    case scalar(String, plain: Bool)
    case list([YAMLNode])
    case map([YAMLEntry])
  }

  package var content: Content
  package var place: Place

  package init(_ content: Content, at place: Place) {
    self.content = content
    self.place = place
  }
}

/// A key and its value; keys of one map are different.
package struct YAMLEntry: Sendable {
  package var key: String
  package var keyPlace: Place
  package var value: YAMLNode

  package init(key: String, at keyPlace: Place, value: YAMLNode) {
    self.key = key
    self.keyPlace = keyPlace
    self.value = value
  }
}

extension YAMLNode {
  /// Nothing after a key, `~` or `null`.
  package var isNull: Bool {
    guard case .scalar(let text, plain: true) = content else { return false }
    return CoreSchema.isNull(text)
  }

  /// The text of a scalar, quoted or plain, whatever it looks like.
  package var text: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  /// Whether it is a scalar without quotes.
  package var isPlain: Bool {
    guard case .scalar(_, let plain) = content else { return false }
    return plain
  }

  /// The text of a scalar that is a string in the core schema: quoted, or neither null, bool nor number.
  package var string: String? {
    guard case .string(let text) = json else { return nil }
    return text
  }

  /// A plain `true` or `false`.
  package var bool: Bool? {
    guard case .scalar(let text, plain: true) = content else { return nil }
    return CoreSchema.bool(text)
  }

  /// A plain number.
  package var number: Double? {
    guard case .scalar(let text, plain: true) = content else { return nil }
    return CoreSchema.number(text)
  }

  /// A plain whole number within the bounds of `Int`.
  package var whole: Int? {
    guard case .scalar(let text, plain: true) = content else { return nil }
    return CoreSchema.whole(text)
  }

  package var list: [YAMLNode]? {
    guard case .list(let items) = content else { return nil }
    return items
  }

  /// The items of a list; one value stands for a list of one, null for none.
  package var items: [YAMLNode] {
    switch content {
    case .list(let items): items
    case .map: [self]
    case .scalar: isNull ? [] : [self]
    }
  }

  package var map: [YAMLEntry]? {
    guard case .map(let entries) = content else { return nil }
    return entries
  }

  /// The entries of a map; of anything else none.
  package var entries: [YAMLEntry] { map ?? [] }

  package func entry(_ key: String) -> YAMLEntry? { entries.first { $0.key == key } }

  /// The value of a key of a map.
  package subscript(key: String) -> YAMLNode? { entry(key)?.value }

  /// What the core schema makes of it: null, bools, numbers and strings of plain scalars.
  package var json: JSONValue {
    switch content {
    case .scalar(let text, plain: false): .string(text)
    case .scalar(let text, plain: true): CoreSchema.value(text)
    case .list(let items): .list(items.map(\.json))
    case .map(let entries): .object(entries.map { JSONValue.Member($0.key, $0.value.json) })
    }
  }

  /// What it is, for messages: `a list`.
  package var kind: String {
    switch content {
    case .list: "a list"
    case .map: "a mapping"
    case .scalar(_, plain: false): "text in quotes"
    case .scalar(let text, plain: true):
      switch CoreSchema.value(text) {
      case .null: "nothing"
      case .bool: "true or false"
      case .number, .digits: "a number"
      case .string, .list, .object: "text"
      }
    }
  }
}
