internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import StateStore
internal import Supervision

/// What a state has beside who is who and customers.
struct StateFacts {
  var names = NameTable()
  var kept = RuntimeRows()
  /// When each rule was first loaded, by name.
  var rules: [(name: String, firstLoaded: Moment)] = []
  var secret: [UInt8]?

  init() {}

  init(_ source: any RowSource) throws(Failure) {
    do throws(StoreFailure) {
      let names = try source.rows(.name)
      let runtime = try source.rows(.runtime)
      let rules = try source.rows(.rule)
      secret = try source.value(0, StateRow.secretKey)
      do throws(RowDamage) {
        self.names = try Engine.names(in: names)
        kept = try RuntimeRows(runtime)
        for row in rules {
          var reader = RowReader(row.value ?? [])
          let name = String(decoding: row.key.dropFirst(), as: UTF8.self)
          self.rules.append((name, try reader.moment()))
        }
      } catch { throw .damaged(error.message) }
    } catch { throw StateCopy.failure(error) }
    rules.sort { $0.name < $1.name }
  }
}

// The first line of an export.
extension StateFacts {
  static let format = 1

  /// - Parameter copiedAt: when the copy was last made whole.
  func line(group: String, copiedAt: Moment?) -> [UInt8] {
    var out = JSONWriter(reserving: 1024)
    out.object {
      $0.member("journeyd", "state")
      $0.member("format", Self.format)
      $0.member("version", journeydVersion)
      $0.member("group", group)
      if let clock = kept.clock { $0.member("clock", clock) }
      if let copiedAt { $0.member("copied", copiedAt) }
      $0.member("personal_data", true)
      $0.key("identifiers")
      $0.list { list in for kind in kept.kinds ?? [] { list.kind(kind) } }
      $0.member("secret", hexText(secret ?? []))
      $0.key("rules")
      $0.list { list in
        for rule in rules {
          list.object {
            $0.member("suggestion", rule.name)
            $0.member("first_loaded", rule.firstLoaded)
          }
        }
      }
      $0.key("inputs")
      $0.list { list in
        for (place, progress) in kept.partitions.sorted(by: { $0.key < $1.key }) {
          list.object {
            $0.member("topic", place.topic)
            $0.member("partition", Int(place.partition))
            if let newest = progress.newest { $0.member("newest", newest) }
            if let next = progress.next { $0.member("next_offset", Int(next.rawValue)) }
          }
        }
      }
    }
    return out.bytes
  }

  /// Reads the first line; the names are those to come.
  init(line: JSONValue) throws(LineProblem) {
    guard line["journeyd"] == .string("state") else {
      throw LineProblem(
        line["journeyd"] == .string("customer")
          ? "it is of one customer alone, which is no state" : "it is not the export of a state")
    }
    guard case .number(let format) = line["format"], format <= Double(Self.format) else {
      throw LineProblem("it is of a newer version of journeyd, \(line.text("version") ?? "?")")
    }
    if line["clock"] != nil { kept.clock = try line.moment("clock") }
    kept.kinds = try line.items("identifiers").map { (item) throws(LineProblem) in
      try IdentityPlan.Kind(item)
    }
    guard let digits = line.text("secret"), let secret = bytes(ofHex: digits),
      (16...64).contains(secret.count)
    else { throw LineProblem("“secret” is not 16 to 64 bytes in hex digits") }
    self.secret = secret
    for item in try line.items("rules") {
      guard let name = item.text("suggestion") else {
        throw LineProblem("“suggestion” is missing")
      }
      rules.append((name, try item.moment("first_loaded")))
    }
    for item in try line.items("inputs") { try take(input: item) }
  }

  private mutating func take(input: JSONValue) throws(LineProblem) {
    guard let topic = input.text("topic"), let partition = input.whole("partition"),
      let number = Int32(exactly: partition)
    else { throw LineProblem("“topic” or “partition” is missing") }
    var progress = RuntimeRows.Progress()
    if input["newest"] != nil { progress.newest = try input.moment("newest") }
    progress.next = input.whole("next_offset").map { Offset($0) }
    kept.partitions[TopicPartition(topic, number)] = progress
  }
}

extension JSONWriter {
  fileprivate mutating func kind(_ kind: IdentityPlan.Kind) {
    object {
      $0.member("name", kind.name)
      $0.member("unique", kind.unique)
      $0.member("shared", kind.shared)
      $0.member("normalize", kind.normalize.rawValue)
    }
  }
}

extension IdentityPlan.Kind {
  fileprivate init(_ value: JSONValue) throws(LineProblem) {
    guard let name = value.text("name"),
      let normalize = value.text("normalize").flatMap(IdentityPlan.Normalization.init(rawValue:))
    else { throw LineProblem("“name” or “normalize” of an identifier is not what can be") }
    self.init(
      name, unique: value["unique"] == .bool(true), shared: value["shared"] == .bool(true),
      normalize: normalize)
  }
}

// Looking into lines.
extension JSONValue {
  subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  func text(_ name: String) -> String? {
    guard case .string(let text) = self[name] else { return nil }
    return text
  }

  func whole(_ name: String) -> Int64? {
    guard case .number(let number) = self[name] else { return nil }
    return Int64(exactly: number)
  }

  func moment(_ name: String) throws(LineProblem) -> Moment {
    guard let text = text(name), let moment = Moment(rfc3339: text) else {
      throw LineProblem("“\(name)” is not a time")
    }
    return moment
  }

  func items(_ name: String) throws(LineProblem) -> [JSONValue] {
    guard case .list(let items) = self[name] else {
      throw LineProblem("“\(name)” is not a list")
    }
    return items
  }
}
