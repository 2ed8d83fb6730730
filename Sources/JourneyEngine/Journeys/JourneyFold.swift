import JourneyModel

/// One instance of a journey.
struct JourneyInstance {
  var journey: NameID
  var id: JourneyID
  /// The key's value with its kind in front; nil while it has none.
  var key: [UInt8]?
  var status: JourneyStatus
  var phase: Int
  var started: Moment
  /// The strongest identifier of the interaction that started it: the instance goes with it.
  var stem: StemRef
  var last: Moment
  /// When it was won or lost, or fell silent as far as folded.
  var ended: Moment?
  var contacts: Int
  var channels: [ChannelCount]
  /// Place of the last touch in the fold, to tell the one touched last; below 0, in the same order, for those of the past.
  var lastIndex: Int

  struct ChannelCount {
    var channel: NameID
    var count: Int
  }

  /// The status at a moment: an open one that fell silent has ended.
  func status(at moment: Moment, endsAfter: TimeSpan?) -> JourneyStatus {
    guard status == .open, let endsAfter, moment >= last + endsAfter else { return status }
    return .ended
  }
}

/// All instances of one journey, and to which of them each touch belongs.
struct JourneyFold {
  var instances: [JourneyInstance] = []
  /// By place of the touch: place of its instance, or −1.
  var membership: [Int] = []
}

extension Customer {
  /// Folds the history into the instances of a journey, up to a moment where one is given.
  func fold(_ journey: CompiledJourney, until limit: Moment?, plan: CompiledPlan) -> JourneyFold {
    var fold = JourneyFold()
    fold.instances = pastJourneys.filter {
      $0.journey == journey.name && $0.started <= limit ?? .distantFuture
    }
    fold.membership = Array(repeating: -1, count: touches.count)
    for index in touches.indices {
      if let limit, touches[index].time > limit { break }
      apply(touch: index, to: &fold, journey, plan: plan)
    }
    return fold
  }

  func apply(
    touch index: Int, to fold: inout JourneyFold, _ journey: CompiledJourney, plan: CompiledPlan
  ) {
    let touch = touches[index]
    let starts = journey.starts.contains { fits($0, index, plan: plan) }
    let isWon = journey.won.contains { fits($0, index, plan: plan) }
    let isLost = journey.lost.contains { fits($0, index, plan: plan) }
    var phase = 0
    for (number, entries) in journey.phases.enumerated().reversed()
    where entries.contains(where: { fits($0, index, plan: plan) }) {
      phase = number
      break
    }
    let entersPhase =
      phase > 0 || (journey.phases.first?.contains { fits($0, index, plan: plan) } ?? false)
    let included =
      journey.plan.includesAll || journey.includes.contains { fits($0, index, plan: plan) }
    guard starts || isWon || isLost || entersPhase || included else { return }
    guard let place = place(of: index, in: &fold, journey, starts: starts, plan: plan) else {
      return
    }
    fold.membership[index] = place
    fold.instances[place].last = touch.time
    fold.instances[place].lastIndex = index
    fold.instances[place].contacts += 1
    fold.instances[place].count(touch.channel)
    if isWon || isLost {
      fold.instances[place].status = isWon ? .won : .lost
      fold.instances[place].ended = touch.time
    } else {
      fold.instances[place].phase = max(fold.instances[place].phase, phase)
    }
  }

