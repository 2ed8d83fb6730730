import JourneyModel

/// Which rules have to be looked at again, beside those that wait for a deadline or have something open.
struct Concerned {
  var all = false
  var touchpoint: NameID?
  /// A trait or a consent changed, or the customer turned out to be known longer.
  var facts = false

  static let everything = Concerned(all: true)
  static let due = Concerned()
}

/// Decides for one customer at one moment (spec 3.6): withdraws what may no longer stand, makes what may be made.
struct Decider {
  let look: Look
  let who: WhoIsWho
  let ref: CustomerRef
  let gates: Gates
  let holdout: Bool
  let trigger: Decision.Trigger
  let isDeadline: Bool
  let firstLoaded: [NameID: Moment]
  let traceparent: String
  let tracestate: String

  private(set) var effects: [Effect] = []
  private(set) var made: [(SuggestionID, StemRef)] = []
  private(set) var withdrawn = 0
  private(set) var refusals: [Refusal] = []
  private var candidates: [Candidate] = []

  private var plan: CompiledPlan { look.plan }
  private var customer: UnsafeMutablePointer<Customer> { look.customer }
  private var now: Moment { look.now }

  struct Candidate {
    let rule: Int
    let occasion: Occasion
    let failed: [NameID]
    let score: Score
    let expires: Moment
    var answers: [(channel: NameID, refusal: Refusal?)] = []
    var madeAs: (channel: NameID, id: SuggestionID)?
    /// As many were open already before anything was made now.
    var wasBlocked = false
  }

  init(
    look: Look, who: WhoIsWho, ref: CustomerRef, holdout: Bool, trigger: Decision.Trigger,
    traceparent: String, tracestate: String, firstLoaded: [NameID: Moment]
  ) {
    self.look = look
    self.who = who
    self.ref = ref
    self.holdout = holdout
    self.trigger = trigger
    self.traceparent = traceparent
    self.tracestate = tracestate
    self.firstLoaded = firstLoaded
    if case .deadline = trigger { isDeadline = true } else { isDeadline = false }
    gates = Gates(look: look, who: who, ref: ref)
  }

  /// Runs the decision. `merged`: customers were joined just now, so that of two open ones of a rule one is left over.
  mutating func run(_ concerned: Concerned, merged: Bool, collectsDecisions: Bool) {
    var again = true
    var rounds = 0
    var wanted = concerned
    while again, rounds < 16 {
      rounds += 1
      evaluate(wanted)
      withdrawWhatFails(merged: merged && rounds == 1)
      findCandidates()
      let before = made.count + withdrawn
      makeBest()
      if rounds == 1 || made.count + withdrawn > before { record(collectsDecisions) }
      // What follows from a suggestion's own outcome may be complete at once.
      again = made.count + withdrawn > before && plan.followsOutcomes
      wanted = .due
    }
    for index in customer.pointee.suggestions.indices { wakeForSettling(index) }
  }

  /// An open one expires, and silence stands for a sending or gives a slot back.
  private func wakeForSettling(_ index: Int) {
    let expires = customer.pointee.suggestions[index].expires
    let made = customer.pointee.suggestions[index].made
    guard expires > now || made + plan.longestReserve > now else { return }
    let suggestion = customer.pointee.suggestions[index]
    guard suggestion.withdrawn == nil, !suggestion.isControl else { return }
    look.wake(expires)
    if suggestion.receipts.isEmpty, suggestion.outcomes.isEmpty {
      look.wake(made + plan.reserveFor(suggestion.channel))
    }
  }

  // MARK: Which rules are complete

