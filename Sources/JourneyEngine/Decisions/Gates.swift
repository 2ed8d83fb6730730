import JourneyModel

/// Why a candidate is not made on a channel, in the order in which the gates are asked (spec 3.6).
enum Refusal: Hashable {
  case excluded
  case noAddress
  case consent
  case condition
  case serviceFirst
  case paused
  case againAfter
  case atOnce
  case pressure(String)
  case quietHours
  case outranked

  var name: String {
    switch self {
    case .excluded: "excluded"
    case .noAddress: "no_address"
    case .consent: "consent"
    case .condition: "condition"
    case .serviceFirst: "service_first"
    case .paused: "paused"
    case .againAfter: "again_after"
    case .atOnce: "at_once"
    case .pressure(let cap): "pressure:" + cap
    case .quietHours: "quiet_hours"
    case .outranked: "outranked"
    }
  }
}

/// The gates, asked of one customer at one moment. Each notes when time alone can change its answer.
struct Gates {
  let look: Look

  private var plan: CompiledPlan { look.plan }
  private var policy: CompiledPolicy { look.plan.policy }
  private var customer: UnsafeMutablePointer<Customer> { look.customer }

  func judged(_ key: OccasionKey, _ rule: CompiledRule, view: Moment) -> Judged {
    var instance: (journey: Int, id: JourneyID)?
    if let journey = rule.journey, let id = key.instance { instance = (journey, id) }
    return Judged(moment: look.now, limit: nil, view: view, own: key, instance: instance)
  }

  // MARK: Gates in their order

  func isExcluded(_ rule: CompiledRule, _ judged: Judged) -> Bool {
    guard !plan.policyIsOff else { return false }
    return policy.never.reduce(false) { excluded, never in
      guard never.purposes?.contains(rule.purpose) ?? true else { return excluded }
      return look.holdAll(never.conditions, judged) || excluded
    }
  }

  func hasAddress(_ channel: NameID, _ judged: Judged) -> Bool {
    guard !plan.policyIsOff, let needs = plan.channels[channel] else { return true }
    return needs.needs.allSatisfy { customer.pointee.face.has($0) }
      && look.holdAll(needs.conditions, judged)
  }

  func hasConsent(_ channel: NameID, _ purpose: NameID) -> Bool {
    guard !plan.policyIsOff else { return true }
    switch customer.pointee.consent(channel: channel, purpose: purpose) {
    case .granted: return true
    case .denied: return false
    case .unknown: return policy.consentImplied.contains(purpose)
    }
  }

  /// `if`, `unless`, journey and phase.
  func conditionsHold(_ rule: CompiledRule, _ key: OccasionKey, _ judged: Judged) -> Bool {
    var holds = look.holdAll(rule.conditions, judged)
    for exception in rule.exceptions where look.holds(exception, judged) { holds = false }
    return journeyFits(rule, key) && holds
  }

  private func journeyFits(_ rule: CompiledRule, _ key: OccasionKey) -> Bool {
    guard let journey = rule.journey else { return true }
    guard let id = key.instance,
      let instance = look.fold(journey).instances.first(where: { $0.id == id })
    else { return false }
    let endsAfter = plan.journeys[journey].plan.endsAfter
    if instance.status == .open, let endsAfter { look.wake(instance.last + endsAfter) }
    guard rule.plan.journeyIs.contains(instance.status(at: look.now, endsAfter: endsAfter)) else {
      return false
    }
    return rule.phases?.contains(instance.phase) ?? true
  }

  /// An open issue, or the days after one, keep back everything but service.
  func isServiceFirst(_ purpose: NameID) -> Bool {
    guard !plan.policyIsOff, purpose != policy.service, plan.keepsIssues else { return false }
    let lane = customer.pointee.serviceLane(at: look.now, plan: plan)
    look.wake(lane.changes)
    return lane.isClosed
  }

  func isPaused(_ rule: CompiledRule, _ channel: NameID) -> Bool {
    pauseEnd(rule, channel) != nil
  }

  /// When the pause that holds now is over; nil where none does.
  func pauseEnd(_ rule: CompiledRule, _ channel: NameID) -> Moment? {
    guard !plan.policyIsOff, !rule.isExempt, !policy.plan.pauses.isEmpty else { return nil }
    var over: Moment?
    for pause in policy.plan.pauses {
      let outcomes = OutcomeSet(pause.outcomes)
      var times: [Moment] = []
      for suggestion in customer.pointee.suggestions {
        switch pause.scope {
        case .suggestion: guard suggestion.rule == rule.name else { continue }
        case .channel: guard suggestion.channel == channel else { continue }
        case .all: break
        }
        if let found = suggestion.earliest(of: outcomes, at: look.now, plan: plan) {
          times.append(found.time)
        }
      }
      times.sort()
      for (index, time) in times.enumerated() where index + 1 >= pause.times {
        if let within = pause.within, time - times[index + 1 - pause.times] >= within { continue }
        look.wake(time)
        guard time <= look.now, look.now < time + pause.pause else { continue }
        look.wake(time + pause.pause)
        over = max(over ?? .distantPast, time + pause.pause)
      }
    }
    return over
  }

  /// Within `again_after` of the rule's last suggestion, or after one of the same instance where that is the bound.
  func isTooSoon(_ rule: CompiledRule, _ key: OccasionKey) -> Bool {
    customer.pointee.suggestions.contains { suggestion in
      guard suggestion.rule == rule.name, suggestion.countsForAgainAfter(plan) else { return false }
      guard let span = rule.plan.againAfter else { return suggestion.instance == key.instance }
      return look.now < suggestion.made + span && suggestion.made <= look.now
    }
  }

