import JourneyModel

/// A contact policy with one of its parts left out.
struct LoosePolicy {
  /// What was left out.
  var what: String
  var policy: ContactPlan

  /// Each part of a policy left out once; the holdout apart, which scenarios mostly run without.
  static func all(of policy: ContactPlan) -> [LoosePolicy] {
    var found: [LoosePolicy] = []
    func add(_ what: String, _ change: (inout ContactPlan) -> Void) {
      var loose = policy
      change(&loose)
      found.append(LoosePolicy(what: what, policy: loose))
    }
    for index in policy.never.indices { add("never \(index + 1)") { $0.never.remove(at: index) } }
    for index in policy.pressure.indices {
      add("pressure \(policy.pressure[index].name)") { $0.pressure.remove(at: index) }
    }
    for index in policy.quietHours.indices {
      add("quiet_hours \(index + 1)") { $0.quietHours.remove(at: index) }
    }
    for index in policy.pauses.indices {
      add("pauses \(index + 1)") { $0.pauses.remove(at: index) }
    }
    guard let service = policy.serviceFirst else { return found }
    for index in service.opens.indices {
      add("opens \(index + 1)") { $0.serviceFirst?.opens.remove(at: index) }
    }
    add("closes") { $0.serviceFirst?.closes = [] }
    add("cooling_off") { $0.serviceFirst?.coolingOff = .zero }
    if service.key != nil { add("key") { $0.serviceFirst?.key = nil } }
    return found
  }
}
