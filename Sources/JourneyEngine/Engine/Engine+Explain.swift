package import JourneyModel

// What `journeyd explain` asks. It looks at copies, and changes nothing.
extension Engine {
  /// The customer that a suggestion is of now; nil where it is forgotten or was never made.
  package func customer(of suggestion: SuggestionID) -> CustomerRef? {
    finishGroup()
    bring(holderOf: suggestion)
    finishRecalling()
    for worker in workers {
      if let ref = worker.holders[suggestion] { return ref }
    }
    return nil
  }

  /// All that is known of a customer at a moment of the clock, and where each rule stands.
  ///
  /// The code that decides is asked on a copy of the customer.pointee. Cost: a decision on all rules.
  package func explanation(of ref: CustomerRef, at clock: Moment) -> Explanation {
    finishGroup()
    let worker = workers[worker(of: ref)]
    var copy = worker.customers.pointer(ref).pointee.copied()
    let now = max(clock, copy.newest)
    _ = copy.forget(at: now, plan: compiled)
    return withUnsafeMutablePointer(to: &copy) { pointer in
      let look = Look(compiled, customer: pointer)
      look.begin(pointer, now: now, horizon: clock - plan.time.grace - TimeSpan(1))
      let decider = Decider(
        look: look, holdout: mode.holdout, trigger: .deadline(now),
        traceparent: "", tracestate: "", firstLoaded: worker.boundsOfRules,
        expiredBy: expiredBy)
      var explainer = Explainer(
        decider: decider, explanation: Explanation(moment: now, picture: picture(of: ref, at: now)))
      explainer.explanation.identity = who.story(of: ref)
      explainer.explain()
      return explainer.explanation
    }
  }
}

/// Fills an explanation, part by part.
struct Explainer {
  var decider: Decider
  var explanation: Explanation

  var look: Look { decider.look }
  var plan: CompiledPlan { decider.plan }
  var names: NameTable { plan.names }
  var now: Moment { decider.now }
  var gates: Gates { decider.gates }
  /// The copy.
  var customer: UnsafeMutablePointer<Customer> { decider.customer }

  mutating func explain() {
    tellFacts()
    tellTimeline()
    tellSuggestions()
    tellPolicy()
    look.next = .distantFuture
    tellRules()
    for index in customer.pointee.suggestions.indices { decider.wakeForSettling(index) }
    explanation.next = look.next < .distantFuture ? look.next : nil
  }

  func origin(_ origin: FactOrigin) -> Explanation.Origin {
    Explanation.Origin(
      source: names.text(origin.source), id: String(decoding: origin.id, as: UTF8.self),
      time: origin.time)
  }

  func origin(_ touch: Touch) -> Explanation.Origin {
    Explanation.Origin(
      source: names.text(touch.source), id: customer.pointee.idText(of: touch), time: touch.time)
  }

  /// A judgement for the customer alone, not for one occasion.
  private var judgedAlone: Judged {
    Judged(moment: now, limit: nil, view: now, own: nil, instance: nil)
  }
}

// MARK: What is known

extension Explainer {
  private mutating func tellFacts() {
    let traits = Set(customer.pointee.traits.map(\.name)).sorted {
      $0.lexicographicallyPrecedes($1)
    }
    explanation.traits = traits.compactMap { name in
      guard let fact = customer.pointee.latestTrait(name, names: names) else { return nil }
      return Explanation.Trait(
        name: String(decoding: name, as: UTF8.self), value: fact.withView(\.json),
        origin: origin(fact.origin))
    }
    var latest: [ConsentFact] = []
    for fact in customer.pointee.consents {
      guard
        let known = latest.firstIndex(where: {
          ($0.channel, $0.purpose) == (fact.channel, fact.purpose)
        })
      else {
        latest.append(fact)
        continue
      }
      let old = latest[known]
      if fact.time > old.time || (fact.time == old.time && !fact.granted) { latest[known] = fact }
    }
    explanation.consents = latest.map {
      Explanation.Consent(
        channel: names.text($0.channel), purpose: names.text($0.purpose), isGranted: $0.granted,
        origin: origin($0.origin))
    }.sorted { ($0.channel, $0.purpose) < ($1.channel, $1.purpose) }
  }

