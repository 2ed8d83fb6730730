/// What a setting's value can be: the one description that validation, the starter, the schema and the manual share.
package indirect enum Shape: Sendable {
  case text(TextForm)
  case bool
  case whole(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  /// `5%` or `0.05`, 0 … 1.
  case share
  case duration(DurationBounds)
  /// A duration, or one of these words.
  case durationOr([String], DurationBounds)
  /// `64KiB`, in bytes.
  case size(ClosedRange<Int64>)
  case choice([String])
  /// RFC 3339 with an offset.
  case moment
  /// `HH:MM`; the end of a day is `24:00` where it is allowed.
  case clock(allows24: Bool)
  case timezone
  /// A regular expression.
  case pattern
  /// Two or three numbers.
  case scale
  /// Any scalar, list or mapping, taken as JSON.
  case json
  /// A scalar that is neither empty nor a list or mapping, taken as JSON.
  case jsonScalar
  /// The name of something; where it must be known, the reference is looked up.
  case name(NameUse)
  /// One value stands for a list of one.
  case list(Shape, atLeast: Int)
  /// Names that the user chose, each with a value.
  case named(KeyForm, Shape)
  case record(Record)
  /// One of several records, told apart by a key that only it has; the first that fits.
  case variants([Record], noun: String)
  /// By what YAML has there; nil is refused.
  case kinds(scalar: Shape?, list: Shape?, map: Shape?)
  /// The value of a librdkafka property: a scalar, or a secret by its whereabouts.
  case kafkaValue
  /// Breaks the circle of shapes that contain themselves.
  case deferred(@Sendable () -> Shape)
}

package enum TextForm: Sendable {
  case any
  case notEmpty
  /// `[A-Za-z0-9_.-]`, 1–64.
  case name
  /// Begins with `^`.
  case topicPattern
  /// `[A-Za-z0-9._-]`, 1–249.
  case topic
  /// A JSON Pointer that begins with `/`.
  case pointer
  /// A dotted path of an attribute, or the name of a trait.
  case path
}

/// What a name refers to.
package enum NameUse: Sendable, Hashable {
  case touchpoint, channel
  /// A channel by which suggestions are made.
  case outbound
  /// A channel or `*`.
  case channelOrAll
  case identifier, journey, suggestion, purpose
  /// A purpose or `*`.
  case purposeOrAll
  /// A touchpoint or `*`.
  case touchpointOrAll
}

/// What the keys of a mapping of names are.
package enum KeyForm: Sendable {
  /// Names that are defined here.
  case definition(noun: String)
  case touchpointDefinition
  case reference(NameUse)
  /// Any text but the empty one.
  case text(noun: String)
  /// A librdkafka property.
  case property
}

package struct DurationBounds: Sendable {
  package var least: Int64
  package var most: Int64
  /// A hundred years: what any span is held to.
  package static let longest: Int64 = 36_500 * 86_400_000
  package static let positive = DurationBounds(least: 1, most: longest)
  package static let any = DurationBounds(least: 0, most: longest)

  package init(least: Int64, most: Int64) {
    self.least = least
    self.most = most
  }
}

package struct Setting: Sendable {
  /// When a change takes effect.
  package enum Takes: String, Sendable {
    case live, restart
    /// Fixed with the state.
    case never
  }
  package var name: String
  package var shape: Shape
  /// As one would write it.
  package var standard: String?
  package var isRequired: Bool
  package var takes: Takes
  /// One sentence.
  package var help: String

  package init(
    _ name: String, _ shape: Shape, default standard: String? = nil, required: Bool = false,
    takes: Takes = .live, _ help: String
  ) {
    self.name = name
    self.shape = shape
    self.standard = standard
    self.isRequired = required
    self.takes = takes
    self.help = help
  }
}

/// A mapping whose keys are settings of ours.
package struct Record: Sendable {
  package var settings: [Setting]
  /// In a choice of records the key that tells this one.
  package var tag: String?
  /// At least one of these keys must be there.
  package var oneOf: [String]

  package init(_ settings: [Setting], tag: String? = nil, oneOf: [String] = []) {
    self.settings = settings
    self.tag = tag
    self.oneOf = oneOf
  }

  package subscript(name: String) -> Setting? { settings.first { $0.name == name } }
}
