import JourneyModel

/// Reads fields from the members of a JSON object.
struct FieldReader: StateFields {
  private let members: [JSONValue.Member]
  private unowned let scribe: StateScribe
  /// Where the next one is looked for first: lines are mostly as they were written.
  private var place = 0

  init(_ value: JSONValue, _ scribe: StateScribe) throws(LineProblem) {
    guard case .object(let members) = value else { throw LineProblem("it is no object") }
    self.members = members
    self.scribe = scribe
  }

  private mutating func find(_ name: String) -> JSONValue? {
    for index in place..<members.count where members[index].name == name {
      place = index + 1
      return members[index].value
    }
    return members.first { $0.name == name }?.value
  }

  private mutating func need(_ name: String) throws(LineProblem) -> JSONValue {
    guard let value = find(name) else { throw LineProblem("“\(name)” is missing") }
    return value
  }

  private func wrong(_ name: String, _ what: String) -> LineProblem {
    LineProblem("“\(name)” is not \(what)")
  }

  private mutating func string(_ name: String) throws(LineProblem) -> String {
    guard case .string(let text) = try need(name) else { throw wrong(name, "a text") }
    return text
  }

  /// Text, or hex digits under the other name; nil where there is neither.
  private mutating func bytesIfAny(_ name: String) throws(LineProblem) -> [UInt8]? {
    if let value = find(name) {
      guard case .string(let text) = value else { throw wrong(name, "a text") }
      return Array(text.utf8)
    }
    guard let value = find(name + "_bytes") else { return nil }
    guard case .string(let digits) = value, let bytes = bytes(ofHex: digits) else {
      throw wrong(name + "_bytes", "made of hex digits")
    }
    return bytes
  }

  mutating func text(_ name: String, _ value: inout [UInt8]) throws(LineProblem) {
    guard let bytes = try bytesIfAny(name) else { throw LineProblem("“\(name)” is missing") }
    value = bytes
  }

  mutating func moment(_ name: String, _ value: inout Moment) throws(LineProblem) {
    value = try Self.moment(try need(name), name)
  }

  mutating func moment(_ name: String, _ value: inout Moment, none: Moment) throws(LineProblem) {
    value = none
    if let found = find(name) { value = try Self.moment(found, name) }
  }

  private static func moment(_ value: JSONValue, _ name: String) throws(LineProblem) -> Moment {
    switch value {
    case .string(let text): if let moment = Moment(rfc3339: text) { return moment }
    case .number(let number):
      if let milliseconds = Int64(exactly: number) { return Moment(milliseconds) }
    case .digits(let digits): if let milliseconds = Int64(digits) { return Moment(milliseconds) }
    case .null, .bool, .list, .object: break
    }
    throw LineProblem("“\(name)” is not a time")
  }

  mutating func name(_ name: String, _ value: inout NameID) throws(LineProblem) {
    value = try scribe.name(try string(name))
  }

  mutating func whole(_ name: String, _ value: inout Int) throws(LineProblem) {
    guard case .number(let number) = try need(name), let whole = Int(exactly: number) else {
      throw wrong(name, "a whole number")
    }
    value = whole
  }

  mutating func number(_ name: String, _ value: inout Double) throws(LineProblem) {
    value = .nan
    guard let found = find(name) else { return }
    switch found {
    case .number(let number): value = number
    case .digits(let digits): value = Double(digits) ?? .nan
    case .null, .bool, .string, .list, .object: throw wrong(name, "a number")
    }
  }

  mutating func flag(_ name: String, _ value: inout Bool) throws(LineProblem) {
    value = false
    guard let found = find(name) else { return }
    guard case .bool(let flag) = found else { throw wrong(name, "true or false") }
    value = flag
  }

  mutating func word<T: Equatable>(
    _ name: String, _ value: inout T?, _ words: [(T, String)]
  ) throws(LineProblem) {
    value = nil
    guard let found = find(name) else { return }
    guard case .string(let text) = found, let known = words.first(where: { $0.1 == text }) else {
      throw wrong(name, "one of " + words.map(\.1).joined(separator: ", "))
    }
    value = known.0
  }

  mutating func id(_ name: String, _ prefix: String, _ value: inout UInt64?) throws(LineProblem) {
    value = nil
    guard let found = find(name) else { return }
    guard case .string(let text) = found, text.hasPrefix(prefix),
      let number = unhex(text.dropFirst(prefix.count))
    else { throw wrong(name, "\(prefix) with 16 hex digits") }
    value = number
  }

  mutating func stem(_ name: String, _ value: inout StemRef) throws(LineProblem) {
    switch try need(name) {
    case .string(let text): value = try scribe.stem(.identifier(text))
    case let object:
      var bundle = BundleName.blank
      var reader = try FieldReader(object, scribe)
      try bundle.describe(&reader)
      value = try scribe.stem(.bundle(bundle))
    }
  }

  mutating func sent(_ name: String, _ value: inout SentValue?) throws(LineProblem) {
    value = nil
    guard let found = find(name) else { return }
    var sent = SentValue(found)
    if let text = try bytesIfAny(name + "_as_sent") { sent.text = text }
    value = sent
  }

  mutating func attributes(_ name: String, _ value: inout [UInt8]) throws(LineProblem) {
    value = []
    guard let found = find(name) else { return }
    guard case .object(let attributes) = found else { throw wrong(name, "an object") }
    var asSent: FieldReader?
    if let texts = find(name + "_as_sent") { asSent = try FieldReader(texts, scribe) }
    for attribute in attributes {
      var sent = SentValue(attribute.value)
      if let text = try asSent?.bytesIfAny(attribute.name) { sent.text = text }
      AttributeBytes.append(try scribe.name(attribute.name), sent, to: &value)
    }
  }

  mutating func part<T: Described>(_ name: String, _ value: inout T?) throws(LineProblem) {
    value = nil
    guard let found = find(name) else { return }
    do throws(LineProblem) {
      var reader = try FieldReader(found, scribe)
      var part = T.blank
      try part.describe(&reader)
      value = part
    } catch { throw LineProblem("\(name): \(error.message)") }
  }

  mutating func texts(_ name: String, _ value: inout [String?]) throws(LineProblem) {
    value = []
    guard let found = find(name) else { return }
    guard case .list(let items) = found else { throw wrong(name, "a list") }
    for item in items {
      switch item {
      case .string(let text): value.append(text)
      case .null: value.append(nil)
      case .bool, .number, .digits, .list, .object: throw wrong(name, "a list of texts")
      }
    }
  }

  mutating func list<T: Described>(_ name: String, _ value: inout [T]) throws(LineProblem) {
    value = []
    guard let found = find(name) else { return }
    guard case .list(let items) = found else { throw wrong(name, "a list") }
    value.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      do throws(LineProblem) {
        var reader = try FieldReader(item, scribe)
        var element = T.blank
        try element.describe(&reader)
        value.append(element)
      } catch { throw LineProblem("\(name)[\(index)]: \(error.message)") }
    }
  }

  mutating func shown(_ name: String, _ value: @autoclosure () -> String?) {}
}
