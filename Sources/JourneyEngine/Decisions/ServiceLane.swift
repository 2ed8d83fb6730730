import JourneyModel

/// Whether selling has to wait for an issue, and when that can next change.
struct ServiceLane {
  var isClosed: Bool
  var changes: Moment
  /// The issue that was opened first of those open now.
  var open: (opened: Moment, touchpoint: NameID)?
}

extension Customer {
  /// Notes an opening or a closing of an issue, where an interaction is one.
  mutating func markIssue(_ index: Int, interaction: Interaction, plan: CompiledPlan) {
    guard plan.keepsIssues else { return }
    let satisfaction = touches[index].satisfaction
    let opens =
      plan.policy.openMatchers.contains { fits($0, index, plan: plan) }
      || (!satisfaction.isNaN
        && plan.policy.openSatisfactions.contains { comparisons in
          JSONValue.number(satisfaction).withView { view in comparisons.allSatisfy { $0.fits(view) }
          }
        })
    let closes = plan.policy.closes.contains { fits($0, index, plan: plan) }
    guard opens || closes else { return }
    let touch = touches[index]
    let mark = IssueMark(
      stem: touch.stem, time: touch.time, source: touch.source, id: Array(arena[touch.idRange]),
      touchpoint: touch.touchpoint,
      key: plan.policy.issueKey.flatMap { keyBytes($0, of: index) } ?? [],
      opens: opens, closes: closes)
    let place = issueMarks.firstIndex { mark.precedes($0, names: plan.names) } ?? issueMarks.count
    issueMarks.insert(mark, at: place)
  }

  /// Runs through the openings and closings up to a moment (spec 3.6).
  func serviceLane(at now: Moment, plan: CompiledPlan) -> ServiceLane {
    guard let service = plan.policy.plan.serviceFirst else {
      return ServiceLane(isClosed: false, changes: .distantFuture)
    }
    var issues: [(key: [UInt8], opened: Moment, touchpoint: NameID)] = []
    var coolingUntil = Moment.distantPast
    var changes = Moment.distantFuture
    for mark in issueMarks {
      guard mark.time <= now else {
        changes = min(changes, mark.time)
        break
      }
      // A closing exactly as an issue is given up is too late.
      issues.removeAll { mark.time >= $0.opened + service.givesUpAfter }
      if mark.closes {
        let before = issues.count
        if plan.policy.issueKey == nil || mark.key.isEmpty {
          issues.removeAll()
        } else {
          issues.removeAll { $0.key == mark.key }
        }
        if issues.count < before { coolingUntil = mark.time + service.coolingOff }
      }
      if mark.opens {
        let key = plan.policy.issueKey == nil ? [] : mark.key
        issues.removeAll { $0.key == key }
        issues.append((key, mark.time, mark.touchpoint))
      }
    }
    issues.removeAll { now >= $0.opened + service.givesUpAfter }
    for issue in issues { changes = min(changes, issue.opened + service.givesUpAfter) }
    if coolingUntil > now { changes = min(changes, coolingUntil) }
    let first = issues.min { $0.opened < $1.opened }
    return ServiceLane(
      isClosed: !issues.isEmpty || coolingUntil > now, changes: changes,
      open: first.map { ($0.opened, $0.touchpoint) })
  }
}

extension IssueMark {
  func precedes(_ other: IssueMark, names: NameTable) -> Bool {
    FactOrigin(time: time, source: source, id: id)
      .precedes(FactOrigin(time: other.time, source: other.source, id: other.id), names: names)
  }
}
