package import JourneyModel

// The state as rows: one per household, one per erased hash, and one of numbers. Those of identifiers and bundles, and
// so stems, are kept; those of customers are not.
extension WhoIsWho {
  /// The format that is written.
  package static let rowFormat: UInt8 = 1

  /// All rows that changed since the last call, deleted ones without a value. Only with ``collectsRows``.
  package func takeChangedRows() -> [StateRow] {
    var rows: [StateRow] = []
    for household in dirty {
      let key = rowKey(.household, households[household].row)
      households[household].isDirty = false
      if households[household].size == 0 {
        if households[household].isWritten {
          rows.append(StateRow(partition: 0, key: key, value: nil))
          if memory != nil { goneRows.insert(households[household].row) }
        }
        leave(household)
      } else {
        households[household].isWritten = true
        rows.append(row(of: household))
      }
    }
    dirty.removeAll(keepingCapacity: true)
    for hash in Set(changedErasures) {
      let key = rowKey(.erasure, hash.high, hash.low)
      rows.append(StateRow(partition: 0, key: key, value: erasures[hash].map(encode)))
    }
    changedErasures.removeAll(keepingCapacity: true)
    if !rows.isEmpty { rows.append(numbersRow()) }
    return rows
  }

  /// The row of a household.
  func row(of household: UInt32) -> StateRow {
    let silence = silence(of: household)
    let marks = marksDigest(of: household, silence)
    defer { households[household].marksTold = marks }
    return StateRow(
      partition: 0, key: rowKey(.household, households[household].row),
      value: encode(household, silence), keepsMarks: marks == households[household].marksTold)
  }

  /// Another for other identifiers, or another silence.
  func marksDigest(of household: UInt32, _ silence: Moment?) -> UInt64 {
    var digest = RowDigest()
    if let silence { digest.add(UInt64(bitPattern: silence.milliseconds)) }
    var sum: UInt64 = 0
    forEachMember(of: household) { index in
      var each = RowDigest()
      each.add(UInt64(identifiers[index].number) << 32 | UInt64(identifiers[index].hash))
      sum &+= each.value
    }
    digest.add(sum)
    return digest.value
  }

  /// What is to be known of those who are not in memory: how many there are, and which numbers they have.
  func numbersRow() -> StateRow {
    var row = RowWriter(reserving: 24)
    row.byte(WhoIsWho.rowFormat)
    row.count(customerCount)
    row.unsigned(UInt64(identifierNumbers.next))
    row.unsigned(UInt64(bundleNumbers.next))
    row.unsigned(nextRow)
    return StateRow(partition: 0, key: StateRow.numbersKey, value: row.bytes)
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

  private func encode(_ household: UInt32, _ silence: Moment?) -> [UInt8] {
    gatherMembers(household)
    gatherEvents()
    var row = RowWriter(reserving: 64 + run.members.count * 48)
    row.byte(WhoIsWho.rowFormat)
    row.count(Int(households[household].shard))
    let base = baseTime()
    row.signed(base)
    write(silence: silence, &row, base: base)
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

  private func write(silence: Moment?, _ row: inout RowWriter, base: Int64) {
    row.byte(silence == nil ? 0 : 1)
    if let silence { row.signed(silence.milliseconds &- base) }
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
    row.unsigned(UInt64(record.number))
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
    row.unsigned(UInt64(record.number))
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