  private mutating func evaluate(_ concerned: Concerned) {
    look.clearNumbers()
    if concerned.all { for number in plan.rules.indices { look.add(number) } }
    if concerned.facts { for number in plan.rulesByFacts { look.add(number) } }
    if let touchpoint = concerned.touchpoint {
      for number in plan.rulesByTouchpoint[touchpoint] ?? [] { look.add(number) }
      for number in plan.rulesAlways { look.add(number) }
    }
    for waiting in customer.pointee.waiting where waiting.hasUnanswered || waiting.next <= now {
      if let number = plan.ruleIndex(waiting.rule) { look.add(number) }
    }
    // What is open has to stand, and what failed may be tried otherwise.
    for index in customer.pointee.suggestions.indices
    where now < customer.pointee.suggestions[index].expires && isLive(index) {
      if let number = plan.ruleIndex(customer.pointee.suggestions[index].rule) { look.add(number) }
    }
    if plan.followsOutcomes, !customer.pointee.suggestions.isEmpty {
      for number in plan.rules.indices where plan.rules[number].followsOutcomes { look.add(number) }
    }
    customer.pointee.waiting.removeAll { waiting in
      plan.ruleIndex(waiting.rule).map { look.isLookedAt($0) } ?? true
    }
    for waiting in customer.pointee.waiting { look.wakeForDeadline(waiting.next) }
    look.complete.removeAll(keepingCapacity: true)
    look.numbers.sort()
    for number in look.numbers { evaluate(number) }
  }

  /// Open, or failed and to be tried otherwise.
  private func isLive(_ index: Int) -> Bool {
    let suggestion = customer.pointee.suggestions[index]
    return suggestion.withdrawn == nil
      && (suggestion.hasFailed(plan) || suggestion.isOpen(at: now, plan: plan))
  }

  private func evaluate(_ number: Int) {
    let outer = look.next
    look.next = .distantFuture
    let occasions = occasions(of: number, view: now)
    if !occasions.isEmpty {
      look.complete.append(RuleOccasions(rule: number, occasions: occasions))
    }
    let next = look.next
    look.next = min(outer, next)
    let hasUnanswered = occasions.contains { !isAnswered($0.key) }
    if next < .distantFuture || hasUnanswered {
      customer.pointee.waiting.append(
        WaitingRule(rule: plan.rules[number].name, next: next, hasUnanswered: hasUnanswered))
    }
  }

  /// The unexpired occasions of a rule, oldest first, with the history as it was at `view`.
  private func occasions(of number: Int, view: Moment) -> [Occasion] {
    let rule = plan.rules[number]
    guard rule.plan.isActive else { return [] }
    var since = now - rule.plan.expires + TimeSpan(1)
    if let from = rule.plan.from ?? firstLoaded[rule.name] { since = max(since, from) }
    let until = rule.plan.until ?? .distantFuture
    var found: [Occasion] = []
    guard let journey = rule.journey else {
      var matching = Matching(
        look: look, rule: rule, view: view, instance: nil, fold: nil, since: since)
      matching.run()
      found = matching.occasions
      if found.isEmpty { return found }
      found.removeAll { $0.key.moment >= until || !given(rule, $0.key) }
      if found.count > 1 { found.sort { $0.key.moment < $1.key.moment } }
      return found
    }
    let fold = look.fold(journey)
    let runs: [Int?] =
      rule.journeyHasKey && !fold.instances.isEmpty ? fold.instances.indices.map { $0 } : [nil]
    for instance in runs {
      var matching = Matching(
        look: look, rule: rule, view: view, instance: instance, fold: instance == nil ? nil : fold,
        since: since)
      matching.run()
      for var occasion in matching.occasions where occasion.key.moment < until {
        let place = place(of: occasion, rule: rule, journey: journey, fold: fold)
        if let instance, place != instance { continue }
        occasion.key.instance = place.map { fold.instances[$0].id }
        guard !found.contains(where: { $0.key == occasion.key }) else { continue }
        found.append(occasion)
      }
    }
    return found.filter { given(rule, $0.key) }.sorted { $0.key.moment < $1.key.moment }
  }

