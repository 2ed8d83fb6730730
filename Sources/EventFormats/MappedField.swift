internal import JourneyModel

/// A constant of the configuration, kept as long as its reader.
final class ConstantJSON {
  private let document: JSONDocument
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  let ref: JSONRef

  init(_ value: JSONValue) throws(PlanProblem) {
    var out = JSONWriter()
    out.value(value)
    bytes = .allocate(capacity: out.bytes.count)
    _ = bytes.initialize(from: out.bytes)
    document = JSONDocument()
    do throws(Rejection) {
      ref = try document.parse(UnsafeBufferPointer(bytes))
    } catch {
      bytes.deallocate()
      throw PlanProblem("a constant cannot be used: \(error.message)")
    }
  }

  deinit { bytes.deallocate() }
}

/// One field of a map, compiled.
final class MappedField {
  enum Origin {
    case pointer(JSONPointer)
    case const(ConstantJSON)
    case recordKey, recordTimestamp, recordPosition
    case header([UInt8])
  }

  enum Otherwise {
    case value(ConstantJSON)
    case skip
  }

  let origin: Origin
  let values: [(from: [UInt8], to: ConstantJSON)]?
  let otherwise: Otherwise?
  let conversion: MappingPlan.Conversion?
  let scale: ScalePlan?
  let timeForm: MappingPlan.TimeForm

  init(_ plan: MappingPlan.Field) throws(PlanProblem) {
    switch plan.origin {
    case .pointer(let text): origin = .pointer(try JSONPointer(text))
    case .const(let value): origin = .const(try ConstantJSON(value))
    case .recordKey: origin = .recordKey
    case .recordTimestamp: origin = .recordTimestamp
    case .recordPosition: origin = .recordPosition
    case .header(let name): origin = .header(Array(name.utf8))
    }
    if let pairs = plan.values {
      var compiled: [(from: [UInt8], to: ConstantJSON)] = []
      for pair in pairs { compiled.append((Array(pair.from.utf8), try ConstantJSON(pair.to))) }
      values = compiled
    } else {
      values = nil
    }
    switch plan.otherwise {
    case nil: otherwise = nil
    case .skip: otherwise = .skip
    case .value(let value): otherwise = .value(try ConstantJSON(value))
    }
    conversion = plan.conversion
    scale = plan.scale
    timeForm = plan.timeForm
  }

  static func make(_ plan: MappingPlan.Field?) throws(PlanProblem) -> MappedField? {
    guard let plan else { return nil }
    return try MappedField(plan)
  }
}

/// A JSON Pointer (RFC 6901), cut and unescaped.
package struct JSONPointer {
  fileprivate struct Part {
    let name: [UInt8]
    /// Where it can name an element of a list.
    let index: Int?
  }

  private let parts: [Part]

  /// Refuses what does not begin with `/`, or has a `~` that is neither `~0` nor `~1`.
  package init(_ text: String) throws(PlanProblem) {
    guard text.utf8.first == UInt8(ascii: "/") else {
      throw PlanProblem("a JSON Pointer begins with “/”, not as “\(text)” does")
    }
    var parts: [Part] = []
    for part in Array(text.utf8).split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
    )
    .dropFirst() {
      parts.append(try Part(part, of: text))
    }
    self.parts = parts
  }

  /// What the pointer finds; absent where it finds nothing.
  func find(in root: JSONRef) -> JSONRef {
    var value = root
    for part in parts {
      switch value.kind {
      case .object: value = part.name.withUnsafeBufferPointer { value.member($0) }
      case .list:
        guard let index = part.index else { return .absent }
        var elements = value.elements.dropFirst(index).makeIterator()
        value = elements.next()?.value ?? .absent
      case .absent, .unfit, .null, .false, .true, .integer, .real, .string: return .absent
      }
    }
    return value
  }
}

