internal import JourneyModel

/// Conditions that must hold together, taken apart into single ones, to find two that contradict each other.
struct Conditions {
  private struct Literal {
    var predicate: PredicatePlan
    var holds: Bool
    var place: Place
    /// Follows from the rule itself and is not worth a word of its own.
    var isFact: Bool
  }

  struct Contradiction {
    var place: Place
    var message: String
  }

  private var literals: [Literal] = []
  /// The first condition that by itself can never hold.
  private var impossible: Contradiction?

  mutating func assume(_ predicate: PredicatePlan?, at place: Place) {
    guard let predicate else { return }
    literals.append(Literal(predicate: predicate, holds: true, place: place, isFact: true))
  }

  mutating func add(_ predicate: PredicatePlan, _ holds: Bool, at place: Place) {
    switch predicate {
    case .not(let inner): add(inner, !holds, at: place)
    case .all(let inner): addAll(inner, holds, at: place)
    case .any(let inner): addAny(inner, holds, at: place)
    case .unseen(let matcher, let within):
      keep(.seen(matcher, within: within, count: .atLeastOnce), !holds, place)
    case .seen, .sample, .journey, .satisfaction, .trait, .consent: keep(predicate, holds, place)
    }
  }

  private mutating func addAll(_ inner: [PredicatePlan], _ holds: Bool, at place: Place) {
    if holds || inner.count == 1 {
      for predicate in inner { add(predicate, holds, at: place) }
    } else if inner.isEmpty {
      fail(place, "all of nothing always holds")
    }
  }

  private mutating func addAny(_ inner: [PredicatePlan], _ holds: Bool, at place: Place) {
    if !holds || inner.count == 1 {
      for predicate in inner { add(predicate, holds, at: place) }
    } else if inner.isEmpty {
      fail(place, "any of nothing never holds")
    }
  }

  private mutating func keep(_ predicate: PredicatePlan, _ holds: Bool, _ place: Place) {
    literals.append(Literal(predicate: predicate, holds: holds, place: place, isFact: false))
    if let message = Self.impossible(predicate, holds) { fail(place, message) }
  }

  private mutating func fail(_ place: Place, _ message: String) {
    if impossible == nil { impossible = Contradiction(place: place, message: message) }
  }

  /// The first two that cannot both hold, or one that cannot hold at all.
  func contradiction() -> Contradiction? {
    if let impossible { return impossible }
    for (index, later) in literals.enumerated() {
      for earlier in literals[..<index] where !(earlier.isFact && later.isFact) {
        guard Self.contradict(earlier, later) else { continue }
        let name = Self.name(later.predicate)
        let other =
          earlier.isFact
          ? "contradicts the rule itself, whose own steps say otherwise"
          : "contradicts the condition at line \(earlier.place.line)"
        return Contradiction(
          place: later.place, message: "\(name) \(other): both can never hold")
      }
    }
    return nil
  }

  // MARK: One

  private static func impossible(_ predicate: PredicatePlan, _ holds: Bool) -> String? {
    switch predicate {
    case .sample(let name, let share):
      if holds, share == 0 { return "nobody is in 0% of “\(name)”" }
      if !holds, share == 1 { return "everybody is in 100% of “\(name)”" }
      return nil
    case .seen(_, _, let count):
      if holds, let most = count.most, most < count.least {
        return "at least \(count.least) and at most \(most) times never holds"
      }
      if !holds, count.least == 0, count.most == nil { return "at least 0 times always holds" }
      return nil
    case .satisfaction(let comparisons, _):
      guard holds else { return nil }
      return Interval(comparisons, within: -1...1).isEmpty
        ? "no satisfaction is within these bounds (it is from -1 to 1)" : nil
    case .trait(let name, let comparisons):
      return holds && Interval(comparisons).isEmpty
        ? "no value of “\(name)” is within these bounds" : nil
    case .unseen, .journey, .consent, .all, .any, .not: return nil
    }
  }

  // MARK: Two

  private static func contradict(_ a: Literal, _ b: Literal) -> Bool {
    switch (a.holds, b.holds) {
    case (true, false): implies(a.predicate, b.predicate)
    case (false, true): implies(b.predicate, a.predicate)
    case (true, true): exclude(a.predicate, b.predicate)
    case (false, false): false
    }
  }

  /// Whether the second holds wherever the first does.
  private static func implies(_ a: PredicatePlan, _ b: PredicatePlan) -> Bool {
    if a == b { return true }
    switch (a, b) {
    case (.seen(let m, let w, let c), .seen(let n, let v, let d)):
      let inTime = v.map { longer in w.map { $0 <= longer } ?? false } ?? true
      return inTime && isNarrower(m, n) && c.least >= max(d.least, 1) && d.most == nil
    case (.journey(let j, let s?, let p), .journey(let k, let t?, let q)):
      return j == k && s == t
        && (q.map { all in p.map { Set($0).isSubset(of: all) } ?? false } ?? true)
    case (.sample(let m, let s), .sample(let n, let t)): return m == n && s <= t
    default: return false
    }
  }

  /// Whether they cannot both hold.
  private static func exclude(_ a: PredicatePlan, _ b: PredicatePlan) -> Bool {
    switch (a, b) {
    case (.consent(let c, let p, let s), .consent(let d, let q, let t)):
      return c == d && p == q && s != t
    case (.journey(let j, let s, let p), .journey(let k, let t, let q)):
      return j == k && (s == nil) != (t == nil) && p == nil && q == nil
    case (.satisfaction(let c, let j), .satisfaction(let d, let k)):
      return j == k && Interval(c + d, within: -1...1).isEmpty
    case (.trait(let m, let c), .trait(let n, let d)):
      return m == n && Interval(c + d).isEmpty
    case (.seen(let m, let w, let c), .seen(let n, let v, let d)):
      guard m == n, w == v else { return false }
      return (c.most.map { $0 < d.least } ?? false) || (d.most.map { $0 < c.least } ?? false)
    default: return false
    }
  }

  /// Whether all that fits the first fits the second.
  private static func isNarrower(_ a: MatcherPlan, _ b: MatcherPlan) -> Bool {
    guard !a.touchpoints.isEmpty || a.outcome != nil else { return false }
    guard a.outcome == b.outcome, Set(a.touchpoints).isSubset(of: b.touchpoints) else {
      return false
    }
    if let channels = b.channels, !(a.channels.map { Set($0).isSubset(of: channels) } ?? false) {
      return false
    }
    if let side = b.side, a.side != side { return false }
    return b.conditions.allSatisfy(a.conditions.contains)
  }

  private static func name(_ predicate: PredicatePlan) -> String {
    switch predicate {
    case .seen(let matcher, _, _), .unseen(let matcher, _):
      let names =
        matcher.outcome.map { [$0.suggestion] } ?? matcher.touchpoints
      return "“\(names.joined(separator: ", "))”"
    case .sample(let name, _): return "the sample “\(name)”"
    case .journey(let name, _, _): return "the journey “\(name)”"
    case .satisfaction: return "the satisfaction"
    case .trait(let name, _): return "the trait “\(name)”"
    case .consent(let channel, let purpose, _): return "the consent “\(channel)”, “\(purpose)”"
    case .all, .any, .not: return "this"
    }
  }
}
