import JourneyModel

/// What is made and withdrawn for one customer under a policy, found by deciding anew at every moment that could matter.
struct SlowPolicy {
  let plan: Plan
  private(set) var log: [String] = []
  private var ledger: Ledger
  private var clock = Int64.min
  /// Moments of completion of the entries, in their order.
  private var completed: [Int64] = []
  /// Whether an occasion was answered for good, by rule and moment.
  private var answered: [Occasion: Bool] = [:]
  private var completions: [String: [SlowRule.Completion]] = [:]
  private let id: CustomerID

  struct Occasion: Hashable {
    var rule: String
    var moment: Int64
  }
  private struct Candidate {
    var rule: RulePlan
    var moment: Int64
    var channels: [String]
  }

  init(_ plan: Plan, id: CustomerID) {
    self.plan = plan
    self.id = id
    ledger = Ledger(plan)
  }

  /// Entries in the order made, for outcomes to be told of.
  var entries: [Ledger.Entry] { ledger.entries }

  // MARK: Time

  mutating func arrive(_ happening: Happening, outcomeOf index: Int?, at now: Int64) {
    reach(now)
    if !(happening.outcome?.outcome.isReceipt ?? false) { ledger.told.append(happening) }
    if let index, let outcome = happening.outcome?.outcome {
      ledger.note(outcome, of: ledger.entries[index].id, at: happening.time)
    }
    for rule in plan.rules {
      completions[rule.name] = SlowRule(rule.steps, [:], told: ledger.told).completions()
    }
    clock = now
    decide(now: now, horizon: now - 1)
  }

  /// Decides at every moment before `now` that something known and some span together make.
  mutating func reach(_ now: Int64) {
    guard !ledger.told.isEmpty else { return }
    var from = clock
    defer { clock = now }
    while from < now {
      let before = ledger.entries.count
      let wasWithdrawn = ledger.entries.count(where: \.isWithdrawn)
      for moment in moments(from: from, until: now) {
        decide(now: moment, horizon: moment)
        from = moment + 1
        // What is new brings moments of its own.
        if ledger.entries.count != before { break }
        if ledger.entries.count(where: \.isWithdrawn) != wasWithdrawn { break }
      }
      if ledger.entries.count == before,
        ledger.entries.count(where: \.isWithdrawn) == wasWithdrawn
      {
        return
      }
    }
  }

  private func moments(from: Int64, until end: Int64) -> [Int64] {
    let isWaiting = plan.rules.contains { rule in
      (completions[rule.name] ?? []).contains { from < $0.moment + rule.expires.milliseconds }
    }
    guard isWaiting || ledger.entries.contains(where: { ledger.isOpen($0, at: from) }) else {
      return []
    }
    var known = Set(ledger.told.map(\.time))
    for entry in ledger.entries {
      known.formUnion([entry.made, entry.expires] + entry.receipts.map(\.time))
      known.formUnion(entry.outcomes.values)
    }
    var found = Set(known.flatMap { time in spans.map { time + $0 } })
    for completion in completions.values.joined() { found.insert(completion.moment) }
    var day = from
    while day < end + RandomPolicy.day {
      found.formUnion(quietEnds(from: day))
      day += RandomPolicy.day
    }
    return found.filter { $0 >= from && $0 < end }.sorted()
  }

  private var spans: [Int64] {
    var spans: [Int64] = [0, 5 * RandomPolicy.hour, plan.contact.reserveFor.milliseconds]
    spans += plan.catalogue.channels.compactMap { $0.reserveFor?.milliseconds }
    for cap in plan.contact.pressure {
      if case .rolling(let span) = cap.window { spans.append(span.milliseconds) }
    }
    spans += plan.contact.pauses.map(\.pause.milliseconds)
    return spans
  }

  /// Midnights, where calendar caps begin anew, and ends of quiet hours, with what is spread behind them.
  private func quietEnds(from: Int64) -> [Int64] {
    let zone = ledger.clock
    let day = RandomPolicy.day
    let today = zone.local(max(from, 0)) / day * day
    return (-1...1).flatMap { offset in
      let midnight = today + Int64(offset) * day
      let ends = plan.contact.quietHours.flatMap { window in
        let end = zone.moments(midnight + Int64(window.until) * RandomPolicy.minute).last
        return [end, end + spread(window)]
      }
      return ends + [zone.moments(midnight).first]
    }
  }

  private func spread(_ window: ContactPlan.QuietHours) -> Int64 {
    let share = Double(shareHash(["spread", id.description])) / 18_446_744_073_709_551_616
    return Int64(share * Double(window.spread.milliseconds))
  }

  // MARK: Deciding