  /// The instance that an occasion is about.
  private func place(of occasion: Occasion, rule: CompiledRule, journey: Int, fold: JourneyFold)
    -> Int?
  {
    if occasion.lastTouch >= 0, fold.membership[occasion.lastTouch] >= 0 {
      return fold.membership[occasion.lastTouch]
    }
    if occasion.lastTouch < 0 {
      for case .outcome(let index, _, _) in occasion.causes.reversed() {
        if let id = customer.pointee.suggestions[index].instance,
          let place = fold.instances.firstIndex(where: { $0.id == id })
        {
          return place
        }
        break
      }
    }
    let moment = occasion.key.moment
    let endsAfter = plan.journeys[journey].plan.endsAfter
    let then = look.fold(journey, until: moment)
    let fitting = then.instances.filter {
      rule.plan.journeyIs.contains($0.status(at: moment, endsAfter: endsAfter))
    }
    let lastTouched = fitting.max { ($0.last, $0.lastIndex) < ($1.last, $1.lastIndex) }
    if let lastTouched { return fold.instances.firstIndex { $0.id == lastTouched.id } }
    // None was there yet: the first that starts later, so that a rule can wait for its journey.
    return fold.instances.indices.filter { fold.instances[$0].started > moment }
      .min { fold.instances[$0].started < fold.instances[$1].started }
  }

  /// `given`: judged for the moment of completion with what had happened up to then.
  private func given(_ rule: CompiledRule, _ key: OccasionKey) -> Bool {
    guard !rule.given.isEmpty else { return true }
    var judged = gates.judged(key, rule, view: now)
    judged = Judged(
      moment: key.moment, limit: key.moment, view: now, own: key, instance: judged.instance)
    return look.holdAll(rule.given, judged)
  }

  private func isAnswered(_ key: OccasionKey) -> Bool {
    var wasTried = false
    for suggestion in customer.pointee.suggestions where suggestion.isOf(key) {
      wasTried = true
      if !suggestion.hasFailed(plan) { return true }
    }
    return customer.pointee.answered.contains {
      $0.rule == key.rule && $0.instance == key.instance && $0.moment == key.moment
        && (!wasTried || $0.isForGood)
    }
  }

  // MARK: Withdrawing

  private mutating func withdrawWhatFails(merged: Bool) {
    var again = true
    while again {
      again = false
      for index in customer.pointee.suggestions.indices
      where now < customer.pointee.suggestions[index].expires {
        let suggestion = customer.pointee.suggestions[index]
        guard suggestion.isOpen(at: now, plan: plan), suggestion.made <= now else {
          if suggestion.made > now { look.wake(suggestion.made) }
          continue
        }
        if let reason = reasonAgainst(suggestion) {
          withdraw(index, reason)
          again = plan.followsOutcomes || plan.readsOutcomes
        }
      }
      if again { evaluate(.due) }
    }
    if merged { withdrawLeftOver() }
  }

  /// Why an open suggestion may no longer stand: the first in the order of the gates.
  private func reasonAgainst(_ suggestion: Suggested) -> WithdrawalReason? {
    guard let number = plan.ruleIndex(suggestion.rule), plan.rules[number].plan.isActive else {
      return .inactive
    }
    let rule = plan.rules[number]
    let judged = gates.judged(suggestion.key, rule, view: min(suggestion.made, now))
    if gates.isExcluded(rule, judged) { return .excluded }
    if !gates.hasConsent(suggestion.channel, suggestion.purpose) { return .consentWithdrawn }
    if !stands(suggestion, number) || !gates.conditionsHold(rule, suggestion.key, judged) {
      return .conditionNoLongerHolds
    }
    if gates.isServiceFirst(suggestion.purpose) { return .serviceFirst }
    if gates.isPaused(rule, suggestion.channel) { return .paused }
    // What failed was sent after all: what was tried instead is left over.
    let first = customer.pointee.suggestions.contains {
      $0.isOf(suggestion.key) && $0.id != suggestion.id && $0.made <= suggestion.made
        && $0.sent(at: now, plan: plan) != nil
    }
    return first ? .superseded : nil
  }

