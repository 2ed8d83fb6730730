import JourneyModel

/// What is known of one customer. Everything is tagged with the strongest identifier it came with, so that joining two
/// customers is a union and dividing one a regrouping. It is never copied: whoever looks at it looks at it in its place.
struct Customer: ~Copyable {
  /// In order of time, source and id.
  var touches: [Touch] = []
  var arena: [UInt8] = []
  var wastedBytes = 0
  var counters: [Counter] = []
  var traits: [TraitFact] = []
  var consents: [ConsentFact] = []
  var suggestions: [Suggested] = []
  var answered: [AnsweredOccasion] = []
  var issueMarks: [IssueMark] = []
  /// Journeys of touches that have left the history.
  var pastJourneys: [JourneyInstance] = []
  /// Rules with something to wait for.
  var waiting: [WaitingRule] = []
  /// Time of the first and the newest sign of life.
  var firstSeen = Moment.distantFuture
  var newest = Moment.distantPast
  var lastContact = Moment.distantPast
  /// The deadline that is set in the engine's calendar.
  var due = Moment.distantFuture
  /// A digest of what its row is found by, as it was told last; 0: never.
  var marksTold: UInt64 = 0
  /// What the last decision answered, to tell whether a deadline changed anything.
  var lastAnswers: UInt64 = 0
  /// The id that outputs and rows know the customer by.
  var shownAs = CustomerID(0)
  /// What the sequencer told last: the id, where it lives, and who it is.
  var id = CustomerID(0)
  var shard = ShardID(0)
  var face = Face.none

  /// Another with the same, for those who only want to know.
  func copied() -> Customer {
    var copy = Customer()
    copy.touches = touches
    copy.arena = arena
    copy.wastedBytes = wastedBytes
    copy.counters = counters
    copy.traits = traits
    copy.consents = consents
    copy.suggestions = suggestions
    copy.answered = answered
    copy.issueMarks = issueMarks
    copy.pastJourneys = pastJourneys
    copy.waiting = waiting
    copy.firstSeen = firstSeen
    copy.newest = newest
    copy.lastContact = lastContact
    copy.due = due
    copy.lastAnswers = lastAnswers
    copy.shownAs = shownAs
    copy.id = id
    copy.shard = shard
    copy.face = face
    return copy
  }

  /// Whether nobody is here: not even a sign of life was seen.
  var isEmpty: Bool { newest == .distantPast && suggestions.isEmpty }
}

/// A rule of which an occasion is open or a deadline comes.
struct WaitingRule {
  var rule: NameID
  /// When its answer can next change by time alone.
  var next: Moment
  var hasUnanswered: Bool
}

