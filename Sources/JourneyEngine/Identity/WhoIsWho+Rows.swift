package import JourneyModel

// The state as rows: one per household, one per erased hash. Numbers of identifiers and bundles, and so stems, are
// kept; those of customers are not.
extension WhoIsWho {
  /// The format that is written; a release also reads the one before.
  static let rowFormat: UInt8 = 2

  /// All rows that changed since the last call, deleted ones without a value. Only with ``collectsRows``.
  package func takeChangedRows() -> [StateRow] {
    var rows: [StateRow] = []
    for household in dirty {
      let key = rowKey(.household, households[household].row)
      households[household].isDirty = false
      if households[household].size == 0 {
        if households[household].isWritten {
          rows.append(StateRow(partition: 0, key: key, value: nil))
        }
        households.free(household)
      } else {
        households[household].isWritten = true
        rows.append(StateRow(partition: 0, key: key, value: encode(household)))
      }
    }
    dirty.removeAll(keepingCapacity: true)
    for hash in Set(changedErasures) {
      let key = rowKey(.erasure, hash.high, hash.low)
      rows.append(StateRow(partition: 0, key: key, value: erasures[hash].map(encode)))
    }
    changedErasures.removeAll(keepingCapacity: true)
    return rows
  }

  /// Takes in a row that ``takeChangedRows()`` gave, each key's last one only, into a state that was empty;
  /// ``finishRestoring()`` has to follow.
  package func restore(_ row: StateRow) throws(RowDamage) {
    guard let value = row.value, let kind = row.key.first else { return }
    var key = RowReader(Array(row.key.dropFirst()))
    var reader = RowReader(value)
    guard try reader.byte() == WhoIsWho.rowFormat else {
      throw RowDamage("a row of a format that is not known")
    }
    switch kind {
    case RowKind.household.rawValue: try restoreHousehold(try key.fixed(), &reader)
    case RowKind.erasure.rawValue:
      let hash = ErasedHash(high: try key.fixed(), low: try key.fixed())
      let through = own(try restoreKey(&reader, base: 0))
      erasures[hash] = Erasure(through: through, isAmbiguous: try reader.byte() == 1)
      newestErasure = max(newestErasure, through.time)
      oldestErasure = min(oldestErasure, through.time)
    default: throw RowDamage("a row that is not of who is who")
    }
    guard reader.isAtEnd else { throw RowDamage("a row with more behind its end") }
  }

  /// Makes the numbers that no row named free for use.
  package func finishRestoring() {
    identifiers.freeAll { $0.valueCount == 0 }
    bundles.freeAll { $0.count == 0 }
  }

  /// The number of the household of a customer: what holds all that could become one with it.
  package func household(of customer: CustomerRef) -> UInt64 {
    households[identifiers[components[customer.rawValue].head].household].row
  }

  private func rowKey(_ kind: RowKind, _ numbers: UInt64...) -> [UInt8] {
    var key = RowWriter(reserving: 17)
    key.byte(kind.rawValue)
    for number in numbers { key.fixed(number) }
    return key.bytes
  }

  private func encode(_ erasure: Erasure) -> [UInt8] {
    var row = RowWriter(reserving: 32)
    row.byte(WhoIsWho.rowFormat)
    write(erasure.through, &row, base: 0)
    row.byte(erasure.isAmbiguous ? 1 : 0)
    return row.bytes
  }

  private func write(_ key: Key, _ row: inout RowWriter, base: Int64) {
    row.signed(key.time &- base)
    row.unsigned(UInt64(key.source))
    row.count(Int(key.count))
    for at in 0..<min(8, Int(key.count)) {
      row.byte(UInt8(truncatingIfNeeded: key.prefix >> UInt64(56 - at * 8)))
    }
    for byte in arena.bytes(key.rest, key.restCount) { row.byte(byte) }
  }

  /// A key whose rest stands in the scratch block.
  private func restoreKey(_ row: inout RowReader, base: Int64) throws(RowDamage) -> Key {
    var key = Key(time: base &+ (try row.signed()), source: try row.name().rawValue)
    let id = try row.text()
    guard id.count <= WhoIsWho.scratchBytes else { throw RowDamage("an id is too long") }
    if !id.isEmpty { fill(&key, id) }
    return key
  }
}

