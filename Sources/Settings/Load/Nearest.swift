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

  /// Letters to insert, remove or replace. Cost: the product of the lengths.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = left == right ? diagonal : 1 + min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[b.count]
  }
}