  private mutating func decide(now: Int64, horizon: Int64) {
    for index in ledger.entries.indices
    where ledger.entries[index].made <= now && ledger.isOpen(ledger.entries[index], at: now) {
      if let reason = reasonAgainst(index, now: now, horizon: horizon) {
        withdraw(index, reason, now: now)
      }
    }
    guard !completions.isEmpty else { return }
    var rest = candidates(now: now, horizon: horizon).sorted(by: ranksBefore)
    rest.removeAll { isAnsweredForGood($0, now: now, horizon: horizon) }
    while let (place, channel, replaced) = best(of: rest, now: now) {
      if let replaced { withdraw(replaced, .superseded, now: now) }
      make(rest.remove(at: place), channel, now: now, horizon: horizon)
      rest.removeAll { isAnsweredForGood($0, now: now, horizon: horizon) }
    }
  }

  private func occasions(of rule: RulePlan, now: Int64, horizon: Int64) -> [Int64] {
    let found = (completions[rule.name] ?? []).filter { completion in
      (!completion.isDeadline || completion.moment <= horizon)
        && now < completion.moment + rule.expires.milliseconds
    }
    return Set(found.map(\.moment)).sorted()
  }

  private func reasonAgainst(_ index: Int, now: Int64, horizon: Int64) -> WithdrawalReason? {
    let entry = ledger.entries[index]
    guard let rule = plan.rules.first(where: { $0.name == entry.rule }) else { return .inactive }
    if !ledger.mayContact(entry.channel, entry.purpose) { return .consentWithdrawn }
    if !occasions(of: rule, now: now, horizon: horizon).contains(completed[index])
      || !holds(rule, now: now)
    {
      return .conditionNoLongerHolds
    }
    if ledger.isPaused(entry.rule, entry.channel, entry.purpose, at: now) { return .paused }
    let wasSent = tries(Occasion(rule: entry.rule, moment: completed[index])).contains { other in
      if other < index, case .sent = ledger.fate(ledger.entries[other], at: now) {
        true
      } else {
        false
      }
    }
    return wasSent ? .superseded : nil
  }

  private mutating func withdraw(_ index: Int, _ reason: WithdrawalReason, now: Int64) {
    ledger.entries[index].isWithdrawn = true
    log.append("\(now) withdrawn \(ledger.entries[index].rule) \(completed[index]) \(reason)")
  }

  /// `unless`: the rules here have at most the one that ``RandomPolicy`` gives them.
  private func holds(_ rule: RulePlan, now: Int64) -> Bool {
    rule.exceptions.allSatisfy { predicate in
      guard case .seen(let matcher, let within, _) = predicate else { return true }
      return !ledger.told.contains { happening in
        matcher.touchpoints.contains(happening.touchpoint)
          && happening.time > now - (within?.milliseconds ?? 0)
      }
    }
  }

  // MARK: Candidates

  private func tries(_ occasion: Occasion) -> [Int] {
    ledger.entries.indices.filter {
      ledger.entries[$0].rule == occasion.rule && completed[$0] == occasion.moment
    }
  }

  private func candidates(now: Int64, horizon: Int64) -> [Candidate] {
    plan.rules.flatMap { rule in
      let open = occasions(of: rule, now: now, horizon: horizon).filter { moment in
        let occasion = Occasion(rule: rule.name, moment: moment)
        let tries = tries(occasion)
        if tries.isEmpty { return answered[occasion] == nil }
        return answered[occasion] != true
          && tries.allSatisfy {
            !ledger.entries[$0].isWithdrawn && ledger.fate(ledger.entries[$0], at: now) == .failed
          }
      }
      let fresh = open.filter { tries(Occasion(rule: rule.name, moment: $0)).isEmpty }
      return open.filter { !fresh.contains($0) || $0 == fresh.last }.map { moment in
        let failed = tries(Occasion(rule: rule.name, moment: moment)).map {
          ledger.entries[$0].channel
        }
        return Candidate(
          rule: rule, moment: moment, channels: rule.channels.filter { !failed.contains($0) })
      }
    }
  }

  private func ranksBefore(_ a: Candidate, _ b: Candidate) -> Bool {
    let (aServes, bServes) = (a.rule.purpose == "service", b.rule.purpose == "service")
    if aServes != bServes { return aServes }
    if a.rule.value != b.rule.value { return a.rule.value > b.rule.value }
    let (aEnds, bEnds) = (
      a.moment + a.rule.expires.milliseconds, b.moment + b.rule.expires.milliseconds
    )
    if aEnds != bEnds { return aEnds < bEnds }
    if a.rule.name != b.rule.name { return a.rule.name < b.rule.name }
    return a.moment > b.moment
  }

  /// The gates before `again_after` that hold for a channel, so that the next one is asked.
  private func reachesAgainAfter(_ candidate: Candidate, _ channel: String, now: Int64) -> Bool {
    ledger.mayContact(channel, candidate.rule.purpose) && holds(candidate.rule, now: now)
      && !ledger.isPaused(candidate.rule.name, channel, candidate.rule.purpose, at: now)
  }

