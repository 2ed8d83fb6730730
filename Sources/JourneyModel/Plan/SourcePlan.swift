/// One source: a topic, or all that match a pattern, and how its records are read (spec 1.2, 2.2).
package struct SourcePlan: Equatable, Sendable {
  package enum Topic: Equatable, Sendable {
    case named(String)
    /// A regular expression that begins with `^`.
    case pattern(String)

    /// As written, for messages and for `check --sample`.
    package var text: String {
      switch self {
      case .named(let text), .pattern(let text): text
      }
    }
  }

  /// Where a topic that was never read begins.
  package enum Start: Equatable, Sendable {
    case earliest
    case latest
    case back(TimeSpan)
  }

  package enum Format: Equatable, Sendable {
    case journeyd
    /// Touchpoints by the event's `type`; a type that is not here is its last dot-separated part.
    case cloudevents(types: [TextPair])
    case segment(consent: [SegmentConsent])
    case json(MappingPlan)
  }

  /// What a category of `context.consent.categoryPreferences` decides.
  package struct SegmentConsent: Equatable, Sendable {
    package var category: String
    package var channel: String
    package var purpose: String
    package init(category: String, channel: String, purpose: String) {
      self.category = category
      self.channel = channel
      self.purpose = purpose
    }
  }

  package var name: String
  package var topic: Topic
  package var format = Format.journeyd
  /// The default channel.
  package var channel: String?
  package var start = Start.earliest
  package var holdsClock = true
  package var isContact = true

  package init(name: String, topic: Topic) {
    self.name = name
    self.topic = topic
  }
}

package struct TextPair: Equatable, Sendable {
  package var from: String
  package var to: String
  package init(from: String, to: String) {
    self.from = from
    self.to = to
  }
}

/// Where each native field of a `format: json` source comes from.
package struct MappingPlan: Equatable, Sendable {
  package enum Origin: Equatable, Sendable {
    /// A JSON Pointer (RFC 6901) as written.
    case pointer(String)
    case const(JSONValue)
    case recordKey
    case recordTimestamp
    case recordPosition
    case header(String)
  }
  package enum TimeForm: Equatable, Sendable { case rfc3339, epochSeconds, epochMilliseconds }
  package enum Conversion: Equatable, Sendable { case number, text }
  package enum Otherwise: Equatable, Sendable {
    case value(JSONValue)
    /// The whole record is left out.
    case skip
  }
  package struct Value: Equatable, Sendable {
    package var from: String
    package var to: JSONValue
    package init(from: String, to: JSONValue) {
      self.from = from
      self.to = to
    }
  }

  package struct Field: Equatable, Sendable {
    package var origin: Origin
    /// Nil: no `values:`.
    package var values: [Value]?
    package var otherwise: Otherwise?
    package var conversion: Conversion?
    package var scale: ScalePlan?
    /// Of `time` only.
    package var timeForm = TimeForm.rfc3339
    package init(_ origin: Origin) { self.origin = origin }
  }

  package struct Named: Equatable, Sendable {
    package var name: String
    package var field: Field
    package init(_ name: String, _ field: Field) {
      self.name = name
      self.field = field
    }
  }

  /// A whole object, or names each with its own field.
  package enum Members: Equatable, Sendable {
    case whole(Field)
    case named([Named])
  }

  package struct ConsentField: Equatable, Sendable {
    package var channel: String
    package var purpose: String
    package var field: Field
    package init(channel: String, purpose: String, field: Field) {
      self.channel = channel
      self.purpose = purpose
      self.field = field
    }
  }
  package enum Consents: Equatable, Sendable {
    case whole(Field)
    case named([ConsentField])
  }

  package var id: Field?
  package var time: Field?
  package var touchpoint: Field?
  package var channel: Field?
  package var identifiers: Members?
  package var attributes: Members?
  package var satisfaction: Field?
  package var traits: Members?
  package var consent: Consents?
  /// `suggestion: {id: …, outcome: …}`, or a whole object.
  package var suggestion: Members?
  package var erase: Field?
  package init() {}
}
