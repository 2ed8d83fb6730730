internal import JourneyModel
internal import KafkaClient

/// Which partitions are whose: a topic named by a source is that source's, else the first matching pattern's.
struct InputTopics {
  private let named: [String: Int]
  private let patterns: [(source: Int, pattern: Pattern)]
  /// What we write, and our own: never read by a pattern.
  private let excluded: Set<String>

  private final class Pattern {
    let pattern: TopicPattern
    init(_ text: String) throws(KafkaError) { pattern = try TopicPattern(text) }
  }

  init(_ plan: Plan, internalTopics: [String]) throws(KafkaError) {
    var named: [String: Int] = [:]
    var patterns: [(source: Int, pattern: Pattern)] = []
    for (index, source) in plan.sources.enumerated() {
      switch source.topic {
      case .named(let name): named[name] = index
      case .pattern(let text): patterns.append((index, try Pattern(text)))
      }
    }
    self.named = named
    self.patterns = patterns
    excluded = Set(plan.outputs.named.map(\.topic) + internalTopics)
  }

  /// The source that reads a topic, by its place in the plan.
  func source(of topic: String) -> Int? {
    if let source = named[topic] { return source }
    guard !excluded.contains(topic), !topic.hasPrefix("__") else { return nil }
    return patterns.first { $0.pattern.pattern.matches(topic) }?.source
  }

  /// All partitions that are to be read, in order of topic and number.
  func partitions(_ topics: [TopicDescription]) -> [(place: TopicPartition, source: Int)] {
    topics.flatMap { topic in
      source(of: topic.name).map { source in
        topic.places.map { (place: $0, source: source) }
      } ?? []
    }.sorted { $0.place < $1.place }
  }
}
