import JourneyModel

/// First, last and count of a touchpoint, per strongest identifier: these do not forget.
struct Counter {
  var stem: StemRef
  var touchpoint: NameID
  var first: Moment
  var last: Moment
  var count: Int
}

/// Where a fact comes from: decides between facts of the same time.
struct FactOrigin: Hashable {
  var time: Moment
  var source: NameID
  var id: [UInt8]

  func precedes(_ other: FactOrigin, names: NameTable) -> Bool {
    if time != other.time { return time < other.time }
    if source != other.source { return names.precedes(source, other.source) }
    return id.lexicographicallyPrecedes(other.id)
  }
}

/// A dated trait. The latest counts; earlier ones are kept while a rule can ask what was known then.
struct TraitFact {
  var stem: StemRef
  var name: [UInt8]
  var kind: ValueKind
  var number: Double
  var text: [UInt8]
  var origin: FactOrigin

  func withView<R>(_ body: (ValueView) -> R) -> R {
    text.withUnsafeBufferPointer { body(ValueView(kind: kind, number: number, text: $0)) }
  }
}

/// A dated decision on consent; ``NameID/any`` covers every channel or purpose.
struct ConsentFact {
  var stem: StemRef
  var channel: NameID
  var purpose: NameID
  var granted: Bool
  var origin: FactOrigin
  var time: Moment { origin.time }
}

/// An opening or a closing of an issue (spec 3.6): kept as long as the service lane can ask for it.
struct IssueMark {
  var stem: StemRef
  var time: Moment
  var source: NameID
  var id: [UInt8]
  var touchpoint: NameID
  /// The key's value with its kind in front; empty where there is none.
  var key: [UInt8]
  var opens: Bool
  var closes: Bool
}

/// An occasion that was answered, so that it is no candidate again.
struct AnsweredOccasion {
  var rule: NameID
  var instance: JourneyID?
  var moment: Moment
  var stem: StemRef
  /// Where what completed it stands in the order of interactions: it may lie long before the moment.
  var origin: FactOrigin
  /// Refused by `again_after`, so that it is not tried otherwise either.
  var isForGood: Bool
}
