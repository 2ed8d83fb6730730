extension Engine {
  /// Counters since the start, for the stats line.
  package struct Counts: Sendable {
    package var duplicates = 0
    package var late = 0
    package var evicted = 0
    package var merges = 0
    package var divisions = 0
    package var made = 0
    package var control = 0
    package var withdrawn = 0
    /// Occasions that had expired by the clock when they were to be decided.
    package var expired = 0
    package var forgotten = 0
    package var unknownSuggestions = 0
    /// By the gate's name, caps together as `pressure`.
    package var refused: [String: Int] = [:]
    package init() {}

    mutating func add(_ other: Counts) {
      duplicates += other.duplicates
      late += other.late
      evicted += other.evicted
      merges += other.merges
      divisions += other.divisions
      made += other.made
      control += other.control
      withdrawn += other.withdrawn
      expired += other.expired
      forgotten += other.forgotten
      unknownSuggestions += other.unknownSuggestions
      refused.merge(other.refused, uniquingKeysWith: +)
    }
  }

  /// What the sequencer and all workers have counted.
  package var counts: Counts {
    var all = own
    // Of all outcomes those whose suggestion no worker had.
    all.unknownSuggestions -= outcomesTaken
    for worker in workers { all.add(worker.counts) }
    return all
  }

  var outcomesTaken: Int { workers.reduce(0) { $0 + $1.outcomesTaken } }
}
