/// The nearest of several names, for “did you mean”.
package enum Nearest {
  /// The candidate with the smallest edit distance, if it is under 4 and under half of the word.
  package static func name(to word: String, of candidates: some Sequence<String>) -> String? {
    let letters = Array(word.unicodeScalars)
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != word {
      let other = Array(candidate.unicodeScalars)
      guard abs(letters.count - other.count) < 4 else { continue }
      let distance = distance(letters, other)
      guard distance < 4, distance * 2 < letters.count else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
  }

  /// `did you mean “x”?`
  package static func help(for word: String, of candidates: some Sequence<String>) -> String? {
    name(to: word, of: candidates).map { "did you mean “\($0)”?" }
  }

  /// Letters to insert, remove, replace or swap with their neighbour. Cost: the product of the lengths.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