  /// Whether the occasion of an open suggestion is still there.
  private func stands(_ suggestion: Suggested, _ number: Int) -> Bool {
    if look.occasions(of: number)?.contains(where: { $0.key == suggestion.key }) ?? false {
      return true
    }
    // What was decided is not undone because its reason has left the history.
    guard customer.pointee.touches.contains(where: { $0.left <= now }) else { return false }
    return occasions(of: number, view: suggestion.made - TimeSpan(1))
      .contains { $0.key == suggestion.key }
  }

  /// After a merge: of two open ones of a rule the later, then, beyond `at_once`, the lowest ranked.
  private mutating func withdrawLeftOver() {
    let open = customer.pointee.suggestions.indices.filter {
      customer.pointee.suggestions[$0].isOpen(at: now, plan: plan)
    }
    var kept: [Int] = []
    for index in open.sorted(by: {
      customer.pointee.suggestions[$0].made < customer.pointee.suggestions[$1].made
    }) {
      let suggestion = customer.pointee.suggestions[index]
      let isLeftOver = kept.contains {
        let earlier = customer.pointee.suggestions[$0]
        return earlier.rule == suggestion.rule && earlier.half != suggestion.half
      }
      if isLeftOver { withdraw(index, .merged) } else { kept.append(index) }
    }
    guard !plan.policyIsOff else { return }
    for purpose in Set(kept.map { customer.pointee.suggestions[$0].purpose }).sorted() {
      var same = kept.filter { customer.pointee.suggestions[$0].purpose == purpose }
      while same.count > plan.policy.plan.atOnce,
        Set(same.map { customer.pointee.suggestions[$0].half }).count > 1,
        let lowest = lowest(of: same)
      {
        withdraw(lowest, .merged)
        same.removeAll { $0 == lowest }
      }
    }
  }

  /// The lowest ranked of open suggestions now; of equal ones the latest.
  private func lowest(of indices: [Int]) -> Int? {
    indices.min { a, b in
      let (x, y) = (customer.pointee.suggestions[a], customer.pointee.suggestions[b])
      let (s, t) = (score(of: x), score(of: y))
      if s.total != t.total { return s.total < t.total }
      if s.propensity != t.propensity { return s.propensity < t.propensity }
      if x.expires != y.expires { return x.expires > y.expires }
      if x.rule != y.rule { return !plan.names.precedes(x.rule, y.rule) }
      return x.made > y.made
    }
  }

  private func score(of suggestion: Suggested) -> Score {
    guard let number = plan.ruleIndex(suggestion.rule) else {
      return Score(total: 0, propensity: 0, value: 0, boost: 1)
    }
    return score(number, suggestion.key)
  }

  private func score(_ number: Int, _ key: OccasionKey) -> Score {
    let rule = plan.rules[number]
    let judged = gates.judged(key, rule, view: now)
    var total = rule.plan.propensity * rule.plan.value
    var boost = 1.0
    for (condition, percent) in rule.boosts where look.holds(condition, judged) {
      total *= 1 + percent / 100
      boost *= 1 + percent / 100
    }
    return Score(
      total: total, propensity: rule.plan.propensity, value: rule.plan.value, boost: boost)
  }

  private mutating func withdraw(_ index: Int, _ reason: WithdrawalReason) {
    customer.pointee.suggestions[index].withdrawn = reason
    customer.pointee.suggestions[index].withdrawnAt = now
    withdrawn += 1
    effects.append(
      .withdrawn(
        Presentation(look: look, who: who, ref: ref).withdrawn(
          customer.pointee.suggestions[index], reason)))
  }

  // MARK: Candidates

