/// The place of a record in a partition, counted from 0 by the broker.
package struct Offset: Hashable, Comparable, Sendable {
  package var rawValue: Int64

  @inlinable package init(_ rawValue: Int64) { self.rawValue = rawValue }

  /// The place right behind this one.
  @inlinable package var next: Offset { Offset(rawValue + 1) }

  @inlinable package static func < (a: Offset, b: Offset) -> Bool { a.rawValue < b.rawValue }
}
