package import JourneyModel

/// A record for one of the outputs.
package struct OutputRecord: Equatable, Sendable {
  package struct Header: Equatable, Sendable {
    package var name: String
    package var value: [UInt8]
    package init(_ name: String, _ value: [UInt8]) {
      self.name = name
      self.value = value
    }
    package init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }
  }

  package var key: [UInt8]
  /// Nil for a tombstone.
  package var value: [UInt8]?
  package var headers: [Header] = []

  package init(key: CustomerID, value: [UInt8]?, headers: [Header] = []) {
    self.key = Array(key.description.utf8)
    self.value = value
    self.headers = headers
  }
}

/// Writes what leaves the daemon as JSON on one line, keys in a fixed order (spec 1.3, 1.4).
package struct OutputWriter: Sendable {
  let source: String

  package init(groupID: String) { source = "journeyd/" + groupID }

  /// The tombstone of a picture that is no longer valid.
  package func gone(_ customer: CustomerID) -> OutputRecord {
    OutputRecord(key: customer, value: nil)
  }
}

extension JSONWriter {
  mutating func member(_ name: String, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  mutating func member(_ name: String, _ value: Moment?) {
    key(name)
    if let value { moment(value) } else { null() }
  }

  mutating func member(_ name: String, object body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  mutating func member<Element>(
    _ name: String, list elements: [Element], _ body: (inout JSONWriter, Element) -> Void
  ) {
    key(name)
    list { for element in elements { body(&$0, element) } }
  }

  mutating func member(_ name: String, _ identifiers: [IdentifierValues]) {
    key(name)
    object {
      for type in identifiers {
        $0.member(type.type, list: type.values) { $0.string($1) }
      }
    }
  }

  mutating func member(_ name: String, _ values: [NamedValue]) {
    key(name)
    object {
      for value in values {
        $0.key(value.name)
        $0.value(value.value)
      }
    }
  }

  mutating func member(_ name: String, _ score: Score) {
    key(name)
    object {
      $0.member("total", score.total)
      $0.member("propensity", score.propensity)
      $0.member("value", score.value)
      $0.member("boost", score.boost)
    }
  }
}