  private mutating func findCandidates() {
    candidates.removeAll(keepingCapacity: true)
    for entry in look.complete {
      let (number, occasions) = (entry.rule, entry.occasions)
      let rule = plan.rules[number]
      for instance in instances(of: occasions) {
        let own = occasions.filter { $0.key.instance == instance }
        let unanswered = own.filter { !isAnswered($0.key) }
        // The newest, and what failed and is tried otherwise.
        let newest = unanswered.last { !wasTried($0.key) }
        for occasion in unanswered where wasTried(occasion.key) || occasion.key == newest?.key {
          let failed = customer.pointee.suggestions.filter { $0.isOf(occasion.key) }.map(\.channel)
          candidates.append(
            Candidate(
              rule: number, occasion: occasion, failed: failed, score: score(number, occasion.key),
              expires: occasion.key.moment + rule.plan.expires))
        }
      }
    }
    candidates.sort(by: ranksBefore)
  }

  private func instances(of occasions: [Occasion]) -> [JourneyID?] {
    guard let first = occasions.first else { return [] }
    if occasions.allSatisfy({ $0.key.instance == first.key.instance }) {
      return [first.key.instance]
    }
    return Set(occasions.map(\.key.instance)).sorted { $0?.rawValue ?? 0 < $1?.rawValue ?? 0 }
  }

  private func wasTried(_ key: OccasionKey) -> Bool {
    customer.pointee.suggestions.contains { $0.isOf(key) }
  }

  private func ranksBefore(_ a: Candidate, _ b: Candidate) -> Bool {
    let (x, y) = (plan.rules[a.rule], plan.rules[b.rule])
    let (xService, yService) = (x.purpose == plan.policy.service, y.purpose == plan.policy.service)
    if xService != yService { return xService }
    if a.score.total != b.score.total { return a.score.total > b.score.total }
    if a.score.propensity != b.score.propensity { return a.score.propensity > b.score.propensity }
    if a.expires != b.expires { return a.expires < b.expires }
    if x.plan.name != y.plan.name {
      return x.plan.name.utf8.lexicographicallyPrecedes(y.plan.name.utf8)
    }
    if a.occasion.key.moment != b.occasion.key.moment {
      return a.occasion.key.moment > b.occasion.key.moment
    }
    return a.occasion.key.instance?.rawValue ?? 0 < b.occasion.key.instance?.rawValue ?? 0
  }

  private func order(of rule: CompiledRule, without failed: [NameID]) -> [NameID] {
    var channels = rule.channels
    if plan.policyIsOff {
      return channels.filter { !failed.contains($0) }
    }
    if let preferred = customer.pointee.traitText("preferred_channel", names: plan.names),
      let id = plan.names.lookup(preferred), let place = channels.firstIndex(of: id)
    {
      channels.remove(at: place)
      channels.insert(id, at: 0)
    }
    return channels.filter { !failed.contains($0) }
  }

  /// Asks the gates for every channel of a candidate.
  private mutating func judge(_ index: Int, isFirst: Bool) {
    let candidate = candidates[index]
    let rule = plan.rules[candidate.rule]
    let key = candidate.occasion.key
    let judged = gates.judged(key, rule, view: now)
    let isControl = isControl(rule)
    let isExcluded = gates.isExcluded(rule, judged)
    let holds = gates.conditionsHold(rule, key, judged)
    let isServiceFirst = gates.isServiceFirst(rule.purpose)
    let isTooSoon = gates.isTooSoon(rule, key)
    let isFull =
      !plan.policyIsOff && !isControl
      && gates.openSuggestions(of: rule.purpose).count >= plan.policy.plan.atOnce
    if isFirst { candidates[index].wasBlocked = isFull }
    var answers: [(channel: NameID, refusal: Refusal?)] = []
    for channel in order(of: rule, without: candidate.failed) {
      var refusal: Refusal?
      if isExcluded {
        refusal = .excluded
      } else if !gates.hasAddress(channel, judged) {
        refusal = .noAddress
      } else if !gates.hasConsent(channel, rule.purpose) {
        refusal = .consent
      } else if !holds {
        refusal = .condition
      } else if isServiceFirst {
        refusal = .serviceFirst
      } else if gates.isPaused(rule, channel) {
        refusal = .paused
      } else if isTooSoon {
        refusal = .againAfter
      } else {
        refusal = laterRefusal(
          rule, channel, judged, key, isFull: isFull, wasBlocked: candidates[index].wasBlocked)
      }
      answers.append((channel, refusal))
      if refusal == nil { break }
    }
    candidates[index].answers = answers
  }