  private mutating func tellTimeline() {
    let folds = plan.journeys.indices.map { look.fold($0) }
    explanation.timeline = customer.pointee.touches.indices.compactMap { index in
      let touch = customer.pointee.touches[index]
      guard touch.isKept(at: now) else { return nil }
      let strongest = customer.pointee.face.strongest(of: touch.stem)
      return Explanation.Contact(
        origin: origin(touch), touchpoint: names.text(touch.touchpoint),
        channel: names.text(touch.channel),
        satisfaction: touch.satisfaction.isNaN ? nil : touch.satisfaction,
        attributes: attributes(of: touch),
        identifier: strongest.map {
          NamedText(
            plan.identifierTypes[Int($0.type.rawValue)], String(decoding: $0.value, as: UTF8.self))
        } ?? NamedText("", ""),
        journeys: folds.compactMap { fold in
          let place = fold.membership[index]
          return place < 0 ? nil : fold.instances[place].id
        },
        leaves: touch.left)
    }
  }

  private func attributes(of touch: Touch) -> [NamedValue] {
    customer.pointee.arena.withUnsafeBufferPointer { arena in
      AttributeBytes.all(in: UnsafeBufferPointer(rebasing: arena[touch.attributeRange])).map {
        NamedValue(names.text($0.name), $0.value.json)
      }
    }
  }

  private mutating func tellSuggestions() {
    explanation.suggestions = customer.pointee.suggestions.map { suggestion in
      let receipts = suggestion.receipts.map {
        Explanation.Suggestion.Told(outcome: $0.isSent ? .sent : .failed, time: $0.time)
      }
      let others = suggestion.outcomes.map {
        Explanation.Suggestion.Told(outcome: $0.outcome, time: $0.time)
      }
      return Explanation.Suggestion(
        id: suggestion.id, rule: names.text(suggestion.rule),
        touchpoint: names.text(suggestion.touchpoint), channel: names.text(suggestion.channel),
        purpose: names.text(suggestion.purpose), journey: suggestion.instance,
        completed: suggestion.completed, made: suggestion.made, expires: suggestion.expires,
        status: suggestion.status(at: now, plan: plan),
        withdrawn: suggestion.withdrawn.map {
          .init(reason: $0, time: suggestion.withdrawnAt)
        },
        outcomes: (receipts + others).sorted {
          ($0.time, $0.outcome.rawValue) < ($1.time, $1.outcome.rawValue)
        },
        because: suggestion.because)
    }
  }
}

// MARK: The policy

extension Explainer {
  private mutating func tellPolicy() {
    guard !plan.policyIsOff else { return }
    let judged = judgedAlone
    explanation.caps = plan.policy.caps.map { cap in
      let use = gates.use(of: cap)
      return Explanation.Cap(
        name: cap.plan.name, max: cap.plan.max, window: cap.plan.window,
        channels: cap.plan.channels, purposes: cap.plan.purposes,
        binds: look.holdAll(cap.condition, judged), taken: use.taken, frees: use.frees)
    }
    for rule in plan.rules {
      for channel in rule.channels {
        guard let until = gates.pauseEnd(rule, channel) else { continue }
        explanation.pauses.append(
          Explanation.Pause(rule: rule.plan.name, channel: names.text(channel), until: until))
      }
    }
    guard plan.keepsIssues else { return }
    let lane = customer.pointee.serviceLane(at: now, plan: plan)
    if lane.isClosed {
      explanation.service = Explanation.Service(
        issue: lane.open.map {
          CustomerPicture.Issue(opened: $0.opened, by: names.text($0.touchpoint))
        }, until: lane.changes)
    }
  }
}

extension AttributeBytes {
  /// All attributes in the order written.
  static func all(
    in bytes: UnsafeBufferPointer<UInt8>
  ) -> [(name: NameID, value: ValueView)] {
    let raw = UnsafeRawBufferPointer(bytes)
    var found: [(name: NameID, value: ValueView)] = []
    var position = 0
    while position + headBytes <= raw.count {
      let name = NameID(
        UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
      let length = Int(
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: position + 3, as: UInt32.self)))
      if let value = find(name, in: UnsafeBufferPointer(rebasing: bytes[position...])) {
        found.append((name, value))
      }
      position += headBytes + length
    }
    return found
  }
}
