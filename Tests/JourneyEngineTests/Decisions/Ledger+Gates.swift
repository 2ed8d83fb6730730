import JourneyModel

// The gates as their words say, each the reason against a suggestion on a channel at a moment; nil: nothing is against it.
extension Ledger {
  /// Why a suggestion that was made should not have been; asked with it among the entries.
  func fault(of entry: Entry) -> String? {
    let now = entry.made
    if !mayContact(entry.channel, entry.purpose) { return "consent" }
    if isPaused(entry.rule, entry.channel, entry.purpose, at: now) { return "paused" }
    if tooSoon(entry) { return "again_after" }
    let open = entries.count { $0.purpose == entry.purpose && isOpen($0, at: now) }
    if open > plan.contact.atOnce { return "at_once" }
    if let cap = fullCap(entry) { return "pressure:\(cap)" }
    if let end = quietEnd(entry.channel, at: now) { return "quiet until \(end)" }
    return nil
  }

  // MARK: Pauses

  func isPaused(_ rule: String, _ channel: String, _ purpose: String, at now: Int64) -> Bool {
    guard !plan.contact.exempt.contains(purpose) else { return false }
    return plan.contact.pauses.contains { pause in
      let times = entries.filter { entry in
        switch pause.scope {
        case .suggestion: entry.rule == rule
        case .channel: entry.channel == channel
        case .all: true
        }
      }.compactMap { entry in
        entry.isWithdrawn
          ? nil : pause.outcomes.compactMap { time($0, of: entry, at: now) }.min()
      }.sorted()
      return times.indices.contains { last in
        guard last + 1 >= pause.times else { return false }
        let first = times[last + 1 - pause.times]
        let span = pause.within?.milliseconds ?? .max
        return times[last] - first < span && times[last] <= now
          && now < times[last] + pause.pause.milliseconds
      }
    }
  }

  private func time(_ outcome: Outcome, of entry: Entry, at now: Int64) -> Int64? {
    switch outcome {
    case .made: entry.made
    case .sent: if case .sent(let time) = fate(entry, at: now) { time } else { nil }
    case .failed: nil
    case .shown, .opened, .clicked, .accepted, .dismissed: entry.outcomes[outcome]
    }
  }

  private func tooSoon(_ entry: Entry) -> Bool {
    guard let span = plan.rules.first(where: { $0.name == entry.rule })?.againAfter else {
      return false
    }
    return entries.contains { other in
      other.id != entry.id && other.rule == entry.rule && !other.isWithdrawn
        && fate(other, at: entry.made) != .failed && other.made <= entry.made
        && entry.made < other.made + span.milliseconds
    }
  }

  // MARK: Caps

  func fullCap(_ entry: Entry) -> String? {
    guard !plan.contact.exempt.contains(entry.purpose) else { return nil }
    return plan.contact.pressure.first { cap in
      guard cap.channels?.contains(entry.channel) ?? true,
        cap.purposes?.contains(entry.purpose) ?? true, binds(cap)
      else { return false }
      return isExceeded(cap, by: entry)
    }?.name
  }

  private func binds(_ cap: ContactPlan.Cap) -> Bool {
    cap.condition.allSatisfy { predicate in
      guard case .trait(let name, let comparisons) = predicate, let value = trait(name) else {
        return false
      }
      return comparisons.allSatisfy { $0.operator == .equals && $0.operand == value }
    }
  }

  /// Whether there is an instant at which more slots lie in the cap's window than it allows, that of the entry among them.
  private func isExceeded(_ cap: ContactPlan.Cap, by entry: Entry) -> Bool {
    let now = entry.made
    let slots = entries.filter { other in
      !plan.contact.exempt.contains(other.purpose) && cap.channels?.contains(other.channel) ?? true
        && cap.purposes?.contains(other.purpose) ?? true
    }.compactMap { slot($0, at: now) }
    if case .rolling(let span) = cap.window {
      return slots.contains { instant in
        let start = instant - span.milliseconds
        guard start < now, now <= instant else { return false }
        return slots.count { $0 > start && $0 <= instant } > cap.max
      }
    }
    let zone = clock
    return slots.count { unit(cap.window, $0, zone) == unit(cap.window, now, zone) } > cap.max
  }

  /// A name for the calendar day, week or month of a moment.
  private func unit(_ window: ContactPlan.CapWindow, _ moment: Int64, _ zone: CivilClock) -> [Int] {
    let local = zone.local(moment)
    let date = CivilClock.date(local)
    switch window {
    case .rolling: return []
    case .calendarDay: return [date.year, date.month, date.day]
    case .calendarWeek:
      let monday = CivilClock.date(local - Int64(date.weekday) * 86_400_000)
      return [monday.year, monday.month, monday.day]
    case .calendarMonth: return [date.year, date.month]
    }
  }

  // MARK: Quiet hours

  /// The end of the quiet hours that a moment lies in; nil where it lies in none.
  func quietEnd(_ channel: String, at now: Int64) -> Int64? {
    let zone = clock
    let day: Int64 = 86_400_000
    let today = zone.local(now) / day * day
    for window in plan.contact.quietHours where window.channels?.contains(channel) ?? true {
      for offset in Int64(-2)...1 {
        let midnight = today + offset * day
        guard window.days.contains(CivilClock.date(midnight).weekday) else { continue }
        let next = window.until <= window.from ? day : 0
        let start = zone.moments(midnight + Int64(window.from) * 60_000).first
        let end = zone.moments(midnight + next + Int64(window.until) * 60_000).last
        if start <= now, now < end { return end }
      }
    }
    return nil
  }
}