  /// The gates that depend on what else is open or was made.
  private func laterRefusal(
    _ rule: CompiledRule, _ channel: NameID, _ judged: Judged, _ key: OccasionKey, isFull: Bool,
    wasBlocked: Bool
  ) -> Refusal? {
    if isFull, wasBlocked { return .atOnce }
    if let cap = gates.fullCap(rule, channel, judged) { return .pressure(cap) }
    if gates.isQuiet(channel, completed: key.moment) { return .quietHours }
    return isFull ? .outranked : nil
  }

  // MARK: Making

  private mutating func makeBest() {
    var open: [Int] = []
    for index in candidates.indices {
      judge(index, isFirst: true)
      if !isAnsweredForGood(index) { open.append(index) }
    }
    while true {
      var chosen: (index: Int, channel: NameID, replaces: Int?)?
      for index in open {
        if let channel = passingChannel(candidates[index]) {
          chosen = (index, channel, nil)
          break
        }
        if let (channel, replaces) = replacement(candidates[index]) {
          chosen = (index, channel, replaces)
          break
        }
      }
      guard let (index, channel, replaces) = chosen else { break }
      if let replaces { withdraw(replaces, .superseded) }
      make(index, channel)
      open.removeAll { $0 == index }
      open.removeAll { rest in
        judge(rest, isFirst: false)
        return isAnsweredForGood(rest)
      }
    }
  }

  private func passingChannel(_ candidate: Candidate) -> NameID? {
    candidate.answers.first { $0.refusal == nil }?.channel
  }

  /// Where only `at_once` stands in the way: the open one with a strictly lower score that gives way, and on which channel.
  private func replacement(_ candidate: Candidate) -> (NameID, Int)? {
    let rule = plan.rules[candidate.rule]
    guard candidate.answers.contains(where: { $0.refusal == .atOnce }), !isControl(rule) else {
      return nil
    }
    let same = gates.openSuggestions(of: rule.purpose)
    guard same.count == plan.policy.plan.atOnce, let lowest = lowest(of: same),
      score(of: customer.pointee.suggestions[lowest]).total < candidate.score.total
    else { return nil }
    let judged = gates.judged(candidate.occasion.key, rule, view: now)
    for (channel, refusal) in candidate.answers where refusal == .atOnce {
      if gates.fullCap(rule, channel, judged, leavingOut: lowest) == nil,
        !gates.isQuiet(channel, completed: candidate.occasion.key.moment)
      {
        return (channel, lowest)
      }
    }
    return nil
  }

  func isControl(_ rule: CompiledRule) -> Bool {
    guard holdout, !plan.policyIsOff, let holdout = plan.policy.plan.holdout,
      plan.policy.holdoutPurposes.contains(rule.purpose)
    else { return false }
    let every = max(1, holdout.every.milliseconds)
    let epoch = Int64((Double(now.milliseconds) / Double(every)).rounded(.down))
    return look.isIn(share: holdout.share, of: ["holdout", String(epoch), look.id.description])
  }

