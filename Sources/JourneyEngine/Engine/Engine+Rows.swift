package import JourneyModel

// The engine's state as rows: what changed since they were last taken, and how it is built from them again.
extension Engine {
  /// The rows that changed since the last call. Only with ``Collects/rows``.
  ///
  /// Together with those of all calls before they are the whole state: ``restore(_:)`` and ``recall(from:)`` make the same engine of them.
  package func takeChangedRows() -> [StateRow] {
    finishGroup()
    var rows: [StateRow] = []
    if !isSecretTaken {
      rows.append(.secret(who.secret))
    }
    isSecretTaken = true
    for number in namesTaken..<names.count {
      rows.append(.name(NameID(UInt16(number)), names))
    }
    namesTaken = names.count
    rows.append(contentsOf: who.takeChangedRows())
    for (rule, moment) in firstLoaded.sorted(by: { $0.key < $1.key })
    where rulesTaken.insert(rule).inserted {
      rows.append(.rule(rule, firstLoaded: moment))
    }
    for part in ofEachWorker({ $0.takeChangedRows() }) { rows.append(contentsOf: part) }
    return rows
  }

  /// The names of a state: what an engine that is to be restored from its rows must be made with.
  ///
  /// - Throws: ``RowDamage`` where a number is missing or a name has two.
  package static func names(in rows: some Sequence<StateRow>) throws(RowDamage) -> NameTable {
    var known: [(number: UInt16, text: String)] = []
    for row in rows where row.key.first == RowKind.name.rawValue {
      known.append(
        (
          row.key.dropFirst().reduce(0) { $0 << 8 | UInt16($1) },
          String(decoding: row.value ?? [], as: UTF8.self)
        ))
    }
    let names = NameTable()
    for (number, text) in known.sorted(by: { $0.number < $1.number })
    where names.intern(text) != NameID(number) {
      throw RowDamage("the name “\(text)” has another number")
    }
    return names
  }

  /// The secret by which a state remembers erased identifiers; nil where it has none yet.
  package static func secret(in rows: some Sequence<StateRow>) -> [UInt8]? {
    for row in rows where row.key == StateRow.secretKey { return row.value }
    return nil
  }

  /// Takes in the rows of a state but those of households and customers, which are recalled when they are needed; the
  /// engine must be new and made with its ``names(in:)``.
  ///
  /// - Throws: ``RowDamage`` where a row does not read as it was written.
  package func restore(_ rows: some Sequence<StateRow>) throws(RowDamage) {
    var nameRows = 0
    for row in rows where row.value != nil {
      switch row.key.first.flatMap(RowKind.init(rawValue:)) {
      case .name: nameRows += 1
      case .erasure where row.key == StateRow.secretKey: isSecretTaken = true
      case .erasure, .numbers: try who.restore(row)
      case .rule:
        var reader = RowReader(row.value ?? [])
        let rule = String(decoding: row.key.dropFirst(), as: UTF8.self)
        firstLoaded[rule] = try reader.moment()
        rulesTaken.insert(rule)
      case .household, .customer, .runtime, nil: break
      }
    }
    namesTaken = nameRows
  }
}

// Each kind of row, as it is keyed and where it lies.
extension StateRow {
  package static let secretKey = [RowKind.erasure.rawValue]

  package static func secret(_ secret: [UInt8]) -> StateRow {
    StateRow(partition: 0, key: secretKey, value: secret)
  }

  static func name(_ id: NameID, _ names: NameTable) -> StateRow {
    StateRow(
      partition: 0, key: [RowKind.name.rawValue] + id.bigEndianBytes,
      value: Array(names.text(id).utf8))
  }

  package static func rule(_ rule: String, firstLoaded moment: Moment) -> StateRow {
    var value = RowWriter(reserving: 10)
    value.moment(moment)
    return StateRow(
      partition: 0, key: [RowKind.rule.rawValue] + Array(rule.utf8), value: value.bytes)
  }

  package static func customerKey(_ id: CustomerID) -> [UInt8] {
    var key = RowWriter(reserving: 9)
    key.byte(RowKind.customer.rawValue)
    key.fixed(id.rawValue)
    return key.bytes
  }

  /// The id of the customer whose row lies there; nil for another row.
  static func customer(at place: RowPlace) -> CustomerID? {
    guard place.key.count == 9, place.key[0] == RowKind.customer.rawValue else { return nil }
    return CustomerID(place.key.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  static func customer(
    _ id: CustomerID, on shard: ShardID, _ value: [UInt8]?, keepsMarks: Bool = false
  ) -> StateRow {
    StateRow(
      partition: 1 + Int32(shard.rawValue), key: customerKey(id), value: value,
      keepsMarks: keepsMarks)
  }
}

extension NameID {
  fileprivate var bigEndianBytes: [UInt8] { [UInt8(rawValue >> 8), UInt8(rawValue & 0xFF)] }
}