extension Customer {
  /// The first place whose touch is at or after a time.
  func firstIndex(at time: Moment) -> Int {
    var low = 0
    var high = touches.count
    while low < high {
      let middle = (low + high) / 2
      if touches[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The first place whose touch is after a time.
  func firstIndex(after time: Moment) -> Int {
    var low = 0
    var high = touches.count
    while low < high {
      let middle = (low + high) / 2
      if touches[middle].time <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Lends an attribute of a touch; nil where it is not there.
  func withAttribute<R>(_ name: NameID, of index: Int, _ body: (ValueView?) -> R) -> R {
    let range = touches[index].attributeRange
    guard !range.isEmpty else { return body(nil) }
    return arena.withUnsafeBufferPointer { arena in
      body(AttributeBytes.find(name, in: UnsafeBufferPointer(rebasing: arena[range])))
    }
  }

  func idText(of touch: Touch) -> String { String(decoding: arena[touch.idRange], as: UTF8.self) }

  /// Whether a touch comes before an interaction of that order.
  func touch(
    _ index: Int, precedes time: Moment, source: NameID, id: some Sequence<UInt8>, names: NameTable
  )
    -> Bool
  {
    let touch = touches[index]
    if touch.time != time { return touch.time < time }
    if touch.source != source { return names.precedes(touch.source, source) }
    return arena[touch.idRange].lexicographicallyPrecedes(id)
  }

  /// Whether the history has this event already (same source, id and strongest identifier).
  func hasTouch(stem: StemRef, interaction: Interaction, at now: Moment) -> Bool {
    let hash = Customer.idHash(interaction.bytes, interaction.id.range)
    for touch in touches.reversed()
    where touch.idHash == hash && touch.source == interaction.source && touch.stem == stem
      && touch.isKept(at: now)
    {
      if arena[touch.idRange].elementsEqual(interaction.bytes[interaction.id.range]),
        arena[touch.originRange].elementsEqual(interaction.bytes[interaction.origin.range])
      {
        return true
      }
    }
    return false
  }

  static func idHash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: stableHash(UnsafeBufferPointer(rebasing: $0[range])))
    }
  }

  /// Puts a contact where it belongs. Says whether it is the newest.
  mutating func insert(_ interaction: Interaction, stem: StemRef, leaves: Moment, names: NameTable)
    -> (
      index: Int, isNewest: Bool
    )
  {
    let id = interaction.bytes[interaction.id.range]
    var touch = Touch(
      time: interaction.time, left: leaves, satisfaction: interaction.satisfaction ?? .nan,
      stem: stem,
      text: UInt32(arena.count), attributeBytes: 0,
      idHash: Customer.idHash(interaction.bytes, interaction.id.range),
      idBytes: UInt16(clamping: interaction.id.count),
      originBytes: UInt16(clamping: interaction.origin.count), traceBytes: 0,
      source: interaction.source,
      touchpoint: interaction.touchpoint, channel: interaction.channel)
    arena.append(contentsOf: id)
    arena.append(
      contentsOf: interaction.bytes[interaction.origin.range].prefix(Int(touch.originBytes)))
    let start = arena.count
    for attribute in interaction.attributes {
      AttributeBytes.append(attribute, of: interaction, to: &arena)
    }
    touch.attributeBytes = UInt32(arena.count - start)
    touch.traceBytes = appendTrace(of: interaction)
    var index = touches.count
    while index > 0,
      !self.touch(index - 1, precedes: touch.time, source: touch.source, id: id, names: names)
    {
      index -= 1
    }
    touches.insert(touch, at: index)
    return (index, index == touches.count - 1)
  }

  /// The trace headers of a record, so that what follows from it later can still be followed back.
  private mutating func appendTrace(of interaction: Interaction) -> UInt16 {
    guard interaction.traceparent.count > 0 else { return 0 }
    let start = arena.count
    arena.append(contentsOf: interaction.bytes[interaction.traceparent.range])
    arena.append(0)
    arena.append(contentsOf: interaction.bytes[interaction.tracestate.range])
    guard let count = UInt16(exactly: arena.count - start) else {
      arena.removeLast(arena.count - start)
      return 0
    }
    return count
  }

  mutating func count(_ touchpoint: NameID, stem: StemRef, time: Moment, named: Set<NameID>) {
    for index in counters.indices
    where counters[index].touchpoint == touchpoint && counters[index].stem == stem {
      counters[index].first = min(counters[index].first, time)
      counters[index].last = max(counters[index].last, time)
      counters[index].count += 1
      return
    }
    counters.append(Counter(stem: stem, touchpoint: touchpoint, first: time, last: time, count: 1))
    if counters.count > Limits.otherCountersMax { forgetCounters(named: named) }
  }

  /// Of the touchpoints that nothing names those longest unseen are forgotten; how often they were is not.
  private mutating func forgetCounters(named: Set<NameID>) {
    func isOther(_ counter: Counter) -> Bool {
      counter.touchpoint != .any && !named.contains(counter.touchpoint)
    }
    while counters.count(where: isOther) > Limits.otherCountersMax {
      let others = counters.indices.filter { isOther(counters[$0]) }
      guard let oldest = others.min(by: { counters[$0].last < counters[$1].last }) else { return }
      var gone = counters.remove(at: oldest)
      gone.touchpoint = .any
      add(gone)
    }
  }

  /// Number of contacts ever.
  var contacts: Int { counters.reduce(0) { $0 + $1.count } }

  /// Drops the touches at these places (in order) and tidies the arena when half of it is waste.
  mutating func removeTouches(_ gone: (Touch) -> Bool) {
    let before = touches.count
    touches.removeAll { touch in
      guard gone(touch) else { return false }
      wastedBytes += touch.textBytes
      return true
    }
    guard touches.count != before, wastedBytes * 2 > arena.count else { return }
    compactArena()
  }

  mutating func compactArena() {
    var fresh: [UInt8] = []
    fresh.reserveCapacity(max(0, arena.count - wastedBytes))
    for index in touches.indices {
      let start = fresh.count
      fresh.append(
        contentsOf: arena[
          Int(touches[index].text)..<Int(touches[index].text) + touches[index].textBytes])
      touches[index].text = UInt32(start)
    }
    arena = fresh
    wastedBytes = 0
  }
}