  func openSuggestions(of purpose: NameID) -> [Int] {
    customer.pointee.suggestions.indices.filter { index in
      let suggestion = customer.pointee.suggestions[index]
      return suggestion.purpose == purpose && suggestion.isOpen(at: look.now, plan: plan)
    }
  }

  // MARK: Pressure

  /// The first cap without room; what the suggestions at `leavingOut` take does not count.
  func fullCap(_ rule: CompiledRule, _ channel: NameID, _ judged: Judged, leavingOut: Int? = nil)
    -> String?
  {
    guard !plan.policyIsOff, !rule.isExempt else { return nil }
    for cap in policy.caps {
      if let channels = cap.channels, !channels.contains(channel) { continue }
      if let purposes = cap.purposes, !purposes.contains(rule.purpose) { continue }
      guard look.holdAll(cap.condition, judged) else { continue }
      if !hasRoom(cap, leavingOut: leavingOut) { return cap.plan.name }
    }
    return nil
  }

  private func hasRoom(_ cap: CompiledCap, leavingOut: Int?) -> Bool {
    let use = use(of: cap, leavingOut: leavingOut)
    guard use.taken >= cap.plan.max else { return true }
    if let frees = use.frees { look.wake(frees) }
    return false
  }

  /// The slots of a cap that are taken now, and of a full one when one is free again.
  func use(of cap: CompiledCap, leavingOut: Int? = nil) -> (taken: Int, frees: Moment?) {
    var slots: [Moment] = []
    for index in customer.pointee.suggestions.indices where index != leavingOut {
      let suggestion = customer.pointee.suggestions[index]
      if let channels = cap.channels, !channels.contains(suggestion.channel) { continue }
      if let purposes = cap.purposes, !purposes.contains(suggestion.purpose) { continue }
      guard !plan.exempts(suggestion.purpose), let slot = suggestion.slot(at: look.now, plan: plan)
      else { continue }
      slots.append(slot)
    }
    switch cap.plan.window {
    case .rolling(let span):
      // Later ones count too: no cap is exceeded at any moment.
      let taken = slots.filter { $0 > look.now - span }.sorted()
      guard cap.plan.max > 0, taken.count >= cap.plan.max else { return (taken.count, nil) }
      return (taken.count, taken[taken.count - cap.plan.max] + span)
    case .calendarDay, .calendarWeek, .calendarMonth:
      guard let (start, end) = look.calendarUnit(cap.plan.window, at: look.now) else {
        return (0, nil)
      }
      let taken = slots.count { $0 >= start && $0 < end }
      return (taken, taken >= cap.plan.max ? end : nil)
    }
  }

  // MARK: Quiet hours

  /// Whether the channel is quiet now, or what waited for a window's end is not spread out yet.
  func isQuiet(_ channel: NameID, completed: Moment) -> Bool {
    guard !plan.policyIsOff else { return false }
    var isQuiet = false
    for (window, channels) in policy.quietHours where channels?.contains(channel) ?? true {
      for (start, end) in look.windows(window, around: look.now) {
        if start > look.now { continue }
        let share =
          Double(shareHash(["spread", look.id.description])) / 18_446_744_073_709_551_616.0
        let spread = TimeSpan(Int64(share * Double(window.spread.milliseconds)))
        let release = completed < end ? end + spread : end
        guard look.now < release else { continue }
        isQuiet = true
        look.wake(end)
        look.wake(release)
      }
    }
    return isQuiet
  }
}

extension CompiledPlan {
  /// Purposes that pressure neither limits nor counts.
  func exempts(_ purpose: NameID) -> Bool { exemptPurposes.contains(purpose) }
}

extension Look {
  /// The quiet windows that begin on the days around a moment.
  func windows(_ window: ContactPlan.QuietHours, around moment: Moment) -> [(
    start: Moment, end: Moment
  )] {
    guard let zone else { return [] }
    let today = zone.civil(moment)
    var found: [(Moment, Moment)] = []
    for offset in Int32(-2)...1 {
      let weekday = ((today.weekday + Int(offset)) % 7 + 7) % 7
      guard window.days.contains(weekday) else { continue }
      func at(_ minutes: Int, nextDay: Bool) -> (first: Moment, second: Moment) {
        zone.moments(
          CivilTime(
            year: today.year, month: today.month, day: today.day + offset + (nextDay ? 1 : 0),
            hour: Int32(minutes / 60), minute: Int32(minutes % 60)))
      }
      let start = at(window.from, nextDay: false).first
      let end = at(window.until, nextDay: window.until <= window.from).second
      if start < end { found.append((start, end)) }
    }
    return found
  }

  /// The calendar day, week or month of the customer's zone that holds a moment.
  func calendarUnit(_ window: ContactPlan.CapWindow, at moment: Moment) -> (
    start: Moment, end: Moment
  )? {
    guard let zone else { return nil }
    let today = zone.civil(moment)
    func midnight(_ month: Int32, _ day: Int32) -> Moment {
      zone.moments(CivilTime(year: today.year, month: month, day: day)).first
    }
    switch window {
    case .rolling: return nil
    case .calendarDay:
      return (midnight(today.month, today.day), midnight(today.month, today.day + 1))
    case .calendarWeek:
      let monday = today.day - Int32(today.weekday)
      return (midnight(today.month, monday), midnight(today.month, monday + 7))
    case .calendarMonth: return (midnight(today.month, 1), midnight(today.month + 1, 1))
    }
  }
}
