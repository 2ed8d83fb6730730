/// Assignments between what is expected and what came: who can be paired with whom.
struct Pairing {
  /// `fits[i]`: the right ones that left `i` can be paired with.
  let fits: [[Int]]
  let rights: Int

  init(lefts: Int, rights: Int, fits: (Int, Int) -> Bool) {
    self.fits = (0..<lefts).map { left in (0..<rights).filter { fits(left, $0) } }
    self.rights = rights
  }

  /// A largest set of pairs: of each left its right, or nil. Cost: lefts × pairs that fit.
  func largest() -> [Int?] {
    var owner = [Int?](repeating: nil, count: rights)
    for left in fits.indices {
      var tried: Set<Int> = []
      _ = place(left, &owner, &tried)
    }
    var pairs = [Int?](repeating: nil, count: fits.count)
    for (right, left) in owner.enumerated() {
      if let left { pairs[left] = right }
    }
    return pairs
  }

  /// Whether all lefts, and all rights of `required`, can be paired at once.
  ///
  /// Where either side can be covered for itself, both can at once (Mendelsohn and Dulmage).
  func covers(required: [Int]) -> Bool {
    guard largest().allSatisfy({ $0 != nil }) else { return false }
    let turned = Pairing(lefts: required.count, rights: fits.count) { index, left in
      fits[left].contains(required[index])
    }
    return turned.largest().allSatisfy { $0 != nil }
  }

  /// Finds a place for a left, moving others where that helps.
  private func place(_ left: Int, _ owner: inout [Int?], _ tried: inout Set<Int>) -> Bool {
    for right in fits[left] where tried.insert(right).inserted {
      guard let other = owner[right] else {
        owner[right] = left
        return true
      }
      if place(other, &owner, &tried) {
        owner[right] = left
        return true
      }
    }
    return false
  }
}

/// Whether a list in order of time is exactly what came, those of one moment in any order.
enum OrderedMatch {
  /// `moments` are the things that came, grouped by moment and in order; only `isRequired` ones must be listed.
  ///
  /// Cost: entries × things × the work of one moment.
  static func holds<Thing>(
    entries: Int, moments: [[Thing]], isRequired: (Thing) -> Bool, fits: (Int, Thing) -> Bool
  ) -> Bool {
    // Numbers of entries that can stand for all moments so far.
    var reached: Set<Int> = [0]
    for moment in moments {
      let required = moment.indices.filter { isRequired(moment[$0]) }
      var next: Set<Int> = []
      for from in reached {
        for count in required.count...max(required.count, moment.count)
        where from + count <= entries {
          let pairing = Pairing(lefts: count, rights: moment.count) { fits(from + $0, moment[$1]) }
          if pairing.covers(required: required) { next.insert(from + count) }
        }
      }
      reached = next
    }
    return reached.contains(entries)
  }
}
