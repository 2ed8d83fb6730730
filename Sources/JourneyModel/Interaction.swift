/// A part of an interaction's bytes.
package struct ByteSlice: Hashable, Sendable {
  package var offset: UInt32
  package var count: UInt32

  @inlinable package init(offset: UInt32, count: UInt32) {
    self.offset = offset
    self.count = count
  }
  package static let empty = ByteSlice(offset: 0, count: 0)
  @inlinable package var range: Range<Int> { Int(offset)..<Int(offset) + Int(count) }
}

/// The kinds of JSON values that an attribute or a trait can have.
package enum ValueKind: UInt8, Sendable { case null, string, number, bool, list, object }

/// One contact as numbers and slices of its own bytes: what every format is read into and what the engine takes.
///
/// Made once per partition and filled again for each record, so that reading allocates nothing.
package struct Interaction: Sendable {
  /// All text of this interaction.
  package var bytes: [UInt8] = []
  package var source = NameID.any
  /// The record's id, 1–256 bytes.
  package var id = ByteSlice.empty
  /// The CloudEvents envelope's `source`, which makes ids unique beside ours; else empty.
  package var origin = ByteSlice.empty
  package var time = Moment(0)
  /// Without a meaning where ``isContact`` is false.
  package var touchpoint = NameID.any
  package var channel = NameID.any
  /// Usable ones: configured, trimmed, normalised, not ignored, each once, strongest first, then as bytes.
  package var identifiers: [Identifier] = []
  /// Those that something reads or the history is told to keep, by dotted path.
  package var attributes: [Attribute] = []
  /// −1 … 1, as given or worked out by the touchpoint's scale.
  package var satisfaction: Double?
  package var traits: [Trait] = []
  package var consents: [Consent] = []
  package var feedback: Feedback?
  package var erase = false
  /// False for records of `touch: false` sources and of touchpoints that are ignored.
  package var isContact = true
  package var traceparent = ByteSlice.empty
  package var tracestate = ByteSlice.empty
  /// Attributes that were left out since they were larger than ``Limits/attributeKeptBytesMax``.
  package var leftOut = 0

  package struct Identifier: Hashable, Sendable {
    package var type: IdentifierType
    package var value: ByteSlice
    package init(type: IdentifierType, value: ByteSlice) {
      self.type = type
      self.value = value
    }
  }

  package struct Attribute: Sendable {
    package var name: NameID
    package var kind: ValueKind
    /// A string's own bytes; of anything else its JSON text without blanks.
    package var text: ByteSlice
    /// Of a number its value, of a bool 0 or 1.
    package var number: Double
    package init(name: NameID, kind: ValueKind, text: ByteSlice, number: Double) {
      self.name = name
      self.kind = kind
      self.text = text
      self.number = number
    }
  }

  package struct Trait: Sendable {
    package var name: ByteSlice
    /// ``ValueKind/null`` clears the trait.
    package var kind: ValueKind
    /// As of an attribute.
    package var text: ByteSlice
    package var number: Double
    package init(name: ByteSlice, kind: ValueKind, text: ByteSlice, number: Double) {
      self.name = name
      self.kind = kind
      self.text = text
      self.number = number
    }
  }

  package struct Consent: Sendable {
    /// ``NameID/any`` for `*`.
    package var channel: NameID
    package var purpose: NameID
    package var granted: Bool
    package init(channel: NameID, purpose: NameID, granted: Bool) {
      self.channel = channel
      self.purpose = purpose
      self.granted = granted
    }
  }

  package struct Feedback: Sendable {
    /// The suggestion's id as sent.
    package var suggestion: ByteSlice
    package var outcome: Outcome
    package init(suggestion: ByteSlice, outcome: Outcome) {
      self.suggestion = suggestion
      self.outcome = outcome
    }
  }

  package init() {}

  /// A receipt changes a suggestion and nothing else.
  package var isReceipt: Bool { feedback?.outcome.isReceipt ?? false }

  /// Becomes the same as another, in its own buffers.
  package mutating func fill(from other: Interaction) {
    removeAll()
    bytes.append(contentsOf: other.bytes)
    identifiers.append(contentsOf: other.identifiers)
    attributes.append(contentsOf: other.attributes)
    traits.append(contentsOf: other.traits)
    consents.append(contentsOf: other.consents)
    (source, id, origin, time) = (other.source, other.id, other.origin, other.time)
    (touchpoint, channel) = (other.touchpoint, other.channel)
    (satisfaction, feedback, erase) = (other.satisfaction, other.feedback, other.erase)
    (isContact, leftOut) = (other.isContact, other.leftOut)
    (traceparent, tracestate) = (other.traceparent, other.tracestate)
  }

  /// Forgets what it holds and keeps its buffers.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    identifiers.removeAll(keepingCapacity: true)
    attributes.removeAll(keepingCapacity: true)
    traits.removeAll(keepingCapacity: true)
    consents.removeAll(keepingCapacity: true)
    id = .empty
    origin = .empty
    time = Moment(0)
    source = .any
    touchpoint = .any
    channel = .any
    satisfaction = nil
    feedback = nil
    erase = false
    isContact = true
    traceparent = .empty
    tracestate = .empty
    leftOut = 0
  }

  /// Adds text to ``bytes`` and says where it stands.
  package mutating func append(_ text: some Collection<UInt8>) -> ByteSlice {
    let offset = UInt32(bytes.count)
    bytes.append(contentsOf: text)
    return ByteSlice(offset: offset, count: UInt32(bytes.count) - offset)
  }

  package func text(_ slice: ByteSlice) -> String {
    String(decoding: bytes[slice.range], as: UTF8.self)
  }
}
