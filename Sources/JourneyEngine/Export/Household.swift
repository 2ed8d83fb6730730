import JourneyModel

/// A household as its row has it, all that links connect: identifiers, the customers that they make, and what
/// linked them. Members are named by their place.
struct Household {
  /// A place in the order of interactions.
  struct Place: Equatable {
    var time: Moment
    var source: NameID
    /// As ``Key`` holds it: behind a zero the hash of an envelope's source.
    var id: [UInt8]

    /// What is kept of the newest interaction with an identifier.
    var short: Place { Place(time: time, source: source, id: Array(id.prefix(8))) }
  }

  struct Member {
    var number: UInt32
    var type: NameID
    var value: [UInt8]
    var usedPlain = false
    var usedSalted = false
    /// Its customer's place.
    var customer: Int
    var first: Place?
    var last: Place?
    var seen: Place?
    var split: Split?
  }

  /// Since when an identifier stands for no one.
  struct Split {
    var since: Place
    var settled: Bool
    /// The first interaction of the customer of its own.
    var alone: Place?
  }

  struct Founding {
    /// Nil: nothing has made a customer of them yet.
    var founder: Int?
    var merges = 0
    var first: Place?
  }

  /// A link, or a bundle where it has a number.
  struct Event {
    var bundle: UInt32?
    var state: LinkState
    /// Strongest first; nil for one that was erased.
    var members: [Int?]
    var lives = 0
    var first: Place
    var last: Place
  }

  var number: UInt64
  /// Where it lives: one of the group's own, not told in lines.
  var shard: UInt16 = 0
  var members: [Member] = []
  var customers: [Founding] = []
  var events: [Event] = []
}

// From a row and to a row: the format is that of `WhoIsWho+Rows.swift`.
extension Household {
  private typealias Flags = WhoIsWho.Flags

  init(_ row: StateRow) throws(RowDamage) {
    var key = RowReader(Array(row.key.dropFirst()))
    number = try key.fixed()
    var reader = RowReader(row.value ?? [])
    guard try reader.byte() == WhoIsWho.rowFormat else {
      throw RowDamage("a row of a format that is not known")
    }
    shard = UInt16(clamping: try reader.integer())
    let base = try reader.signed()
    // Since when somebody is silent follows from the rest.
    if try reader.byte() == 1 { _ = try reader.signed() }
    for _ in 0..<(try reader.count()) { members.append(try Self.member(&reader, base)) }
    for _ in 0..<(try reader.count()) { customers.append(try founding(&reader, base)) }
    for _ in 0..<(try reader.count()) { events.append(try event(&reader, base)) }
    guard reader.isAtEnd, members.allSatisfy({ $0.customer < customers.count }) else {
      throw RowDamage("a household that does not fit together")
    }
  }

  private static func place(_ row: inout RowReader, _ base: Int64) throws(RowDamage) -> Place? {
    let time = Moment(base &+ (try row.signed()))
    let source = try row.name()
    let id = try row.text()
    return id.isEmpty ? nil : Place(time: time, source: source, id: id)
  }

  private static func need(_ row: inout RowReader, _ base: Int64) throws(RowDamage) -> Place {
    guard let place = try place(&row, base) else { throw RowDamage("a key that is missing") }
    return place
  }

  private static func member(_ row: inout RowReader, _ base: Int64) throws(RowDamage) -> Member {
    let number = try number(&row)
    let (type, value) = (try row.name(), try row.text())
    let flags = Flags(rawValue: try row.byte())
    var member = Member(number: number, type: type, value: value, customer: try row.integer())
    member.usedPlain = flags.contains(.usedPlain)
    member.usedSalted = flags.contains(.usedSalted)
    if flags.contains(.hasFirst) {
      member.first = try need(&row, base)
      member.last = flags.contains(.lastIsFirst) ? member.first : try need(&row, base)
    }
    member.seen = flags.contains(.seenIsLast) ? member.last?.short : try place(&row, base)
    if flags.contains(.isSplit) {
      var split = Split(since: try need(&row, base), settled: flags.contains(.isSettled))
      if flags.contains(.hasSecondLife) { split.alone = try need(&row, base) }
      member.split = split
    }
    return member
  }

  private func founding(_ row: inout RowReader, _ base: Int64) throws(RowDamage) -> Founding {
    let place = try row.integer()
    guard place > 0 else { return Founding() }
    guard place <= members.count else { throw RowDamage("a founder that is not there") }
    var founding = Founding(founder: place - 1, merges: try row.integer())
    founding.first =
      try row.byte() == 1 ? members[place - 1].first : try Self.need(&row, base)
    return founding
  }

