internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// What the runtime keeps in the state beside the engine's rows: how far the clock was, which partitions are known
/// and the newest event time of each, and what of the configuration is fixed with the state.
struct RuntimeRows {
  /// How far an input partition was read.
  struct Progress: Equatable {
    /// The newest event time in it.
    var newest: Moment?
    /// Where reading goes on; nil in the rows of the release before.
    var next: Offset?
  }

  var clock: Moment?
  /// Every input partition that was ever read.
  var partitions: [TopicPartition: Progress] = [:]
  var kinds: [IdentityPlan.Kind]?
  /// When an import began that was not finished.
  private(set) var importBegun: Moment?
  private var writtenClock: Moment?
  private var written: [TopicPartition: Progress] = [:]
  private var writtenKinds: [IdentityPlan.Kind]?

  private static let clockKey = UInt8(ascii: "c")
  private static let partitionKey = UInt8(ascii: "p")
  private static let identityKey = UInt8(ascii: "i")
  private static let importKey = UInt8(ascii: "m")

  init() {}

  /// Reads the rows of a state; rows of other kinds are passed.
  init(_ rows: [StateRow]) throws(RowDamage) {
    for row in rows where row.key.first == RowKind.runtime.rawValue && row.key.count > 1 {
      guard let value = row.value else { continue }
      var reader = RowReader(value)
      switch row.key[1] {
      case Self.clockKey: clock = try reader.moment()
      case Self.partitionKey:
        var key = RowReader(Array(row.key[2...]))
        let topic = try key.string()
        let place = TopicPartition(topic, Int32(clamping: try key.integer()))
        partitions[place] = try Self.progress(&reader)
      case Self.identityKey: kinds = try Self.kinds(&reader)
      case Self.importKey: importBegun = try reader.moment()
      default: break
      }
    }
    (writtenClock, written, writtenKinds) = (clock, partitions, kinds)
  }

  /// The rows that changed since the last call.
  mutating func takeChanged() -> [StateRow] {
    var rows: [StateRow] = []
    if let clock, clock != writtenClock {
      var value = RowWriter(reserving: 10)
      value.moment(clock)
      rows.append(Self.row([Self.clockKey], value))
    }
    for (place, progress) in partitions.sorted(by: { $0.key < $1.key })
    where written[place] != progress {
      var key = RowWriter(reserving: 64)
      key.byte(Self.partitionKey)
      key.text(place.topic)
      key.count(Int(place.partition))
      var value = RowWriter(reserving: 16)
      value.byte(progress.newest == nil ? 0 : 1)
      if let newest = progress.newest { value.moment(newest) }
      if let next = progress.next { value.signed(next.rawValue) }
      rows.append(Self.row(key.bytes, value))
    }
    if let kinds, kinds != writtenKinds {
      var value = RowWriter(reserving: 128)
      value.count(kinds.count)
      for kind in kinds {
        value.text(kind.name)
        value.byte((kind.unique ? 1 : 0) | (kind.shared ? 2 : 0))
        value.text(kind.normalize.rawValue)
      }
      rows.append(Self.row([Self.identityKey], value))
    }
    (writtenClock, written, writtenKinds) = (clock, partitions, kinds)
    return rows
  }

  /// The row that stands in the state while an import is under way; nil as a time: it is finished.
  static func importRow(begun: Moment?) -> StateRow {
    var value = RowWriter(reserving: 10)
    if let begun { value.moment(begun) }
    let key = [RowKind.runtime.rawValue, importKey]
    return StateRow(partition: 0, key: key, value: begun == nil ? nil : value.bytes)
  }

  /// What speaks against going on with this state and these identifier types; takes them over where nothing does.
  mutating func refusal(_ plan: IdentityPlan) -> Failure? {
    if let importBegun {
      return Failure(
        .configurationInvalid,
        "an import into this group began at \(importBegun.rfc3339) and was not finished",
        cure: "run journeyd state import again, with the same file or another one")
    }
    return refusalOfTypes(plan)
  }

  private mutating func refusalOfTypes(_ plan: IdentityPlan) -> Failure? {
    let now = plan.kinds.map {
      IdentityPlan.Kind($0.name, unique: $0.unique, shared: $0.shared, normalize: $0.normalize)
    }
    for (place, before) in (kinds ?? []).enumerated() {
      guard place < now.count, now[place].name == before.name else {
        return Failure(
          .configurationInvalid,
          "the state knows “\(before.name)” as identifier type number \(place + 1), and the configuration does not",
          cure: "keep the types that are there in their order, and add new ones behind them;"
            + " or begin another group")
      }
      guard now[place] == before else {
        return Failure(
          .configurationInvalid,
          "unique, shared or normalize of “\(before.name)” is another than the state was made with",
          cure:
            "set it back, or begin another group, which reads all again")
      }
    }
    kinds = now
    return nil
  }

  private static func progress(_ reader: inout RowReader) throws(RowDamage) -> Progress {
    var progress = Progress()
    if try reader.byte() != 0 { progress.newest = try reader.moment() }
    if !reader.isAtEnd { progress.next = Offset(try reader.signed()) }
    return progress
  }

  private static func kinds(_ reader: inout RowReader) throws(RowDamage) -> [IdentityPlan.Kind] {
    var kinds: [IdentityPlan.Kind] = []
    for _ in 0..<(try reader.count()) {
      var kind = IdentityPlan.Kind(try reader.string())
      let flags = try reader.byte()
      (kind.unique, kind.shared) = (flags & 1 != 0, flags & 2 != 0)
      kind.normalize = IdentityPlan.Normalization(rawValue: try reader.string()) ?? .none
      kinds.append(kind)
    }
    return kinds
  }

  private static func row(_ key: [UInt8], _ value: RowWriter) -> StateRow {
    StateRow(partition: 0, key: [RowKind.runtime.rawValue] + key, value: value.bytes)
  }
}
