import JourneyModel

/// A rule made to fit more than it should: one of its restrictions left out.
struct Loosening {
  /// What was left out.
  var what: String
  var rule: RulePlan

  /// Each restriction of a rule left out once.
  static func all(of rule: RulePlan) -> [Loosening] {
    steps(of: rule) + conditions(of: rule)
  }

  private static func conditions(of rule: RulePlan) -> [Loosening] {
    var found: [Loosening] = []
    func add(_ what: String, _ change: (inout RulePlan) -> Void) {
      var loose = rule
      change(&loose)
      found.append(Loosening(what: what, rule: loose))
    }
    for index in rule.given.indices { add("given \(index + 1)") { $0.given.remove(at: index) } }
    for index in rule.conditions.indices {
      add("if \(index + 1)") { $0.conditions.remove(at: index) }
    }
    for index in rule.exceptions.indices {
      add("unless \(index + 1)") { $0.exceptions.remove(at: index) }
    }
    if rule.phases != nil { add("phase") { $0.phases = nil } }
    return found
  }

  private static func steps(of rule: RulePlan) -> [Loosening] {
    rule.steps.enumerated().flatMap { index, step -> [Loosening] in
      var found: [Loosening] = []
      func put(_ what: String, _ step: StepPlan) {
        var loose = rule
        loose.steps[index] = step
        found.append(Loosening(what: "\(what) of step \(index + 1)", rule: loose))
      }
      switch step {
      case .seen(let seen):
        func change(_ what: String, _ change: (inout StepPlan.Seen) -> Void) {
          var loose = seen
          change(&loose)
          put(what, .seen(loose))
        }
        for place in seen.matcher.conditions.indices {
          change("where \(seen.matcher.conditions[place].path)") {
            $0.matcher.conditions.remove(at: place)
          }
        }
        if seen.matcher.channels != nil { change("channel") { $0.matcher.channels = nil } }
        if seen.matcher.side != nil { change("side") { $0.matcher.side = nil } }
        if seen.times > 1 { change("one of times") { $0.times -= 1 } }
        if seen.within != nil { change("within") { $0.within = .days(3650) } }
        if seen.apart != nil { change("apart") { $0.apart = nil } }
        if !seen.same.isEmpty { change("same") { $0.same = [] } }
        if !seen.differs.isEmpty { change("differs") { $0.differs = [] } }
        if seen.immediately { change("immediately") { $0.immediately = false } }
      case .unseen(let unseen):
        // An absence of what never happens asks for nothing.
        var loose = unseen
        loose.matcher = MatcherPlan(["never_happens"])
        loose.same = []
        put("unseen", .unseen(loose))
      case .wait, .waitForDate: break
      }
      return found
    }
  }
}
