internal import JourneyModel

/// Members of attributes, traits or identifiers: an object as sent, or a list put together by a format.
struct DraftMembers {
  var object = JSONRef.absent
  /// Beside the object, and before it: a name here hides the object's.
  var listed: [(name: UnsafeBufferPointer<UInt8>, value: JSONRef)] = []
  /// Bytes as sent.
  var sourceCount = 0

  mutating func removeAll() {
    object = .absent
    listed.removeAll(keepingCapacity: true)
    sourceCount = 0
  }

  mutating func take(_ value: JSONRef) {
    object = value
    sourceCount = value.kind == .object ? value.sourceCount : 0
  }

  mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: JSONRef) {
    listed.append((name, value))
    sourceCount += name.count + 4 + value.sourceCount
  }

  /// Tells each name once, null values included.
  func forEach(_ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: JSONRef) -> Void) {
    for (name, value) in listed { body(name, value) }
    if listed.isEmpty {
      for (key, value) in object.members { body(key, value) }
    } else {
      for (key, value) in object.members where !isListed(key) { body(key, value) }
    }
  }

  func member(_ name: UnsafeBufferPointer<UInt8>) -> JSONRef {
    for (other, value) in listed where other.isSame(as: name) { return value }
    return object.member(name)
  }

  private func isListed(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    listed.contains { $0.name.isSame(as: name) }
  }
}

/// What a format found for each native field, before anything is checked.
struct Draft {
  enum Time {
    case text(JSONRef)
    /// A number or text since 1970; milliseconds have 0 digits more, seconds 3.
    case epoch(JSONRef, millisecondsDigits: Int)
    case moment(Moment)
    case missing
    case invalid
  }

  struct ConsentEntry {
    var channel: UnsafeBufferPointer<UInt8>
    var purpose: UnsafeBufferPointer<UInt8>
    var value: JSONRef
  }

  var id = JSONRef.absent
  var origin = JSONRef.absent
  var time = Time.missing
  var touchpoint = JSONRef.absent
  var channel = JSONRef.absent
  var identifiers = DraftMembers()
  var attributes = DraftMembers()
  var satisfaction = JSONRef.absent
  /// Of `satisfaction`, where the source's map gives one.
  var scale: ScalePlan?
  var traits = DraftMembers()
  var consent = JSONRef.absent
  var consents: [ConsentEntry] = []
  var suggestion = JSONRef.absent
  var suggestionID = JSONRef.absent
  var suggestionOutcome = JSONRef.absent
  var erase = JSONRef.absent
  var traceparent = JSONRef.absent
  var tracestate = JSONRef.absent

  /// Forgets what it holds and keeps its buffers.
  mutating func removeAll() {
    id = .absent
    origin = .absent
    time = .missing
    touchpoint = .absent
    channel = .absent
    identifiers.removeAll()
    attributes.removeAll()
    satisfaction = .absent
    scale = nil
    traits.removeAll()
    consent = .absent
    consents.removeAll(keepingCapacity: true)
    suggestion = .absent
    suggestionID = .absent
    suggestionOutcome = .absent
    erase = .absent
    traceparent = .absent
    tracestate = .absent
  }
}