  private func event(_ row: inout RowReader, _ base: Int64) throws(RowDamage) -> Event {
    let head = try row.byte()
    guard let state = LinkState(rawValue: head & 7) else { throw RowDamage("a state that is none") }
    var bundle: UInt32?
    var lives = 0
    var parts: [Int?] = []
    if head & 16 == 0 {
      parts = [try row.integer(), try row.integer()]
    } else {
      bundle = try Self.number(&row)
      lives = try row.integer()
      for _ in 0..<(try row.count()) {
        let place = try row.integer()
        parts.append(place == 0 ? nil : place - 1)
      }
    }
    guard parts.allSatisfy({ $0 ?? 0 < members.count }) else {
      throw RowDamage("a member that is not there")
    }
    let first = try Self.need(&row, base)
    let last = head & 8 != 0 ? first : try Self.need(&row, base)
    return Event(
      bundle: bundle, state: state, members: parts, lives: lives, first: first, last: last)
  }

  private static func number(_ row: inout RowReader) throws(RowDamage) -> UInt32 {
    guard let number = UInt32(exactly: try row.unsigned()) else {
      throw RowDamage("a number that cannot be")
    }
    return number
  }

  // MARK: To a row

  /// The row, but for what follows from the rest.
  var row: StateRow {
    var key = RowWriter(reserving: 9)
    key.byte(RowKind.household.rawValue)
    key.fixed(number)
    var row = RowWriter(reserving: 64 + members.count * 48)
    row.byte(WhoIsWho.rowFormat)
    row.count(Int(shard))
    let times = members.compactMap { $0.first?.time } + events.map(\.first.time)
    let base = times.min()?.milliseconds ?? 0
    row.signed(base)
    row.byte(0)
    row.count(members.count)
    for member in members { Self.write(member, &row, base) }
    row.count(customers.count)
    for founding in customers { write(founding, &row, base) }
    row.count(events.count)
    for event in events { Self.write(event, &row, base) }
    return StateRow(partition: 0, key: key.bytes, value: row.bytes)
  }

  private static func write(_ place: Place?, _ row: inout RowWriter, _ base: Int64) {
    row.signed((place?.time.milliseconds ?? 0) &- base)
    row.name(place?.source ?? .any)
    row.text(place?.id ?? [])
  }

  private static func write(_ member: Member, _ row: inout RowWriter, _ base: Int64) {
    var flags: Flags = []
    if member.usedPlain { flags.insert(.usedPlain) }
    if member.usedSalted { flags.insert(.usedSalted) }
    if member.first != nil { flags.insert(.hasFirst) }
    if member.first == member.last { flags.insert(.lastIsFirst) }
    if let last = member.last, member.seen == last.short { flags.insert(.seenIsLast) }
    if let split = member.split {
      flags.insert(.isSplit)
      if split.settled { flags.insert(.isSettled) }
      if split.alone != nil { flags.insert(.hasSecondLife) }
    }
    row.unsigned(UInt64(member.number))
    row.name(member.type)
    row.text(member.value)
    row.byte(flags.rawValue)
    row.count(member.customer)
    if flags.contains(.hasFirst) {
      write(member.first, &row, base)
      if !flags.contains(.lastIsFirst) { write(member.last, &row, base) }
    }
    if !flags.contains(.seenIsLast) { write(member.seen, &row, base) }
    guard let split = member.split else { return }
    write(split.since, &row, base)
    if let alone = split.alone { write(alone, &row, base) }
  }

  private func write(_ founding: Founding, _ row: inout RowWriter, _ base: Int64) {
    guard let founder = founding.founder else { return row.count(0) }
    row.count(founder + 1)
    row.count(founding.merges)
    let isFounders = founding.first == members[founder].first
    row.byte(isFounders ? 1 : 0)
    if !isFounders { Self.write(founding.first, &row, base) }
  }

  private static func write(_ event: Event, _ row: inout RowWriter, _ base: Int64) {
    let isSame = event.first == event.last
    row.byte(event.state.rawValue | (isSame ? 8 : 0) | (event.bundle == nil ? 0 : 16))
    if let bundle = event.bundle {
      row.unsigned(UInt64(bundle))
      row.count(event.lives)
      row.count(event.members.count)
      for member in event.members { row.count(member.map { $0 + 1 } ?? 0) }
    } else {
      for member in event.members { row.count(member ?? 0) }
    }
    write(event.first, &row, base)
    if !isSame { write(event.last, &row, base) }
  }
}