  private mutating func make(_ index: Int, _ channel: NameID) {
    let candidate = candidates[index]
    let rule = plan.rules[candidate.rule]
    let isControl = isControl(rule)
    let presentation = Presentation(look: look, who: who, ref: ref)
    let id = presentation.suggestionID(rule, candidate.occasion, failed: candidate.failed)
    let stem = presentation.stem(of: candidate.occasion)
    let because = presentation.because(candidate.occasion)
    customer.pointee.suggestions.append(
      Suggested(
        id: id, rule: rule.name, instance: candidate.occasion.key.instance,
        completed: candidate.occasion.key.moment,
        made: now, expires: candidate.expires,
        touchpoint: plan.names.intern(rule.plan.touchpoint) ?? .any,
        channel: channel, purpose: rule.purpose, stem: stem,
        origin: presentation.origin(of: candidate.occasion), because: because, isControl: isControl,
        withdrawn: nil))
    made.append((id, stem))
    answerOlder(candidate.occasion.key, isForGood: false)
    candidates[index].madeAs = (channel, id)
    var effect = presentation.made(rule, candidate, channel: channel, id: id, because: because)
    effect.isControl = isControl
    effect.traceparent = traceparent
    effect.tracestate = tracestate
    effects.append(.made(effect))
  }

  /// Refused by `again_after`, an occasion is answered for good.
  private mutating func isAnsweredForGood(_ index: Int) -> Bool {
    guard candidates[index].answers.contains(where: { $0.refusal == .againAfter }) else {
      return false
    }
    answerOlder(candidates[index].occasion.key, isForGood: true)
    return true
  }

  /// When an occasion is answered, so are the older ones of its rule and instance.
  private mutating func answerOlder(_ key: OccasionKey, isForGood: Bool) {
    guard let number = plan.ruleIndex(key.rule) else { return }
    for occasion in look.occasions(of: number) ?? []
    where occasion.key.instance == key.instance && occasion.key.moment <= key.moment {
      let isSame = occasion.key == key
      if !isSame, wasTried(occasion.key) { continue }
      if isSame, !isForGood { continue }
      customer.pointee.answered.append(
        AnsweredOccasion(
          rule: key.rule, instance: key.instance, moment: occasion.key.moment,
          stem: Presentation(look: look, who: who, ref: ref).stem(of: occasion),
          isForGood: isSame && isForGood))
    }
  }

  // MARK: Recording

  private mutating func record(_ collectsDecisions: Bool) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for candidate in candidates {
      hash = (hash ^ UInt64(candidate.rule)) &* 0x100_0000_01b3
      hash =
        (hash ^ UInt64(bitPattern: candidate.occasion.key.moment.milliseconds)) &* 0x100_0000_01b3
      for answer in candidate.answers {
        for byte in (answer.refusal?.name ?? "made").utf8 {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
      }
    }
    let isNews = hash != customer.pointee.lastAnswers
    customer.pointee.lastAnswers = hash
    guard !candidates.isEmpty else { return }
    if isNews || !isDeadline {
      for candidate in candidates {
        refusals.append(contentsOf: candidate.answers.compactMap(\.refusal))
      }
    }
    guard collectsDecisions, isNews || !isDeadline else { return }
    for isControl in [false, true] {
      let group = candidates.filter { self.isControl(plan.rules[$0.rule]) == isControl }
      guard !group.isEmpty else { continue }
      effects.append(
        .decided(
          Decision(
            time: now, customer: look.id, trigger: trigger, isControl: isControl,
            candidates: group.map(shown))))
    }
  }

  private func shown(_ candidate: Candidate) -> Decision.Candidate {
    Decision.Candidate(
      suggestion: plan.rules[candidate.rule].plan.name, completed: candidate.occasion.key.moment,
      score: candidate.score,
      channels: candidate.answers.map { answer in
        let name = plan.names.text(answer.channel)
        if let made = candidate.madeAs, made.channel == answer.channel {
          return Decision.ChannelTried(channel: name, answer: .made(made.id))
        }
        return Decision.ChannelTried(
          channel: name, answer: .refused(answer.refusal?.name ?? "outranked"))
      })
  }
}
