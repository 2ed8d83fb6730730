import Testing

@testable import JourneyRuntime

@Suite struct MatchingTests {
  @Test func `an assignment is found where the first that fits is the wrong one`() {
    // The first can take either, the second only the one that the first would take.
    let fits = [[0, 1], [0]]
    #expect(
      OrderedMatch.holds(
        entries: 2, moments: [[0, 1]], isRequired: { _ in true }, fits: { fits[$0].contains($1) }))
  }

  @Test func `what came must be listed, and what need not be may`() {
    func holds(_ entries: [Int], _ moments: [[Int]], optional: Set<Int>) -> Bool {
      OrderedMatch.holds(
        entries: entries.count, moments: moments, isRequired: { !optional.contains($0) },
        fits: { entries[$0] == $1 })
    }
    #expect(holds([1, 2], [[1], [2]], optional: []))
    #expect(!holds([1], [[1], [2]], optional: []))
    #expect(!holds([2, 1], [[1], [2]], optional: []))
    #expect(holds([2, 1], [[1, 2]], optional: []))
    #expect(holds([1], [[1], [2]], optional: [2]))
    #expect(holds([1, 2], [[1], [2]], optional: [2]))
    #expect(!holds([1, 1], [[1], [2]], optional: [2]))
    #expect(holds([], [], optional: []))
    #expect(!holds([1], [], optional: []))
  }

  @Test func `the answer is that of trying every order`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    var held = 0
    for _ in 0..<3_000 {
      let count = Int.random(in: 0...5, using: &random)
      let things = (0..<count).map { _ in
        (moment: Int.random(in: 0...2, using: &random), isRequired: Bool.random(using: &random))
      }.sorted { $0.moment < $1.moment }
      let entries = Int.random(in: 0...5, using: &random)
      let fits = (0..<entries).map { _ in
        (0..<count).map { _ in Int.random(in: 0...2, using: &random) > 0 }
      }
      var moments: [[Int]] = []
      for index in things.indices {
        if let last = moments.last?.last, things[last].moment == things[index].moment {
          moments[moments.count - 1].append(index)
        } else {
          moments.append([index])
        }
      }
      let answer = OrderedMatch.holds(
        entries: entries, moments: moments, isRequired: { things[$0].isRequired },
        fits: { fits[$0][$1] })
      let truth = tried(entries, things, fits)
      #expect(answer == truth, "seed \(seed)")
      if truth { held += 1 }
    }
    #expect(held > 100, "seed \(seed)")
  }

  /// All assignments, one after the other.
  private func tried(
    _ entries: Int, _ things: [(moment: Int, isRequired: Bool)], _ fits: [[Bool]],
    from entry: Int = 0, at moment: Int = 0, used: Set<Int> = []
  ) -> Bool {
    guard entry < entries else {
      return things.indices.allSatisfy { used.contains($0) || !things[$0].isRequired }
    }
    return things.indices.contains { index in
      !used.contains(index) && fits[entry][index] && things[index].moment >= moment
        && tried(
          entries, things, fits, from: entry + 1, at: things[index].moment,
          used: used.union([index]))
    }
  }
}
