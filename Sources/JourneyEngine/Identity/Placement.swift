package import JourneyModel

/// Dense handle of a living customer; reused after it is gone.
package struct CustomerRef: Hashable, Sendable {
  package var rawValue: UInt32
  package init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// What a customer's data is kept by: the strongest identifier of its interactions.
///
/// A shared identifier has two: one while it stands for its customer, one from the time on at which it stands for
/// no one. Kept as long as something is known of it; reused after.
package struct StemRef: Hashable, Sendable {
  package var rawValue: UInt32
  package init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// Whose an interaction is.
package struct Placement: Equatable, Sendable {
  package var customer: CustomerRef
  /// What its data is to be tagged with.
  package var stem: StemRef
  /// Its place in the order for ``WhoIsWho/resolve(_:at:)``: its own time, or that of the oldest that may still
  /// change where it is older (a record without a contact).
  package var time: Moment
  /// This interaction founded the customer.
  package var isNew: Bool
  /// Former customers were joined or divided: see ``WhoIsWho/regroup``.
  package var regrouped: Bool
}

/// How the data of former customers is put together anew.
///
/// Take all items of `former`; drop those that ``isErased(_:at:)``; give each of the rest the stem
/// ``WhoIsWho/resolve(_:at:)`` names and put it with ``WhoIsWho/customer(of:)`` of it.
package struct Regroup: Equatable, Sendable {
  package struct Former: Equatable, Sendable {
    /// The handle it had; may be another's now.
    package var customer: CustomerRef
    package var id: CustomerID
    /// Where its data was.
    package var shard: ShardID
    package var aliases: [CustomerID]
  }
  package struct Erased: Equatable, Sendable {
    package var stem: StemRef
    package var through: OrderKey
  }
  package struct Merged: Equatable, Sendable {
    package var survivor: CustomerID
    package var loser: CustomerID
  }
  package struct Divided: Equatable, Sendable {
    package var older: CustomerID
    package var newer: CustomerID
  }

  package var former: [Former] = []
  /// Customers that now hold what the former ones held, or some of it; each once.
  package var current: [CustomerRef] = []
  package var erased: [Erased] = []
  package var merged: [Merged] = []
  package var divided: [Divided] = []

  package init() {}

  package var isEmpty: Bool { former.isEmpty }

  /// Whether an item of a former customer is forgotten.
  package func isErased(_ stem: StemRef, at key: OrderKey) -> Bool {
    erased.contains { $0.stem == stem && key <= $0.through }
  }
}
