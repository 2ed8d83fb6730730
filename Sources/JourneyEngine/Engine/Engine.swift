package import JourneyModel

/// The whole of journeyd's thinking: who is who, what they did, where they stand, and what is suggested.
///
/// Pure: no clock, no input or output, no randomness. `run`, `replay`, `test` and `demo` drive the same engine and
/// differ in what surrounds it. It is the sequencer: it puts interactions into one order, works out who is who and
/// tells the workers, which keep the customers of their shards. With one worker everything is done at once; with
/// more, interactions are taken in groups (see `Engine+Groups.swift`). Not for sharing between threads.
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
    /// Which customers changed, for ``Engine/takeChangedPictures(at:)``.
    package static let changes = Collects(rawValue: 4)
    /// What changed, for ``Engine/takeChangedRows()``.
    package static let rows = Collects(rawValue: 8)
  }

  package enum Verdict: Equatable, Sendable {
    /// Taken; in a group duplicates and unknown suggestions are told by ``Engine/counts`` alone.
    case accepted
    case duplicate
    case rejected(Rejection)
    /// An outcome of a suggestion that is not known: nothing else changed because of it.
    case unknownSuggestion
  }

  package let plan: Plan
  package var collects: Collects {
    didSet { tellCollects() }
  }
  /// Where the clock has jumped to: what expires up to then is not suggested any more, whatever the deadline's
  /// own time. The distant past while the clock moves on from deadline to deadline.
  package var expiredBy = Moment.distantPast
  /// When each rule was first loaded by the group: the bound of those without `from`.
  package var firstLoaded: [String: Moment] = [:] {
    didSet {
      var bounds: [NameID: Moment] = [:]
      for (rule, moment) in firstLoaded {
        if let name = names.intern(rule) { bounds[name] = moment }
      }
      for worker in workers { worker.boundsOfRules = bounds }
    }
  }

  let compiled: CompiledPlan
  let who: WhoIsWho
  let mode: Mode
  let workers: [Worker]
  /// Runs the workers beside one another; nil: there is one, and it is asked at once.
  let crew: (any Crew)?
  /// What the sequencer itself has to tell; with one worker the worker's as well.
  let log: EffectLog
  /// What is for the caller to take.
  let ready: EffectLog
  var own = Counts()
  /// When those are due who are not in memory.
  var away = AwayCalendars()
  /// When anonymous customers are looked at.
  var silence = DeadlineCalendar()
  var group = Group()
  /// Of the interaction that is being told.
  var number = 0
  /// Deadlines before this come before it.
  var bound = Moment.distantPast
  let box = InteractionBox()
  var namesTaken = 0
  var rulesTaken: Set<String> = []
  var isSecretTaken = false

  /// `secret`: 32 random bytes by which erased identifiers are remembered; of a restored state its own (``secret(in:)``).
  /// `crew`: what the workers run on, one each; without one there is one worker.
  package init(
    plan: Plan, names: NameTable, mode: Mode = .live, collects: Collects = [],
    secret: [UInt8] = Array(repeating: 0, count: 32), crew: (any Crew)? = nil
  ) {
    self.plan = plan
    self.mode = mode
    self.collects = collects
    let compiled = CompiledPlan(plan, names: names, policyIsOff: !mode.policy)
    self.compiled = compiled
    who = WhoIsWho(
      plan: plan.identity, names: names, keep: plan.history.keep, secret: secret,
      shards: plan.processing.shards)
    let log = EffectLog(keepsNumbers: crew != nil)
    self.log = log
    ready = crew == nil ? log : EffectLog(keepsNumbers: false)
    self.crew = crew
    workers = (0..<max(1, crew?.count ?? 1)).map { _ in
      Worker(
        plan, compiled, mode: mode, collects: collects,
        log: crew == nil ? log : EffectLog(keepsNumbers: true))
    }
    tellCollects()
  }

  private func tellCollects() {
    who.collectsChanges = collects.contains(.identities)
    who.collectsRows = collects.contains(.rows)
    for worker in workers { worker.collects = collects }
  }

  package var names: NameTable { compiled.names }
  package var customerCount: Int { who.customerCount }

  /// What is to be done, in order; taken by the caller.
  package var effects: [Effect] {
    _read { yield ready.effects }
    _modify { yield &ready.effects }
  }

  /// The earliest deadline that may be waiting; nil where there is none, or while a group is under way, whose
  /// interactions bring the time along.
  package var nextDeadline: Moment? {
    guard group.isEmpty else { return nil }
    var next = silence.first?.moment
    if let moment = nextAway { next = min(next ?? moment, moment) }
    for worker in workers {
      if let moment = worker.nextDeadline { next = min(next ?? moment, moment) }
    }
    return next
  }

  /// Lets an interaction take effect at a moment of the clock, after the deadlines that came before it.
  ///
  /// With several workers it is put into a group, and takes effect with that.
  package func handle(_ interaction: Interaction, at clock: Moment) -> Verdict {
    guard crew == nil else { return addToGroup(interaction, at: clock) }
    advance(to: clock, inclusive: false)
    if who.isErased(interaction) { return .rejected(Self.erasedBefore) }
    box.interaction = interaction
    defer { box.interaction = Interaction() }
    let before = outcomesTaken
    let isDuplicate =
      if let known = question(interaction) {
        workers[0].isKnown(interaction, known.customer, known.stem, at: clock)
      } else { false }
    sequence(box, at: clock, isDuplicate: isDuplicate)
    if isDuplicate { return .duplicate }
    let hasOutcome = interaction.feedback != nil && !interaction.erase
    return hasOutcome && outcomesTaken == before ? .unknownSuggestion : .accepted
  }

  static let erasedBefore = Rejection(.erased, "it happened before its customer was erased")

  /// Fires the deadlines D with D + grace before a moment of the clock, or at it, each with its own time; of very many
  /// only some, the earliest, so that they need not be in memory all at once: about `most` of each worker. Returns how
  /// many.
  @discardableResult
  package func advance(to clock: Moment, inclusive: Bool, atMost most: Int = .max) -> Int {
    finishGroup()
    let before = fired
    begin(clock - plan.time.grace + (inclusive ? TimeSpan(1) : TimeSpan(0)), recalling: most)
    for worker in workers.indices { post(.advance(atMost: most), to: worker) }
    runWorkers()
    return fired - before
  }

  private var fired: Int { workers.reduce(0) { $0 + $1.fired + $1.counts.forgotten } }

  /// The next place in the sequence: what workers are told from here on comes after the deadlines before a moment.
  func begin(_ bound: Moment, recalling most: Int = .max) {
    let bound = recallDue(before: bound, atMost: most)
    forgetSilent(before: bound)
    self.bound = bound
    number += 1
  }

  // MARK: The way of an interaction

  /// Where an interaction is if it has come before, as far as that can be told without its customer.
  func question(_ interaction: Interaction) -> Placement? {
    guard interaction.isContact, !interaction.isReceipt, !interaction.erase else { return nil }
    defer { tellRecalled() }
    return who.known(interaction)
  }

  /// Works out whose an interaction is, and tells the workers.
  func sequence(_ box: InteractionBox, at clock: Moment, isDuplicate: Bool) {
    if box.interaction.isReceipt { return tellOutcome(box, at: clock) }
    if box.interaction.erase { return erase(box, at: clock) }
    guard !isDuplicate else {
      own.duplicates += 1
      return
    }
    bringHolder(for: box.interaction)
    let placement = who.place(box.interaction, now: clock)
    tellRecalled()
    drainIdentities()
    var placed = Placed(clock: clock, customer: placement.customer, stem: placement.stem)
    tellMoves()
    if placement.regrouped {
      let regroup = who.regroup
      placed.isRegrouped = true
      placed.hasMerged = !regroup.merged.isEmpty
      placed.affected = tell(regroup, at: clock, target: who.shard(of: placement.customer))
    }
    tellFaces()
    if let strongest = box.interaction.identifiers.first, isShared(strongest.type) {
      watch(placement.customer)
    }
    let home = worker(of: placement.customer)
    if box.interaction.feedback != nil {
      own.unknownSuggestions += 1
      for worker in workers.indices where worker != home {
        post(.outcome(box, at: clock), to: worker)
      }
    }
    post(.interaction(box, placed), to: home)
  }

  /// Recalls whoever an outcome's suggestion was made for.
  private func bringHolder(for interaction: Interaction) {
    guard who.hasAway, let feedback = interaction.feedback,
      let id = SuggestionID(interaction.text(feedback.suggestion))
    else { return }
    bring(holderOf: id)
    tellRecalled()
  }

  private func tellOutcome(_ box: InteractionBox, at clock: Moment) {
    bringHolder(for: box.interaction)
    own.unknownSuggestions += 1
    for worker in workers.indices { post(.outcome(box, at: clock), to: worker) }
  }

  // MARK: Telling the workers

  func worker(of shard: ShardID) -> Int { Int(shard.rawValue) % workers.count }
  func worker(of ref: CustomerRef) -> Int { worker(of: who.shard(of: ref)) }

  /// Tells a worker something: it is done at once where there is one worker, else when all run.
  @inline(__always)
  func post(_ message: Message, to worker: Int) {
    let envelope = Envelope(
      number: number, bound: bound, expiredBy: expiredBy, message: message)
    if crew == nil {
      workers[worker].take(envelope)
    } else {
      workers[worker].inbox.append(envelope)
    }
  }

  func tellFaces() {
    who.takeNewFaces { ref in
      let shard = who.shard(of: ref)
      post(.face(ref, who.id(of: ref), shard, who.face(of: ref)), to: worker(of: shard))
    }
  }

  /// Brings customers after their households.
  private func tellMoves() {
    for move in who.moves { tellMove(move.customer, from: move.from, to: move.to) }
  }

  private func tellMove(_ ref: CustomerRef, from: ShardID, to: ShardID) {
    let parcel = Parcel()
    post(.giveUp(ref, parcel), to: worker(of: from))
    post(.expect(ref, to, parcel), to: worker(of: to))
  }

  /// Has the data of former customers put where it belongs now; returns the customers that hold it, by their ids.
  ///
  /// `target`: where all of it belongs; nil: each household's where it is.
  func tell(_ regroup: Regroup, at now: Moment, target: ShardID?) -> [CustomerRef] {
    var orders: [ShardID: RegroupOrder] = [:]
    let routes = who.routes(to: regroup.current)
    func add(to shard: ShardID, _ change: (inout RegroupOrder) -> Void) {
      change(&orders[shard, default: RegroupOrder(now: now, shard: shard, routes: routes)])
    }
    let living = Set(regroup.current.map { who.id(of: $0) })
    for (half, former) in regroup.former.enumerated() {
      let shard = target ?? former.shard
      if former.shard != shard { tellMove(former.customer, from: former.shard, to: shard) }
      add(to: shard) { order in
        order.former.append(
          .init(customer: former.customer, id: former.id, half: Int32(half)))
        if !living.contains(former.id) { order.gone.append(former.id) }
      }
    }
    for ref in regroup.current {
      add(to: who.shard(of: ref)) { order in
        order.current.append(
          .init(
            customer: ref, id: who.id(of: ref),
            first: Moment(who.components[ref.rawValue].first.time)))
      }
    }
    own.merges += regroup.merged.count
    own.divisions += regroup.divided.count
    for shard in orders.keys.sorted() {
      guard var order = orders[shard] else { continue }
      order.erased = regroup.erased
      post(.regroup(order), to: worker(of: shard))
    }
    for ref in regroup.current { watch(ref) }
    return regroup.current.sorted { who.id(of: $0) < who.id(of: $1) }
  }

  private func erase(_ box: InteractionBox, at clock: Moment) {
    let regroup = who.erase(box.interaction, now: clock)
    tellRecalled()
    drainIdentities()
    guard !regroup.isEmpty else { return tellFaces() }
    let affected = tell(regroup, at: max(clock, box.interaction.time), target: nil)
    tellFaces()
    for ref in affected { post(.decide(ref, box, at: clock), to: worker(of: ref)) }
  }

  private func drainIdentities() {
    guard collects.contains(.identities) else { return }
    log.number = number * 2 + 1
    for change in who.drainChanges() { log.append(.identity(change)) }
  }
}
