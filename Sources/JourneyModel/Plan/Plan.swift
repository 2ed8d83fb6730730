/// The whole configuration as values: what the settings' loader makes and everything else is built from.
///
/// Pure data: no positions, no interned numbers, secrets already resolved. Defaults are filled in.
package struct Plan: Equatable, Sendable {
  package var kafka = KafkaPlan()
  package var processing = ProcessingPlan()
  package var state = StatePlan()
  package var time = TimePlan()
  package var history = HistoryPlan()
  package var log = LogPlan()
  package var sources: [SourcePlan] = []
  package var outputs = OutputsPlan()
  package var identity = IdentityPlan.standard
  package var catalogue = CataloguePlan()
  package var journeys: [JourneyPlan] = []
  package var rules: [RulePlan] = []
  /// Nil where the configuration has no `contact` section: its defaults hold, see ``ContactPlan/standard``.
  package var contact = ContactPlan.standard
  /// A short hash of the configuration, for the log.
  package var fingerprint = ""

  package init() {}
}

package struct KafkaPlan: Equatable, Sendable {
  /// librdkafka's properties by their own names, in the order written, secrets resolved; `group.id` left out.
  package var properties: [Property] = []
  package var groupID = "journeyd"

  package struct Property: Equatable, Sendable {
    package var name: String
    package var value: String
    package var isSecret: Bool
    package init(name: String, value: String, isSecret: Bool = false) {
      self.name = name
      self.value = value
      self.isSecret = isSecret
    }
  }
  package init() {}
}

package struct ProcessingPlan: Equatable, Sendable {
  package enum Guarantee: String, Sendable {
    case exactlyOnce = "exactly_once", atLeastOnce = "at_least_once"
  }
  package var guarantee = Guarantee.exactlyOnce
  package var commitInterval = TimeSpan(100)
  package var workers = 1
  package var shards = 32
  package init() {}
}

package struct StatePlan: Equatable, Sendable {
  package var directory = "/var/lib/journeyd"
  package var cacheBytes: Int64 = 512 << 20
  package var format = 1
  package init() {}
}

package struct TimePlan: Equatable, Sendable {
  package var grace = TimeSpan.seconds(5)
  package var futureLimit = TimeSpan.minutes(10)
  package init() {}
}

package struct HistoryPlan: Equatable, Sendable {
  /// What of an interaction's attributes is kept.
  package enum Attributes: Equatable, Sendable {
    case used
    case all
    /// Those that the configuration reads, and these dotted names.
    case also([String])
  }
  package var keep = TimeSpan.days(90)
  package var touchpointsMax = 200
  package var forgetAnonymousAfter = TimeSpan.days(400)
  package var attributes = Attributes.used
  package init() {}
}

package struct LogPlan: Equatable, Sendable {
  package enum Level: String, CaseIterable, Sendable { case error, warning, notice, info, debug }
  package enum Format: String, CaseIterable, Sendable { case auto, logfmt, json }
  package var level = Level.info
  package var format = Format.auto
  package var statsInterval = TimeSpan.seconds(60)
  package init() {}
}

package struct OutputsPlan: Equatable, Sendable {
  package var suggestions = ""
  package var journeys: String?
  package var decisions: String?
  package var identities: String?
  package var rejected: String?
  package init() {}
}

package struct IdentityPlan: Equatable, Sendable {
  package enum Normalization: String, CaseIterable, Sendable { case none, lowercase, digits }
  package struct Kind: Equatable, Sendable {
    package var name: String
    package var unique = false
    package var shared = false
    /// Values of this type that one customer may have.
    package var limit: Int
    package var normalize = Normalization.none
    package init(
      _ name: String, unique: Bool = false, shared: Bool = false,
      limit: Int = Limits.identifiersPerCustomerMax, normalize: Normalization = .none
    ) {
      self.name = name
      self.unique = unique
      self.shared = shared
      self.limit = limit
      self.normalize = normalize
    }
  }
  /// Strongest first.
  package var kinds: [Kind]
  package var ignore: [String]
  /// A pattern anywhere in a value; empty: none.
  package var ignorePattern: String

  package init(kinds: [Kind], ignore: [String], ignorePattern: String) {
    self.kinds = kinds
    self.ignore = ignore
    self.ignorePattern = ignorePattern
  }

  package static let standard = IdentityPlan(
    kinds: [
      Kind("customer_id", unique: true), Kind("email", limit: 5, normalize: .lowercase),
      Kind("phone", limit: 5, normalize: .digits), Kind("loyalty_card", limit: 5),
      Kind("cookie_id", shared: true, limit: 20), Kind("device_id", shared: true, limit: 20),
    ],
    ignore: [
      "", "null", "undefined", "anonymous", "guest", "unknown", "none", "nan", "0", "-1",
      "[object Object]",
    ], ignorePattern: "^[0-]*$")
}

/// A linear scale on which an attribute tells the satisfaction: its ends, in either order, and the value that is 0.
package struct ScalePlan: Equatable, Sendable {
  package var low: Double
  package var middle: Double?
  package var high: Double
  package init(low: Double, middle: Double? = nil, high: Double) {
    self.low = low
    self.middle = middle
    self.high = high
  }

  /// The satisfaction that a value on the scale means; nil where it is off the scale.
  package func satisfaction(_ value: Double) -> Double? {
    guard value >= Swift.min(low, high), value <= Swift.max(low, high) else { return nil }
    guard let middle else { return (value - low) / (high - low) * 2 - 1 }
    let towardsHigh = high > low ? value >= middle : value <= middle
    return towardsHigh ? (value - middle) / (high - middle) : (value - middle) / (middle - low)
  }
}

package struct CataloguePlan: Equatable, Sendable {
  package enum Side: String, Sendable { case online, offline }
  package enum Unknown: String, Sendable { case accept, reject, ignore }

  package struct Channel: Equatable, Sendable {
    package var name: String
    package var side: Side
    package var isDirect = true
    package var isOutbound = false
    package var expectsReceipts = false
    /// Identifier types that a customer must have.
    package var needs: [String] = []
    /// Conditions that must hold for a customer.
    package var needsConditions: [PredicatePlan] = []
    package var reserveFor: TimeSpan?
    package init(_ name: String, side: Side) {
      self.name = name
      self.side = side
    }
  }

  package struct Touchpoint: Equatable, Sendable {
    package enum Phase: String, Sendable { case before, during, after }
    package var name: String
    package var phase: Phase?
    package var kind: String?
    package var isMomentOfTruth = false
    /// The dotted path of the attribute that tells the satisfaction, and its scale.
    package var satisfaction: SatisfactionSource?
    package init(_ name: String) { self.name = name }
  }

  package struct SatisfactionSource: Equatable, Sendable {
    package var attribute: String
    package var scale: ScalePlan
    package init(attribute: String, scale: ScalePlan) {
      self.attribute = attribute
      self.scale = scale
    }
  }

  package var channels: [Channel] = []
  package var touchpoints: [Touchpoint] = []
  package var unknownTouchpoints = Unknown.accept
  /// Never ``Unknown/ignore``.
  package var unknownChannels = Unknown.accept
  package init() {}
}
