/// What is known of librdkafka's properties, lent by those who know the library.
package struct KafkaKnowledge: Sendable {
  /// Why a property cannot be set so, and the cure; never with the value of a secret.
  package struct Problem: Sendable {
    /// Whether it is the name that is wrong, or the value.
    package var isOfName: Bool
    package var message: String
    package var help: String?
    package init(isOfName: Bool, _ message: String, help: String? = nil) {
      self.isOfName = isOfName
      self.message = message
      self.help = help
    }
  }

  /// Nil where the property can be set to the value.
  package var problem: @Sendable (_ name: String, _ value: String, _ isSecret: Bool) -> Problem?

  package init(
    _ problem: @escaping @Sendable (_ name: String, _ value: String, _ isSecret: Bool) -> Problem?
  ) {
    self.problem = problem
  }

  /// Refuses nothing: for scenarios and replays.
  package static let none = KafkaKnowledge { _, _, _ in nil }
}
