/// An ``OrderKey`` of fixed size; what of its id does not fit stands in the arena and belongs to whoever keeps the key.
struct Key: BitwiseCopyable {
  var time: Int64 = 0
  /// The first eight bytes of the id, big-endian, filled up with zeros.
  var prefix: UInt64 = 0
  /// The arena's block of the id's bytes from the ninth on.
  var rest: UInt32 = 0
  var source: UInt16 = 0
  /// Bytes of the id, at least one; 0: no key.
  var count: UInt16 = 0

  static let none = Key()
  @inline(__always) var isNone: Bool { count == 0 }
  var restCount: Int { max(0, Int(count) - 8) }

  /// Without the rest of a long id; then nothing in the arena belongs to it.
  var short: Key {
    Key(time: time, prefix: prefix, rest: 0, source: source, count: min(count, 8))
  }
}

/// A typed value that points at a person.
struct IdentifierRecord: BitwiseCopyable {
  /// What rows and stems call it.
  var number: UInt32 = 0
  var hash: UInt32 = 0
  var type: UInt16 = 0
  var valueCount: UInt16 = 0
  var value: UInt32 = 0
  var household: UInt32 = 0
  /// Ring of the household's identifiers.
  var nextInHousehold: UInt32 = 0
  /// Its customer while it stands for one.
  var component: UInt32 = 0
  /// Ring of the customer's identifiers.
  var nextInComponent: UInt32 = 0
  /// Since when it stands for no one; 0: it does not.
  var split: UInt32 = 0
  /// Links in which it is the weaker one.
  var links: UInt32 = 0
  /// Bundles of which it is the strongest.
  var bundles: UInt32 = 0
  /// Place in what is being run through; without a meaning else.
  var mark: UInt32 = 0
  /// Links and bundles with it.
  var uses: UInt32 = 0
  /// Refused links with it.
  var refused: UInt16 = 0
  /// The question since which its household was run through last: what it stands for may be another since.
  var ran: UInt32 = 0
  /// Of its type the one of its customer that was seen last, when that was told.
  var isLastSeen = false
  /// Its plain id, and its salted one, have been a customer's.
  var usedPlain = false
  var usedSalted = false
  /// Interactions of which it is the only or an unshared strongest identifier.
  var first = Key.none
  var last = Key.none
  /// The newest interaction that carried it, short.
  var seen = Key.none
}

/// Since when a shared identifier stands for no one.
struct SplitRecord: BitwiseCopyable {
  var since = Key.none
  /// The customer of what carries only it from then on; 0: nothing did.
  var component: UInt32 = 0
  /// No late interaction can change it any more.
  var settled = false
}

/// One customer, or identifiers that nothing has made one yet.
struct ComponentRecord: BitwiseCopyable {
  /// One of its ring; of a second life the identifier.
  var head: UInt32 = 0
  /// Its first interaction; none: not founded.
  var first = Key.none
  var id: UInt64 = 0
  /// The strongest identifier of its first interaction.
  var founder: UInt32 = 0
  var size: UInt16 = 0
  /// Of founded customers, in the order of their interactions; ``unknownMerges`` where they have to be counted.
  var merges: UInt16 = 0
  var isSecondLife = false
  /// What is told of it has changed since it was told.
  var hasNewFace = false
  /// Where its data is.
  var shard: UInt16 = 0
  /// When it is looked at next whether it is to be forgotten.
  var watch = Int64.max
  /// Place in what is being compared; without a meaning else.
  var mark: UInt32 = 0

  static let unknownMerges = UInt16.max
}

/// Link of an unshared strongest identifier and another, at its earliest interaction.
struct LinkRecord: BitwiseCopyable {
  var strong: UInt32 = 0
  var weak: UInt32 = 0
  /// The next with the same weaker one.
  var next: UInt32 = 0
  var state = LinkState.accepted
  var first = Key.none
  var last = Key.none
}

enum LinkState: UInt8, BitwiseCopyable {
  case accepted, unique, limit
  /// One of both stood for no one.
  case void

  var isRefused: Bool { self != .accepted }
}

/// Identifiers of interactions whose strongest one is shared: whose they are changes with whom it stands for.
struct BundleRecord: BitwiseCopyable {
  /// What rows and stems call it.
  var number: UInt32 = 0
  /// The arena's block of its identifiers' numbers, strongest first; 0 for one that was erased.
  var members: UInt32 = 0
  var count: UInt16 = 0
  /// Members up to the first unshared one, with it.
  var lives: UInt16 = 0
  /// The next with the same strongest one.
  var next: UInt32 = 0
  /// Its strongest one when it was made.
  var owner: UInt32 = 0
  var state = LinkState.accepted
  var first = Key.none
  var last = Key.none
}

/// All that links connect, refused ones included.
struct HouseholdRecord: BitwiseCopyable {
  /// The number of its row, never used again.
  var row: UInt64 = 0
  var head: UInt32 = 0
  var size: UInt32 = 0
  /// Refused links in it.
  var refused: UInt32 = 0
  /// Where it lives, with all its customers.
  var shard: UInt16 = 0
  var isDirty = false
  /// There is a row of it.
  var isWritten = false
  /// It was asked for since those that were not were last let go of.
  var isUsed = true
  /// A digest of what its row is found by, as it was told last; 0: never.
  var marksTold: UInt64 = 0
  /// Times of its newest link, and of its oldest refused one or earlier.
  var newest = Int64.min
  var oldestRefused = Int64.max
}