  private mutating func isAnsweredForGood(
    _ candidate: Candidate, now: Int64, horizon: Int64
  ) -> Bool {
    let isTooSoon = ledger.entries.contains { entry in
      entry.rule == candidate.rule.name && !entry.isWithdrawn
        && ledger.fate(entry, at: now) != .failed && entry.made <= now
        && now < entry.made + (candidate.rule.againAfter?.milliseconds ?? 0)
    }
    guard isTooSoon,
      candidate.channels.contains(where: { reachesAgainAfter(candidate, $0, now: now) })
    else { return false }
    answered[Occasion(rule: candidate.rule.name, moment: candidate.moment)] = true
    answerOlder(candidate, now: now, horizon: horizon)
    return true
  }

  private mutating func answerOlder(_ candidate: Candidate, now: Int64, horizon: Int64) {
    for moment in occasions(of: candidate.rule, now: now, horizon: horizon)
    where moment < candidate.moment {
      let older = Occasion(rule: candidate.rule.name, moment: moment)
      if tries(older).isEmpty, answered[older] == nil { answered[older] = false }
    }
  }

  // MARK: Making

  private func best(of rest: [Candidate], now: Int64) -> (Int, String, replaced: Int?)? {
    for (place, candidate) in rest.enumerated() {
      let open = ledger.entries.indices.filter {
        ledger.entries[$0].purpose == candidate.rule.purpose
          && ledger.isOpen(ledger.entries[$0], at: now)
      }
      var replaced: Int?
      if open.count >= plan.contact.atOnce {
        guard open.count == plan.contact.atOnce, let lowest = lowest(of: open),
          value(lowest) < candidate.rule.value
        else { continue }
        replaced = lowest
      }
      let channel = candidate.channels.first { channel in
        reachesAgainAfter(candidate, channel, now: now)
          && passes(candidate, channel, now: now, leavingOut: replaced)
      }
      if let channel { return (place, channel, replaced) }
    }
    return nil
  }

  private func value(_ index: Int) -> Double {
    plan.rules.first { $0.name == ledger.entries[index].rule }?.value ?? 0
  }

  private func lowest(of open: [Int]) -> Int? {
    open.min { a, b in
      let (x, y) = (ledger.entries[a], ledger.entries[b])
      if value(a) != value(b) { return value(a) < value(b) }
      if x.expires != y.expires { return x.expires > y.expires }
      if x.rule != y.rule { return x.rule > y.rule }
      return x.made > y.made
    }
  }

  /// Caps and quiet hours, as if it were made now.
  private func passes(
    _ candidate: Candidate, _ channel: String, now: Int64, leavingOut: Int?
  ) -> Bool {
    var then = ledger
    if let leavingOut { then.entries.remove(at: leavingOut) }
    let entry = entry(candidate, channel, now: now)
    then.entries.append(entry)
    if then.fullCap(entry) != nil { return false }
    if then.quietEnd(channel, at: now) != nil { return false }
    return !waitsForSpread(candidate, channel, now: now)
  }

  /// What waited for a window's end is decided a while after it.
  private func waitsForSpread(_ candidate: Candidate, _ channel: String, now: Int64) -> Bool {
    let zone = ledger.clock
    let day = RandomPolicy.day
    let today = zone.local(now) / day * day
    for window in plan.contact.quietHours where window.channels?.contains(channel) ?? true {
      for offset in Int64(-2)...1 {
        let midnight = today + offset * day
        guard window.days.contains(CivilClock.date(midnight).weekday) else { continue }
        let next = window.until <= window.from ? day : 0
        let start = zone.moments(midnight + Int64(window.from) * RandomPolicy.minute).first
        let end = zone.moments(midnight + next + Int64(window.until) * RandomPolicy.minute).last
        if start < end, candidate.moment < end, end <= now, now < end + spread(window) {
          return true
        }
      }
    }
    return false
  }

  private func entry(_ candidate: Candidate, _ channel: String, now: Int64) -> Ledger.Entry {
    Ledger.Entry(
      id: SuggestionID(UInt64(ledger.entries.count)), rule: candidate.rule.name, channel: channel,
      purpose: candidate.rule.purpose, made: now,
      expires: candidate.moment + candidate.rule.expires.milliseconds)
  }

  private mutating func make(
    _ candidate: Candidate, _ channel: String, now: Int64, horizon: Int64
  ) {
    ledger.entries.append(entry(candidate, channel, now: now))
    completed.append(candidate.moment)
    log.append("\(now) made \(candidate.rule.name) \(candidate.moment) \(channel)")
    answerOlder(candidate, now: now, horizon: horizon)
  }
}