extension JSONPointer.Part {
  fileprivate init(_ part: ArraySlice<UInt8>, of text: String) throws(PlanProblem) {
    var name: [UInt8] = []
    var rest = part
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "~") else {
        name.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "0"): name.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): name.append(UInt8(ascii: "/"))
      default: throw PlanProblem("in “\(text)” a “~” is neither “~0” nor “~1”")
      }
    }
    self.name = name
    let isIndex =
      part.allSatisfy { $0 &- 48 < 10 } && (part.count == 1 || part.first != UInt8(ascii: "0"))
    index = isIndex ? Int(String(decoding: part, as: UTF8.self)) : nil
  }
}

/// The values of a record's mapped fields, as far as they were asked for.
struct MappedValues {
  let root: JSONRef
  /// Whether a field said to leave the record out.
  private(set) var isSkipped = false

  init(root: JSONRef) { self.root = root }

  mutating func value(
    _ field: MappedField?, _ record: borrowing InputRecord, _ scratch: inout Scratch
  ) -> JSONRef {
    guard let field else { return .absent }
    let found = origin(field, record, &scratch)
    let chosen = choose(field, found)
    switch field.conversion {
    case nil: return chosen
    case .number: return chosen.asJSONNumber
    case .text: return chosen.asText
    }
  }

  mutating func time(
    _ field: MappedField?, _ record: borrowing InputRecord, _ scratch: inout Scratch
  ) -> Draft.Time {
    guard let field else { return .missing }
    if case .recordTimestamp = field.origin, field.values == nil, field.otherwise == nil {
      return record.timestamp.map { .moment($0) } ?? .missing
    }
    let value = value(field, record, &scratch)
    switch field.timeForm {
    case .rfc3339: return .text(value)
    case .epochSeconds: return .epoch(value, millisecondsDigits: 3)
    case .epochMilliseconds: return .epoch(value, millisecondsDigits: 0)
    }
  }

  private func origin(
    _ field: MappedField, _ record: borrowing InputRecord, _ scratch: inout Scratch
  ) -> JSONRef {
    switch field.origin {
    case .pointer(let pointer): return pointer.find(in: root)
    case .const(let constant): return constant.ref
    case .recordKey: return record.key.map { .header($0) } ?? .absent
    case .recordTimestamp:
      guard let moment = record.timestamp else { return .absent }
      if field.conversion == .number {
        return JSONRef(.integer, scratch.hold(String(moment.milliseconds).utf8))
      }
      return JSONRef(.string, scratch.hold(moment.rfc3339.utf8))
    case .recordPosition:
      let position = "\(record.topic)/\(record.partition)/\(record.offset)"
      return JSONRef(.string, scratch.hold(position.utf8))
    case .header(let name):
      var found = JSONRef.absent
      record.headers?.forEach { other, value in
        let isNamed = name.withUnsafeBufferPointer { $0.isSame(as: other) }
        if isNamed { found = value.map { .header($0) } ?? .absent }
      }
      return found
    }
  }

  /// By `values` and `otherwise`.
  private mutating func choose(_ field: MappedField, _ found: JSONRef) -> JSONRef {
    if !found.isNothing {
      guard let values = field.values else { return found }
      for (from, to) in values where from.count == found.text.count {
        if found.kind != .unfit, from.withUnsafeBufferPointer({ $0.isSame(as: found.text) }) {
          return to.ref
        }
      }
    }
    switch field.otherwise {
    case nil: return found.kind == .null ? found : .absent
    case .value(let constant): return constant.ref
    case .skip:
      isSkipped = true
      return .absent
    }
  }
}

extension JSONRef {
  /// A text that is a JSON number as that; unfit where it is none.
  fileprivate var asJSONNumber: JSONRef {
    switch kind {
    case .absent, .null, .unfit, .integer, .real: return self
    case .string:
      guard text.isJSONNumber else { return .unfit }
      let isWhole = text.allSatisfy { $0 &- 48 < 10 || $0 == UInt8(ascii: "-") }
      return JSONRef(isWhole ? .integer : .real, text)
    case .false, .true, .list, .object: return .unfit
    }
  }

  /// A number, or true and false, as a text; unfit where it is a list or an object.
  fileprivate var asText: JSONRef {
    switch kind {
    case .absent, .null, .unfit, .string: self
    case .integer, .real, .false, .true: JSONRef(.string, text)
    case .list, .object: .unfit
    }
  }
}
