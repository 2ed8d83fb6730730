package import JourneyModel

// What is known, back from its rows.
extension WhoIsWho {
  /// Takes in a row that ``takeChangedRows()`` gave, each key's last one only, into a state that was empty, or what of
  /// it is in memory.
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
    case RowKind.numbers.rawValue: try restoreNumbers(&reader)
    default: throw RowDamage("a row that is not of who is who")
    }
    guard reader.isAtEnd else { throw RowDamage("a row with more behind its end") }
  }

  private func restoreNumbers(_ row: inout RowReader) throws(RowDamage) {
    customersTold = try row.integer()
    identifierNumbers.skip(to: try restoreNumber(&row, most: identifierNumbers.bound))
    bundleNumbers.skip(to: try restoreNumber(&row, most: bundleNumbers.bound))
    nextRow = max(nextRow, try row.unsigned())
  }

  /// A key whose rest stands in a scratch block.
  private func restoreKey(_ row: inout RowReader, base: Int64) throws(RowDamage) -> Key {
    var key = Key(time: base &+ (try row.signed()), source: try row.name().rawValue)
    let id = try row.text()
    guard id.count <= WhoIsWho.scratchBytes else { throw RowDamage("an id is too long") }
    if !id.isEmpty { id.withUnsafeBufferPointer { fill(&key, $0, at: rowScratch) } }
    return key
  }
}

// Households.
extension WhoIsWho {
  private func restoreHousehold(_ number: UInt64, _ row: inout RowReader) throws(RowDamage) {
    guard self.household(ofRow: number) == 0, number < .max else {
      throw RowDamage("a household that is there twice")
    }
    let household = households.take()
    enter(household, row: number)
    households[household].isWritten = true
    let shard = try row.integer()
    guard shard < Int(shards) else { throw RowDamage("a household on a shard that is not there") }
    households[household].shard = UInt16(shard)
    let base = try row.signed()
    // What follows tells others only.
    if try row.byte() == 1 { _ = try row.signed() }
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
    let number = try restoreNumber(&row, most: identifierNumbers.bound - 1)
    let name = try row.name()
    guard let type = typeNames.firstIndex(of: name) else {
      throw RowDamage("an identifier of a type that is not configured")
    }
    let value = try row.text()
    guard !value.isEmpty, value.count <= Limits.identifierBytesMax,
      identifierNumbers.find(number) == 0
    else { throw RowDamage("an identifier that cannot be") }
    let flags = Flags(rawValue: try row.byte())
    let component = try row.integer()
    let index = identifiers.take()
    identifiers[index].number = number
    identifierNumbers.enter(number, index)
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
    settle(index, in: household, behind: run.members.last)
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
    let number = try restoreNumber(&row, most: bundleNumbers.bound - 1)
    let lives = try row.integer()
    var list: [UInt32] = []
    for _ in 0..<(try row.count()) {
      let place = try row.integer()
      guard place <= run.members.count else { throw RowDamage("a member that is not there") }
      list.append(place == 0 ? 0 : run.members[place - 1])
    }
    guard let owner = list.first(where: { $0 != 0 }), list.count <= Limits.identifiersPerRecordMax,
      (1...list.count).contains(lives), bundleNumbers.find(number) == 0
    else { throw RowDamage("a bundle that cannot be") }
    let bundle = bundles.take()
    bundles[bundle].number = number
    bundleNumbers.enter(number, bundle)
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

  private func restoreNumber(
    _ row: inout RowReader, most: UInt32
  ) throws(RowDamage) -> UInt32 {
    let number = try row.unsigned()
    guard number > 0, number <= UInt64(most) else { throw RowDamage("a number that cannot be") }
    return UInt32(number)
  }
}