// Households.
extension WhoIsWho {
  /// What of an identifier's row is there, and what need not be written twice.
  struct Flags: OptionSet {
    let rawValue: UInt8
    static let usedPlain = Flags(rawValue: 1)
    static let usedSalted = Flags(rawValue: 2)
    static let hasFirst = Flags(rawValue: 4)
    static let lastIsFirst = Flags(rawValue: 8)
    static let seenIsLast = Flags(rawValue: 16)
    static let isSplit = Flags(rawValue: 32)
    static let isSettled = Flags(rawValue: 64)
    static let hasSecondLife = Flags(rawValue: 128)
  }

  private func encode(_ household: UInt32) -> [UInt8] {
    gatherMembers(household)
    gatherEvents()
    var row = RowWriter(reserving: 64 + run.members.count * 48)
    row.byte(WhoIsWho.rowFormat)
    row.count(Int(households[household].shard))
    let base = baseTime()
    row.signed(base)
    row.count(run.members.count)
    var list: [UInt32] = []
    for index in run.members {
      let component = identifiers[index].component
      let place = list.firstIndex(of: component) ?? list.count
      if place == list.count { list.append(component) }
      write(identifier: index, component: place, &row, base: base)
    }
    row.count(list.count)
    for component in list { write(component: component, &row, base: base) }
    row.count(run.events.count)
    for event in run.events {
      if event.isBundle {
        write(bundle: event.number, &row, base: base)
      } else {
        write(link: event.number, &row, base: base)
      }
    }
    return row.bytes
  }

  private func baseTime() -> Int64 {
    var base = Int64.max
    for index in run.members where !identifiers[index].first.isNone {
      base = min(base, identifiers[index].first.time)
    }
    for event in run.events { base = min(base, event.key.time) }
    return base == .max ? 0 : base
  }

  private func write(
    identifier index: UInt32, component: Int, _ row: inout RowWriter, base: Int64
  ) {
    let record = identifiers[index]
    let split = record.split == 0 ? SplitRecord() : splits[record.split]
    var flags: Flags = []
    if record.usedPlain { flags.insert(.usedPlain) }
    if record.usedSalted { flags.insert(.usedSalted) }
    if !record.first.isNone { flags.insert(.hasFirst) }
    if order(record.first, record.last) == 0 { flags.insert(.lastIsFirst) }
    if !record.last.isNone, order(record.seen, record.last.short) == 0 { flags.insert(.seenIsLast) }
    if record.split != 0 { flags.insert(.isSplit) }
    if split.settled { flags.insert(.isSettled) }
    if split.component != 0 { flags.insert(.hasSecondLife) }
    row.unsigned(UInt64(index))
    row.unsigned(UInt64(typeNames[Int(record.type)].rawValue))
    row.text(value(index))
    row.byte(flags.rawValue)
    row.count(component)
    if flags.contains(.hasFirst) {
      write(record.first, &row, base: base)
      if !flags.contains(.lastIsFirst) { write(record.last, &row, base: base) }
    }
    if !flags.contains(.seenIsLast) { write(record.seen, &row, base: base) }
    if flags.contains(.isSplit) { write(split.since, &row, base: base) }
    if flags.contains(.hasSecondLife) {
      write(components[split.component].first, &row, base: base)
    }
  }

  private func write(component: UInt32, _ row: inout RowWriter, base: Int64) {
    let record = components[component]
    guard !record.first.isNone else { return row.count(0) }
    row.count(Int(identifiers[record.founder].mark) + 1)
    row.unsigned(UInt64(record.merges))
    let isFounders = order(record.first, identifiers[record.founder].first) == 0
    row.byte(isFounders ? 1 : 0)
    if !isFounders { write(record.first, &row, base: base) }
  }

  private func write(link: UInt32, _ row: inout RowWriter, base: Int64) {
    let record = links[link]
    let isSame = order(record.first, record.last) == 0
    row.byte(record.state.rawValue | (isSame ? 8 : 0))
    row.count(Int(identifiers[record.strong].mark))
    row.count(Int(identifiers[record.weak].mark))
    write(record.first, &row, base: base)
    if !isSame { write(record.last, &row, base: base) }
  }

