/// A JSON value, for constants of the configuration and for content of suggestions; not for the way of an event.
package indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  /// A whole number beyond what a double holds exactly, as its digits.
  case digits(String)
  case string(String)
  case list([JSONValue])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package var name: String
    package var value: JSONValue
    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }
}