  /// The open instance that a touch belongs to, a new one where it starts one.
  private func place(
    of index: Int, in fold: inout JourneyFold, _ journey: CompiledJourney, starts: Bool,
    plan: CompiledPlan
  ) -> Int? {
    let touch = touches[index]
    let endsAfter = journey.plan.endsAfter
    func isOpen(_ place: Int) -> Bool {
      fold.instances[place].status(at: touch.time, endsAfter: endsAfter) == .open
    }
    var open: [Int] = []
    for place in fold.instances.indices {
      if isOpen(place) {
        open.append(place)
      } else if fold.instances[place].status == .open, let endsAfter {
        fold.instances[place].status = .ended
        fold.instances[place].ended = fold.instances[place].last + endsAfter
      }
    }
    let key = journey.key.flatMap { keyBytes($0, of: index) }
    let touchedLast = open.max { a, b in
      let a = fold.instances[a]
      let b = fold.instances[b]
      return (a.last, a.lastIndex) < (b.last, b.lastIndex)
    }
    if let key {
      if let same = open.last(where: { fold.instances[$0].key == key }) { return same }
      let withoutKey = open.filter { fold.instances[$0].key == nil }
        .max { fold.instances[$0].lastIndex < fold.instances[$1].lastIndex }
      if let withoutKey {
        fold.instances[withoutKey].key = key
        return withoutKey
      }
    } else if let touchedLast {
      return touchedLast
    }
    guard starts else { return nil }
    fold.instances.append(
      JourneyInstance(
        journey: journey.name, id: journeyID(journey, startedBy: touch, plan: plan), key: key,
        status: .open, phase: 0,
        started: touch.time, stem: touch.stem, last: touch.time, ended: nil, contacts: 0,
        channels: [],
        lastIndex: index))
    return fold.instances.count - 1
  }

  private func journeyID(_ journey: CompiledJourney, startedBy touch: Touch, plan: CompiledPlan)
    -> JourneyID
  {
    var bytes = Array(journey.plan.name.utf8)
    bytes.append(0x1F)
    withUnsafeBytes(of: touch.time.milliseconds.littleEndian) { bytes.append(contentsOf: $0) }
    plan.names.appendText(touch.source, to: &bytes)
    bytes.append(0x1F)
    bytes.append(contentsOf: arena[touch.idRange])
    bytes.append(0x1F)
    bytes.append(contentsOf: arena[touch.originRange])
    return JourneyID(stableHash(bytes))
  }

  /// An attribute's value with its kind in front, to compare keys: `7` and `"7"` are two.
  func keyBytes(_ name: NameID, of index: Int) -> [UInt8]? {
    withAttribute(name, of: index) { view in
      guard let view, view.kind != .null else { return nil }
      switch view.kind {
      case .null: return nil
      case .bool: return [view.kind.rawValue, view.number == 0 ? 0 : 1]
      case .number:
        return [view.kind.rawValue]
          + withUnsafeBytes(of: view.number.bitPattern.bigEndian) { Array($0) }
      case .string, .list, .object: return [view.kind.rawValue] + Array(view.text)
      }
    }
  }

  /// The JSON value that ``keyBytes(_:of:)`` stands for.
  static func keyValue(_ bytes: [UInt8]) -> JSONValue {
    guard let first = bytes.first, let kind = ValueKind(rawValue: first) else { return .null }
    let rest = Array(bytes.dropFirst())
    switch kind {
    case .null: return .null
    case .bool: return .bool(rest.first == 1)
    case .number:
      return .number(Double(bitPattern: rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
    case .string: return .string(String(decoding: rest, as: UTF8.self))
    case .list, .object: return JSONValue(parsing: rest) ?? .null
    }
  }
}

extension JourneyInstance {
  mutating func count(_ channel: NameID) {
    for index in channels.indices where channels[index].channel == channel {
      channels[index].count += 1
      return
    }
    channels.append(ChannelCount(channel: channel, count: 1))
  }
}

extension Customer {
  /// Whether the touch at a place is what a matcher wants; outcomes are no touches.
  func fits(_ matcher: CompiledMatcher, _ index: Int, plan: CompiledPlan) -> Bool {
    let touch = touches[index]
    guard matcher.touchpoints.contains(touch.touchpoint) else { return false }
    if let channels = matcher.channels, !channels.contains(touch.channel) { return false }
    if let side = matcher.side, plan.side(of: touch.channel) != side { return false }
    return matcher.conditions.allSatisfy { condition in
      withAttribute(condition.attribute, of: index) { view in
        condition.comparisons.allSatisfy { $0.fits(view) }
      }
    }
  }
}
