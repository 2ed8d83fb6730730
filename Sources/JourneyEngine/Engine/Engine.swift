package import JourneyModel

/// The whole of journeyd's thinking: who is who, what they did, where they stand, and what is suggested.
///
/// Pure: no clock, no input or output, no randomness. `run`, `replay`, `test` and `demo` drive the same engine and differ in
/// what surrounds it. Not for sharing between threads.
package final class Engine {
  package struct Mode: Sendable {
    /// Without it scenarios test rules alone (spec part 5).
    package var policy: Bool
    package var holdout: Bool
    package init(policy: Bool, holdout: Bool) {
      self.policy = policy
      self.holdout = holdout
    }
    package static let live = Mode(policy: true, holdout: true)
  }

  /// What is collected beside suggestions.
  package struct Collects: OptionSet, Sendable {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let decisions = Collects(rawValue: 1)
    package static let identities = Collects(rawValue: 2)
    /// Which customers changed, for ``Engine/takeChanged()``.
    package static let changes = Collects(rawValue: 4)
    /// What changed, for ``Engine/takeChangedRows()``.
    package static let rows = Collects(rawValue: 8)
  }

  package enum Verdict: Equatable, Sendable {
    case accepted
    case duplicate
    case rejected(Rejection)
    /// An outcome of a suggestion that is not known: nothing else changed because of it.
    case unknownSuggestion
  }

  /// Counters since the start, for the stats line.
  package struct Counts: Sendable {
    package var late = 0
    package var evicted = 0
    package var merges = 0
    package var divisions = 0
    package var made = 0
    package var control = 0
    package var withdrawn = 0
    /// Occasions that had expired by the clock when they were to be decided.
    package var expired = 0
    package var forgotten = 0
    package var unknownSuggestions = 0
    /// By the gate's name, caps together as `pressure`.
    package var refused: [String: Int] = [:]
    package init() {}
  }

  package let plan: Plan
  package var collects: Collects {
    didSet { tellWho() }
  }
  /// Where the clock has jumped to: what expires up to then is not suggested any more, whatever the deadline's
  /// own time. The distant past while the clock moves on from deadline to deadline.
  package var expiredBy = Moment.distantPast
  /// What is to be done, in order; taken by the caller.
  package var effects: [Effect] = []
  package internal(set) var counts = Counts()
  /// When each rule was first loaded by the group: the bound of those without `from`.
  package var firstLoaded: [String: Moment] = [:] {
    didSet {
      boundsOfRules = [:]
      for (rule, moment) in firstLoaded {
        if let name = names.intern(rule) { boundsOfRules[name] = moment }
      }
    }
  }
  var boundsOfRules: [NameID: Moment] = [:]

  let compiled: CompiledPlan
  let who: WhoIsWho
  let customers = CustomerTable()
  let look: Look
  let mode: Mode
  var calendar = DeadlineCalendar()
  /// Whose suggestion it is, by the strongest identifier it goes with.
  var holders: [SuggestionID: StemRef] = [:]
  var changed: Set<CustomerRef> = []
  /// Those of which the change was told and the row not yet taken.
  var rowless: Set<CustomerRef> = []
  /// Ids under which nothing is known any more since rows were last taken.
  var left: Set<CustomerID> = []
  var namesTaken = 0
  var rulesTaken: Set<String> = []
  var isSecretTaken = false

  /// `secret`: 32 random bytes by which erased identifiers are remembered; of a restored state its own (``secret(in:)``).
  package init(
    plan: Plan, names: NameTable, mode: Mode = .live, collects: Collects = [],
    secret: [UInt8] = Array(repeating: 0, count: 32)
  ) {
    self.plan = plan
    self.mode = mode
    self.collects = collects
    compiled = CompiledPlan(plan, names: names, policyIsOff: !mode.policy)
    who = WhoIsWho(
      plan: plan.identity, names: names, keep: plan.history.keep, secret: secret)
    look = Look(compiled, customer: customers.pointer(CustomerRef(0)))
    tellWho()
  }

  func tellWho() {
    who.collectsChanges = collects.contains(.identities)
    who.collectsRows = collects.contains(.rows)
  }

  var collectsChanges: Bool { !collects.isDisjoint(with: [.changes, .rows]) }

  package var names: NameTable { compiled.names }
  package var customerCount: Int { who.customerCount }

  /// The earliest deadline that may be waiting; nil where there is none.
  package var nextDeadline: Moment? { calendar.first?.moment }

  /// Lets an interaction take effect at a moment of the clock, after the deadlines that came before it.
  package func handle(_ interaction: Interaction, at clock: Moment) -> Verdict {
    advance(to: clock, inclusive: false)
    if who.isErased(interaction) {
      return .rejected(Rejection(.erased, "it happened before its customer was erased"))
    }
    if interaction.isReceipt { return take(feedback: interaction, at: clock) }
    if interaction.erase {
      erase(interaction, at: clock)
      return .accepted
    }
    if interaction.isContact, let known = who.known(interaction),
      customers.pointer(known.customer).pointee.hasTouch(
        stem: known.stem, interaction: interaction, at: clock)
    {
      return .duplicate
    }
    let placement = who.place(interaction, now: clock)
    var concerned = Concerned(touchpoint: interaction.isContact ? interaction.touchpoint : nil)
    var affected: [CustomerRef] = []
    var hasMerged = false
    if placement.regrouped {
      (affected, hasMerged) = apply(who.regroup, at: clock)
      concerned.all = true
    }
    drainIdentities()
    take(interaction, placement, at: clock, concerned: &concerned)
    if let strongest = interaction.identifiers.first, isShared(strongest.type) {
      scheduleForgetting(placement.customer)
    }
    let verdict = takeOutcome(of: interaction, from: placement.customer, at: clock)
    let trigger = trigger(of: interaction)
    decide(
      placement.customer, at: clock, trigger: trigger, concerned, merged: hasMerged,
      interaction: interaction)
    for other in affected where other != placement.customer {
      decide(
        other, at: clock, trigger: trigger, .everything, merged: hasMerged, interaction: interaction
      )
    }
    return verdict
  }

  /// Fires the deadlines D with D + grace before a moment of the clock, or at it, each with its own time.
  package func advance(to clock: Moment, inclusive: Bool) {
    let bound = clock - plan.time.grace
    while let entry = calendar.first, inclusive ? entry.moment <= bound : entry.moment < bound {
      calendar.removeFirst()
      let customer = customers.pointer(entry.customer)
      if customer.pointee.forgetDue == entry.moment {
        customer.pointee.forgetDue = .distantFuture
        if isToBeForgotten(entry.customer, at: entry.moment) {
          forget(entry.customer)
          continue
        }
        scheduleForgetting(entry.customer)
      }
      guard customer.pointee.due == entry.moment else { continue }
      customer.pointee.due = .distantFuture
      decide(
        entry.customer, now: entry.moment, horizon: entry.moment, trigger: .deadline(entry.moment),
        .due,
        merged: false, interaction: nil)
    }
  }

  /// The customers that changed since the last call, each once, in the order of their handles.
  package func takeChanged() -> [CustomerRef] {
    defer {
      if collects.contains(.rows) { rowless.formUnion(changed) }
      changed.removeAll(keepingCapacity: true)
    }
    return changed.sorted { $0.rawValue < $1.rawValue }
  }

  // MARK: What an interaction brings

  func take(
    _ interaction: Interaction, _ placement: Placement, at clock: Moment, concerned: inout Concerned
  ) {
    let customer = customers.pointer(placement.customer)
    if interaction.time < customer.pointee.firstSeen {
      customer.pointee.firstSeen = interaction.time
      concerned.facts = true
    }
    customer.pointee.newest = max(customer.pointee.newest, interaction.time)
    if interaction.isContact {
      let place = customer.pointee.insert(
        interaction, stem: placement.stem, leaves: interaction.time + plan.history.keep,
        names: names)
      if !place.isNewest { counts.late += 1 }
      customer.pointee.count(
        interaction.touchpoint, stem: placement.stem, time: interaction.time, named: compiled.named)
      customer.pointee.markIssue(place.index, interaction: interaction, plan: compiled)
    }
    guard !interaction.traits.isEmpty || !interaction.consents.isEmpty else { return }
    let origin = FactOrigin(
      time: interaction.time, source: interaction.source,
      id: Array(interaction.bytes[interaction.id.range]))
    // What a shared identifier told goes elsewhere where it turns out to stand for no one: the past may be needed.
    let keepsPast =
      compiled.readsPastFacts || interaction.identifiers.first.map { isShared($0.type) } ?? false
    for trait in interaction.traits {
      let fact = TraitFact(
        stem: placement.stem, name: Array(interaction.bytes[trait.name.range]), kind: trait.kind,
        number: trait.number, text: Array(interaction.bytes[trait.text.range]), origin: origin)
      customer.pointee.setTrait(
        fact, keepsPast: keepsPast, horizon: clock - plan.history.keep, names: names)
      concerned.facts = true
    }
    for consent in interaction.consents {
      customer.pointee.setConsent(
        ConsentFact(
          stem: placement.stem, channel: consent.channel, purpose: consent.purpose,
          granted: consent.granted,
          origin: origin), keepsPast: keepsPast)
      concerned.facts = true
    }
  }

  func take(feedback interaction: Interaction, at clock: Moment) -> Verdict {
    guard let feedback = interaction.feedback,
      let id = SuggestionID(interaction.text(feedback.suggestion)), let stem = holders[id]
    else {
      counts.unknownSuggestions += 1
      return .unknownSuggestion
    }
    let ref = who.customer(of: stem)
    note(feedback.outcome, of: id, for: ref, at: interaction.time)
    decide(
      ref, at: clock, trigger: trigger(of: interaction), .due, merged: false,
      interaction: interaction)
    return .accepted
  }

  /// An outcome that is a contact; the suggestion may be another customer's by now.
  func takeOutcome(of interaction: Interaction, from ref: CustomerRef, at clock: Moment)
    -> Verdict
  {
    guard let feedback = interaction.feedback else { return .accepted }
    guard let id = SuggestionID(interaction.text(feedback.suggestion)), let stem = holders[id]
    else {
      counts.unknownSuggestions += 1
      return .unknownSuggestion
    }
    let holder = who.customer(of: stem)
    note(feedback.outcome, of: id, for: holder, at: interaction.time)
    if holder != ref {
      decide(
        holder, at: clock, trigger: trigger(of: interaction), .due,
        merged: false,
        interaction: interaction)
    }
    return .accepted
  }

  func note(_ outcome: Outcome, of id: SuggestionID, for ref: CustomerRef, at time: Moment) {
    let customer = customers.pointer(ref)
    for index in customer.pointee.suggestions.indices
    where customer.pointee.suggestions[index].id == id {
      _ = customer.pointee.suggestions[index].note(outcome, at: time)
    }
  }

  // MARK: Joining and dividing

  /// Puts the data of former customers where it belongs now. Returns the customers that hold it and whether any were joined.
  func apply(_ regroup: Regroup, at now: Moment) -> ([CustomerRef], Bool) {
    counts.merges += regroup.merged.count
    counts.divisions += regroup.divided.count
    var regrouping = Regrouping(who: who, plan: compiled, regroup: regroup, now: now)
    for (half, former) in regroup.former.enumerated() {
      changed.remove(former.customer)
      rowless.remove(former.customer)
      regrouping.add(customers.take(former.customer), id: former.id, half: Int32(half))
    }
    effects.append(contentsOf: regrouping.effects)
    for id in regrouping.forgotten { holders[id] = nil }
    for (ref, place) in regrouping.finish() {
      for suggestion in place.customer.suggestions { holders[suggestion.id] = suggestion.stem }
      customers.pointer(ref).pointee = place.take()
    }
    // A sign of life without a contact leaves no touch that would tell of it.
    for ref in regroup.current {
      let first = Moment(who.components[ref.rawValue].first.time)
      let customer = customers.pointer(ref)
      customer.pointee.firstSeen = min(customer.pointee.firstSeen, first)
      customer.pointee.newest = max(customer.pointee.newest, first)
      scheduleForgetting(ref)
    }
    let living = Set(regroup.current.map { who.id(of: $0) })
    for former in regroup.former where !living.contains(former.id) { leave(former.id) }
    return (regroup.current.sorted { who.id(of: $0) < who.id(of: $1) }, !regroup.merged.isEmpty)
  }
}
