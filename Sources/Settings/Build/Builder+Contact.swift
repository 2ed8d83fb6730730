internal import JourneyModel

extension Builder {
  func contact() -> ContactPlan {
    var plan = ContactPlan.standard
    guard let node = root["contact"] else { return plan }
    node.set(&plan.timezone, "timezone")
    for entry in node.named("consent") { set(&plan.consent, entry) }
    node.set(&plan.atOnce, "at_once")
    plan.never = (node["never"]?.items ?? []).map {
      ContactPlan.Never(conditions: predicates($0["if"]), purposes: $0.texts("purposes"))
    }
    plan.pressure = node.named("pressure").map(cap)
    if let exempt = node.texts("exempt") { plan.exempt = exempt }
    node.set(&plan.reserveFor, "reserve_for")
    plan.quietHours = (node["quiet_hours"]?.items ?? []).map(quietHours)
    plan.pauses = (node["pauses"]?.items ?? []).map(pause)
    if let service = node["service_first"], !service.isNull {
      plan.serviceFirst = serviceFirst(service)
    }
    if let holdout = node["holdout"], !holdout.isNull {
      var out = ContactPlan.Holdout(
        share: holdout["share"]?.share ?? 0, every: holdout.span("every") ?? .days(90))
      if let purposes = holdout.texts("purposes") { out.purposes = purposes }
      plan.holdout = out
    }
    return plan
  }

  private func set(_ consent: inout [ContactPlan.PurposeConsent], _ entry: YAMLEntry) {
    guard let rule = entry.value.text.flatMap(ContactPlan.ConsentRule.init) else { return }
    if let at = consent.firstIndex(where: { $0.purpose == entry.key }) {
      consent[at].rule = rule
    } else {
      consent.append(ContactPlan.PurposeConsent(purpose: entry.key, rule: rule))
    }
  }

  private func cap(_ entry: YAMLEntry) -> ContactPlan.Cap {
    let node = entry.value
    let window: ContactPlan.CapWindow
    switch node["per"]?.text {
    case "calendar_day": window = .calendarDay
    case "calendar_week": window = .calendarWeek
    case "calendar_month": window = .calendarMonth
    default: window = .rolling(node.span("per") ?? .days(1))
    }
    var cap = ContactPlan.Cap(name: entry.key, max: node["max"]?.whole ?? 0, window: window)
    cap.channels = node.texts("channel")
    cap.purposes = node.texts("purpose")
    cap.condition = predicates(node["for"])
    return cap
  }

  private func quietHours(_ node: YAMLNode) -> ContactPlan.QuietHours {
    var hours = ContactPlan.QuietHours(
      from: node["from"]?.text.flatMap(Scalars.clock) ?? 0,
      until: node["until"]?.text.flatMap(Scalars.clock) ?? 0)
    hours.channels = node.texts("channels")
    if let days = node.texts("days") {
      hours.days = Set(days.compactMap { SettingsTable.days.firstIndex(of: $0) })
    }
    node.set(&hours.spread, "spread")
    return hours
  }

  private func pause(_ node: YAMLNode) -> ContactPlan.Pause {
    let outcomes = (node.texts("outcome") ?? []).compactMap { Outcome($0) }
    var pause = ContactPlan.Pause(outcomes: outcomes, pause: node.span("pause") ?? .zero)
    node.set(&pause.times, "times")
    pause.within = node.span("within")
    node.set(&pause.scope, "scope")
    return pause
  }

  private func serviceFirst(_ node: YAMLNode) -> ContactPlan.ServiceFirst {
    let opens = (node["opens"]?.items ?? []).map { opening -> ContactPlan.ServiceFirst.Opening in
      if let name = opening.text { return .seen(MatcherPlan([name])) }
      if let bounds = opening["satisfaction"] { return .satisfaction(comparisons(bounds.entries)) }
      return .seen(matcher(opening, "seen"))
    }
    var plan = ContactPlan.ServiceFirst(opens: opens)
    plan.closes = matchers(node["closes"])
    plan.key = node["key"]?.text
    node.set(&plan.coolingOff, "cooling_off")
    node.set(&plan.givesUpAfter, "gives_up_after")
    return plan
  }
}