  private func write(bundle: UInt32, _ row: inout RowWriter, base: Int64) {
    let record = bundles[bundle]
    let isSame = order(record.first, record.last) == 0
    row.byte(record.state.rawValue | (isSame ? 8 : 0) | 16)
    row.unsigned(UInt64(bundle))
    row.count(Int(record.lives))
    row.count(Int(record.count))
    for at in 0..<Int(record.count) {
      let member = member(bundle, at)
      row.count(member == 0 ? 0 : Int(identifiers[member].mark) + 1)
    }
    write(record.first, &row, base: base)
    if !isSame { write(record.last, &row, base: base) }
  }
}

// Households back from their rows.
extension WhoIsWho {
  private func restoreHousehold(_ number: UInt64, _ row: inout RowReader) throws(RowDamage) {
    let household = households.take()
    households[household].row = number
    households[household].isWritten = true
    nextRow = max(nextRow, number + 1)
    let shard = try row.integer()
    guard shard < Int(shards) else { throw RowDamage("a household on a shard that is not there") }
    households[household].shard = UInt16(shard)
    let base = try row.signed()
    let count = try row.count()
    guard count > 0 else { throw RowDamage("a household of nobody") }
    run.members.removeAll(keepingCapacity: true)
    var places: [Int] = []
    for _ in 0..<count {
      places.append(try restoreIdentifier(household, &row, base: base))
    }
    try restoreComponents(places, &row, base: base)
    for _ in 0..<(try row.count()) {
      let head = try row.byte()
      if head & 16 == 0 {
        try restoreLink(head, household, &row, base: base)
      } else {
        try restoreBundle(head, household, &row, base: base)
      }
    }
  }

  /// The place of its customer among those of the household.
  private func restoreIdentifier(
    _ household: UInt32, _ row: inout RowReader, base: Int64
  ) throws(RowDamage) -> Int {
    let index = try restoreNumber(&row)
    let name = try row.name()
    guard let type = typeNames.firstIndex(of: name) else {
      throw RowDamage("an identifier of a type that is not configured")
    }
    let value = try row.text()
    guard !value.isEmpty, value.count <= Limits.identifierBytesMax,
      identifiers.place(index), identifiers[index].valueCount == 0
    else { throw RowDamage("an identifier that cannot be") }
    let flags = Flags(rawValue: try row.byte())
    let component = try row.integer()
    let block = value.withUnsafeBufferPointer { arena.store($0) }
    identifiers[index].type = UInt16(type)
    identifiers[index].valueCount = UInt16(value.count)
    identifiers[index].value = block
    let hash = value.withUnsafeBufferPointer { WhoIsWho.hash($0, UInt16(type)) }
    identifiers[index].hash = hash
    table.insert(hash, index)
    try restoreKeys(index, flags, &row, base: base)
    if flags.contains(.isSplit) { try restoreSplit(index, flags, on: household, &row, base: base) }
    if flags.contains(.usedPlain) {
      identifiers[index].usedPlain = true
      ids.insert(id(of: index, second: false), index, second: false)
    }
    if flags.contains(.usedSalted) {
      identifiers[index].usedSalted = true
      ids.insert(id(of: index, second: true), index, second: true)
    }
    settle(index, in: household, isFirst: run.members.isEmpty)
    run.members.append(index)
    return component
  }

  private func restoreKeys(
    _ index: UInt32, _ flags: Flags, _ row: inout RowReader, base: Int64
  ) throws(RowDamage) {
    if flags.contains(.hasFirst) {
      let first = own(try restoreKey(&row, base: base))
      let last = flags.contains(.lastIsFirst) ? own(first) : own(try restoreKey(&row, base: base))
      identifiers[index].first = first
      identifiers[index].last = last
    }
    identifiers[index].seen =
      flags.contains(.seenIsLast)
      ? identifiers[index].last.short : try restoreKey(&row, base: base).short
  }

  private func restoreSplit(
    _ index: UInt32, _ flags: Flags, on household: UInt32, _ row: inout RowReader, base: Int64
  ) throws(RowDamage) {
    let split = splits.take()
    let since = own(try restoreKey(&row, base: base))
    identifiers[index].split = split
    splits[split].since = since
    splits[split].settled = flags.contains(.isSettled)
    guard flags.contains(.hasSecondLife) else { return }
    let component = components.take()
    let first = own(try restoreKey(&row, base: base))
    splits[split].component = component
    components[component].isSecondLife = true
    components[component].head = index
    components[component].size = 1
    components[component].first = first
    components[component].founder = index
    components[component].id = id(of: index, second: true)
    components[component].shard = households[household].shard
    customerCount += 1
  }

