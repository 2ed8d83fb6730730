/// A customer's id: `cu_` and sixteen hex digits of a stable hash.
package struct CustomerID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var rawValue: UInt64
  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
  package init?(_ text: String) {
    guard text.hasPrefix("cu_"), let value = unhex(text.dropFirst(3)) else { return nil }
    rawValue = value
  }
  package var description: String { "cu_" + hex(rawValue) }
  package static func < (a: CustomerID, b: CustomerID) -> Bool { a.rawValue < b.rawValue }
}

/// A suggestion's id: `sg_` and sixteen hex digits.
package struct SuggestionID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var rawValue: UInt64
  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
  package init?(_ text: String) {
    guard text.hasPrefix("sg_"), let value = unhex(text.dropFirst(3)) else { return nil }
    rawValue = value
  }
  package var description: String { "sg_" + hex(rawValue) }
  package static func < (a: SuggestionID, b: SuggestionID) -> Bool { a.rawValue < b.rawValue }
}

/// The id of a journey's instance: `jn_` and sixteen hex digits.
package struct JourneyID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var rawValue: UInt64
  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
  package var description: String { "jn_" + hex(rawValue) }
  package static func < (a: JourneyID, b: JourneyID) -> Bool { a.rawValue < b.rawValue }
}

/// Place in the configured order of identifier types; 0 is the strongest.
package struct IdentifierType: Hashable, Comparable, Sendable {
  package var rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }
  package static func < (a: IdentifierType, b: IdentifierType) -> Bool { a.rawValue < b.rawValue }
}

/// What became of a suggestion.
package enum Outcome: UInt8, CaseIterable, Sendable {
  case made, sent, failed, shown, opened, clicked, accepted, dismissed

  package init?(_ text: String) {
    guard let found = Outcome.allCases.first(where: { $0.name == text }) else { return nil }
    self = found
  }
  package var name: String { "\(self)" }
  /// `sent` and `failed` tell of the sending and are no contact.
  package var isReceipt: Bool { self == .sent || self == .failed }
}

/// One of the parts that customers are dealt out to: a partition of the state, on one of the engine's workers.
package struct ShardID: Hashable, Comparable, Sendable {
  package var rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }
  package static func < (a: ShardID, b: ShardID) -> Bool { a.rawValue < b.rawValue }
}
