internal import JourneyModel

extension SettingsTable {
  /// A JSON Schema (2020-12) of a configuration, for editors.
  package static func schema() -> String {
    var writer = JSONWriter(reserving: 64 << 10)
    writer.value(
      .object(
        [
          member("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
          member("title", .string("journeyd")),
          member(
            "$defs", .object([member("condition", SchemaOf.shape(SettingsTable.conditionShape))])),
        ] + SchemaOf.record(root, nullable: true)))
    return writer.text + "\n"
  }

  private static func member(_ name: String, _ value: JSONValue) -> JSONValue.Member {
    JSONValue.Member(name, value)
  }
}

/// What JSON Schema says of a shape.
private enum SchemaOf {
  private typealias Member = JSONValue.Member

  static func shape(_ shape: Shape) -> JSONValue {
    switch shape {
    case .text(let form): text(form)
    case .bool: type("boolean")
    case .whole(let range):
      type(
        "integer", ("minimum", .number(Double(range.lowerBound))),
        ("maximum", .number(Double(range.upperBound))))
    case .number(let range):
      type("number", ("minimum", .number(range.lowerBound)), ("maximum", .number(range.upperBound)))
    case .share:
      any([
        type("number", ("minimum", .number(0)), ("maximum", .number(1))),
        pattern("^[0-9]+(\\.[0-9]+)?%$"),
      ])
    case .duration: duration
    case .durationOr(let words, _): any([choice(words), duration])
    case .size: pattern("^[0-9]+(B|KiB|MiB|GiB|TiB)$")
    case .choice(let names): choice(names)
    case .moment: type("string", ("format", .string("date-time")))
    case .clock: pattern("^([01][0-9]|2[0-4]):[0-5][0-9]$")
    case .timezone: type("string")
    case .pattern: type("string", ("format", .string("regex")))
    case .scale:
      type("array", ("items", type("number")), ("minItems", .number(2)), ("maxItems", .number(3)))
    case .json: .object([])
    case .jsonScalar:
      .object([
        Member("type", .list([.string("string"), .string("number"), .string("boolean")]))
      ])
    case .name: type("string", ("minLength", .number(1)))
    case .list(let inner, let atLeast): list(inner, atLeast)
    case .named(_, let inner):
      .object([
        Member("type", .list([.string("object"), .string("null")])),
        Member("additionalProperties", self.shape(inner)),
      ])
    case .record(let record): .object(self.record(record, nullable: false))
    case .variants(let records, _): any(records.map { .object(record($0, nullable: false)) })
    case .kinds(let scalar, let list, let map):
      any([scalar, list, map].compactMap { $0 }.map(self.shape))
    case .kafkaValue: kafka
    case .deferred: .object([Member("$ref", .string("#/$defs/condition"))])
    }
  }

  static func record(_ record: Record, nullable: Bool) -> [JSONValue.Member] {
    let required = record.settings.filter { $0.isRequired && !nullable }.map(\.name)
    var members: [Member] = [
      Member("type", .string("object")),
      Member("properties", .object(record.settings.map { Member($0.name, setting($0, nullable)) })),
      Member("additionalProperties", .bool(false)),
    ]
    if !required.isEmpty {
      members.append(Member("required", .list(required.map(JSONValue.string))))
    }
    return members
  }

  private static func setting(_ setting: Setting, _ nullable: Bool) -> JSONValue {
    guard case .object(var members) = shape(setting.shape) else { return .object([]) }
    if nullable { members = [Member("anyOf", .list([.object(members), type("null")]))] }
    members.append(Member("description", .string(setting.help)))
    if let standard = setting.standard,
      let value = YAMLReader.read(text: standard, name: "default").root
    {
      members.append(Member("default", value.json))
    }
    return .object(members)
  }

  private static let duration = pattern("^([0-9]+(ms|s|m|h|d|w))+$")

  private static let kafka: JSONValue = any(
    [
      .object([
        Member("type", .list([.string("string"), .string("number"), .string("boolean")]))
      ])
    ]
      + ["credential", "file", "env"].map { place in
        .object([
          Member("type", .string("object")),
          Member("properties", .object([Member(place, type("string"))])),
          Member("required", .list([.string(place)])),
          Member("additionalProperties", .bool(false)),
        ])
      })

  private static func list(_ inner: Shape, _ atLeast: Int) -> JSONValue {
    let item = shape(inner)
    var several: [(String, JSONValue)] = [("items", item)]
    if atLeast > 0 { several.append(("minItems", .number(Double(atLeast)))) }
    let all = type("array", several)
    return any(atLeast > 0 ? [item, all] : [item, all, type("null")])
  }

  private static func text(_ form: TextForm) -> JSONValue {
    switch form {
    case .any: type("string")
    case .notEmpty, .path: type("string", ("minLength", .number(1)))
    case .name: pattern("^[A-Za-z0-9_.-]{1,64}$")
    case .topic: pattern("^[A-Za-z0-9_.-]{1,249}$")
    case .topicPattern: pattern("^\\^")
    case .pointer: pattern("^(/([^~]|~[01])*)+$")
    }
  }

  private static func any(_ all: [JSONValue]) -> JSONValue {
    all.count == 1 ? all[0] : .object([Member("anyOf", .list(all))])
  }

  private static func choice(_ names: [String]) -> JSONValue {
    .object([Member("enum", .list(names.map(JSONValue.string)))])
  }

  private static func pattern(_ text: String) -> JSONValue {
    type("string", ("pattern", .string(text)))
  }

  private static func type(_ name: String, _ more: (String, JSONValue)...) -> JSONValue {
    type(name, more)
  }

  private static func type(_ name: String, _ more: [(String, JSONValue)]) -> JSONValue {
    .object([Member("type", .string(name))] + more.map { Member($0.0, $0.1) })
  }
}