  private func restoreComponents(
    _ places: [Int], _ row: inout RowReader, base: Int64
  ) throws(RowDamage) {
    let count = try row.count()
    guard places.allSatisfy({ $0 < count }) else { throw RowDamage("a customer that is not there") }
    let made = (0..<count).map { _ in components.take() }
    for (at, index) in run.members.enumerated() {
      let component = made[places[at]]
      identifiers[index].component = component
      let head = components[component].head
      if head == 0 {
        components[component].head = index
        identifiers[index].nextInComponent = index
      } else {
        identifiers[index].nextInComponent = identifiers[head].nextInComponent
        identifiers[head].nextInComponent = index
      }
      components[component].size += 1
    }
    for component in made {
      guard components[component].size > 0 else { throw RowDamage("a customer of nobody") }
      let place = try row.integer()
      guard place > 0 else { continue }
      guard place <= run.members.count else { throw RowDamage("a founder that is not there") }
      let founder = run.members[place - 1]
      components[component].merges = UInt16(truncatingIfNeeded: try row.unsigned())
      let isFounders = try row.byte() == 1
      let first =
        isFounders ? own(identifiers[founder].first) : own(try restoreKey(&row, base: base))
      components[component].first = first
      components[component].founder = founder
      components[component].id = id(of: founder, second: false)
      components[component].shard = households[identifiers[founder].household].shard
      customerCount += 1
    }
  }

  private func restoreLink(
    _ head: UInt8, _ household: UInt32, _ row: inout RowReader, base: Int64
  ) throws(RowDamage) {
    let link = links.take()
    links[link].strong = try restoreMember(&row)
    links[link].weak = try restoreMember(&row)
    links[link].state = try state(head)
    let first = own(try restoreKey(&row, base: base))
    let last = head & 8 != 0 ? own(first) : own(try restoreKey(&row, base: base))
    links[link].first = first
    links[link].last = last
    attach(link)
    if links[link].state.isRefused {
      identifiers[links[link].strong].refused += 1
      identifiers[links[link].weak].refused += 1
    }
    note(first.time, isRefused: links[link].state.isRefused, in: household)
  }

  private func restoreBundle(
    _ head: UInt8, _ household: UInt32, _ row: inout RowReader, base: Int64
  ) throws(RowDamage) {
    let bundle = try restoreNumber(&row)
    let lives = try row.integer()
    var list: [UInt32] = []
    for _ in 0..<(try row.count()) {
      let place = try row.integer()
      guard place <= run.members.count else { throw RowDamage("a member that is not there") }
      list.append(place == 0 ? 0 : run.members[place - 1])
    }
    guard let owner = list.first(where: { $0 != 0 }), list.count <= Limits.identifiersPerRecordMax,
      (1...list.count).contains(lives), bundles.place(bundle), bundles[bundle].count == 0
    else { throw RowDamage("a bundle that cannot be") }
    setMembers(bundle, list)
    bundles[bundle].lives = UInt16(lives)
    bundles[bundle].owner = owner
    bundles[bundle].next = identifiers[owner].bundles
    identifiers[owner].bundles = bundle
    bundles[bundle].state = try state(head)
    let first = own(try restoreKey(&row, base: base))
    let last = head & 8 != 0 ? own(first) : own(try restoreKey(&row, base: base))
    bundles[bundle].first = first
    bundles[bundle].last = last
    for index in list where index != 0 {
      identifiers[index].uses += 1
      if bundles[bundle].state.isRefused { identifiers[index].refused += 1 }
    }
    note(first.time, isRefused: bundles[bundle].state.isRefused, in: household)
  }

  private func state(_ head: UInt8) throws(RowDamage) -> LinkState {
    guard let state = LinkState(rawValue: head & 7) else { throw RowDamage("a state that is none") }
    return state
  }

  private func restoreMember(_ row: inout RowReader) throws(RowDamage) -> UInt32 {
    let place = try row.integer()
    guard place < run.members.count else { throw RowDamage("a member that is not there") }
    return run.members[place]
  }

  private func restoreNumber(_ row: inout RowReader) throws(RowDamage) -> UInt32 {
    let number = try row.unsigned()
    guard number > 0, number < 1 << 30 else { throw RowDamage("a number that cannot be") }
    return UInt32(number)
  }
}
