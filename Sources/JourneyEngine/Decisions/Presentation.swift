import JourneyModel

/// How occasions and suggestions are shown to the outside.
struct Presentation {
  let look: Look

  private var customer: UnsafeMutablePointer<Customer> { look.customer }
  private var plan: CompiledPlan { look.plan }
  private var names: NameTable { look.plan.names }

  var shown: CustomerShown {
    CustomerShown(
      id: look.id, identifiers: customer.pointee.face.identifiers(named: plan.identifierTypes))
  }

  /// A pure function of the rule, the moment, what completed it and the channels that failed before.
  func suggestionID(_ rule: CompiledRule, _ occasion: Occasion, failed: [NameID]) -> SuggestionID {
    var bytes = Array(rule.plan.name.utf8)
    func separate() { bytes.append(0x1F) }
    func add(_ number: UInt64) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    func add(_ stem: StemRef) {
      guard let strongest = customer.pointee.face.strongest(of: stem) else { return }
      bytes.append(contentsOf: plan.identifierTypes[Int(strongest.type.rawValue)].utf8)
      separate()
      bytes.append(contentsOf: strongest.value)
      separate()
    }
    separate()
    add(UInt64(bitPattern: occasion.key.moment.milliseconds))
    for cause in occasion.causes {
      switch cause {
      case .touch(let index):
        let touch = customer.pointee.touches[index]
        bytes.append(1)
        names.appendText(touch.source, to: &bytes)
        separate()
        bytes.append(contentsOf: customer.pointee.arena[touch.originRange])
        separate()
        bytes.append(contentsOf: customer.pointee.arena[touch.idRange])
        separate()
        add(touch.stem)
      case .outcome(let index, let outcome, _):
        bytes.append(2)
        add(customer.pointee.suggestions[index].id.rawValue)
        bytes.append(outcome.rawValue)
      case .trait(let index):
        let fact = customer.pointee.traits[index]
        bytes.append(3)
        bytes.append(contentsOf: fact.name)
        separate()
        names.appendText(fact.origin.source, to: &bytes)
        separate()
        bytes.append(contentsOf: fact.origin.id)
        separate()
        add(fact.stem)
      case .attribute(_, let name):
        bytes.append(4)
        names.appendText(name, to: &bytes)
      }
    }
    for channel in failed {
      separate()
      names.appendText(channel, to: &bytes)
    }
    return SuggestionID(stableHash(bytes))
  }

  /// The strongest identifier that a suggestion goes with when customers are divided.
  func stem(of occasion: Occasion) -> StemRef {
    if occasion.lastTouch >= 0 { return customer.pointee.touches[occasion.lastTouch].stem }
    for cause in occasion.causes.reversed() {
      switch cause {
      case .touch(let index), .attribute(let index, _): return customer.pointee.touches[index].stem
      case .outcome(let index, _, _): return customer.pointee.suggestions[index].stem
      case .trait(let index): return customer.pointee.traits[index].stem
      }
    }
    return StemRef(.max)
  }

  /// Where what completed an occasion stands in the order of interactions.
  func origin(of occasion: Occasion) -> FactOrigin {
    func origin(of touch: Touch) -> FactOrigin {
      FactOrigin(
        time: touch.time, source: touch.source, id: Array(customer.pointee.arena[touch.idRange]))
    }
    if occasion.lastTouch >= 0 { return origin(of: customer.pointee.touches[occasion.lastTouch]) }
    for cause in occasion.causes.reversed() {
      switch cause {
      case .touch(let index), .attribute(let index, _):
        return origin(of: customer.pointee.touches[index])
      case .outcome(let index, _, _): return customer.pointee.suggestions[index].origin
      case .trait(let index): return customer.pointee.traits[index].origin
      }
    }
    return FactOrigin(time: occasion.key.moment, source: .any, id: [])
  }

  func because(_ occasion: Occasion) -> [Cause] {
    occasion.causes.map { cause in
      switch cause {
      case .touch(let index):
        let touch = customer.pointee.touches[index]
        return .interaction(
          id: customer.pointee.idText(of: touch), touchpoint: names.text(touch.touchpoint),
          channel: names.text(touch.channel), time: touch.time)
      case .outcome(let index, let outcome, let time):
        return .outcome(
          suggestion: customer.pointee.suggestions[index].id, outcome: outcome, time: time)
      case .trait(let index):
        let fact = customer.pointee.traits[index]
        return .trait(
          name: String(decoding: fact.name, as: UTF8.self),
          value: String(decoding: fact.text, as: UTF8.self),
          time: fact.origin.time)
      case .attribute(let index, let name):
        let value = customer.pointee.withAttribute(name, of: index) { view in
          view.map { String(decoding: $0.text, as: UTF8.self) } ?? ""
        }
        return .attribute(
          name: names.text(name), value: value, time: customer.pointee.touches[index].time)
      }
    }
  }

  func made(
    _ rule: CompiledRule, _ candidate: Decider.Candidate, channel: NameID, id: SuggestionID,
    because: [Cause]
  ) -> SuggestionMade {
    var made = SuggestionMade(
      id: id, time: look.now, rule: rule.plan.name, touchpoint: rule.plan.touchpoint,
      channel: names.text(channel),
      purpose: rule.plan.purpose, customer: shown, expires: candidate.expires,
      score: candidate.score)
    made.because = because
    made.journey = journey(rule, candidate.occasion.key)
    made.to = address(channel)
    made.content = content(rule, candidate.occasion)
    made.causedBy = causedBy(candidate.occasion)
    return made
  }

  func withdrawn(_ suggestion: Suggested, _ reason: WithdrawalReason) -> SuggestionWithdrawn {
    SuggestionWithdrawn(
      id: suggestion.id, time: look.now, rule: names.text(suggestion.rule),
      touchpoint: names.text(suggestion.touchpoint), channel: names.text(suggestion.channel),
      purpose: names.text(suggestion.purpose), customer: shown, because: suggestion.because,
      reason: reason)
  }

  private func journey(_ rule: CompiledRule, _ key: OccasionKey) -> JourneyShown? {
    guard let journey = rule.journey, let id = key.instance,
      let instance = look.fold(journey).instances.first(where: { $0.id == id })
    else { return nil }
    let phases = plan.journeys[journey].plan.phases
    return JourneyShown(
      id: id, name: plan.journeys[journey].plan.name,
      phase: phases.indices.contains(instance.phase) ? phases[instance.phase].name : nil)
  }

  /// Of each identifier type that the channel needs the value seen last.
  private func address(_ channel: NameID) -> [NamedText] {
    (plan.channels[channel]?.needs ?? []).compactMap { type in
      customer.pointee.face.lastSeen(type).map {
        NamedText(plan.identifierTypes[Int(type.rawValue)], String(decoding: $0, as: UTF8.self))
      }
    }
  }

  private func content(_ rule: CompiledRule, _ occasion: Occasion) -> [NamedValue] {
    rule.content.compactMap { name, origin in
      switch origin {
      case .const(let value): return NamedValue(name, value)
      case .trait(let trait):
        guard let fact = customer.pointee.latestTrait(trait, names: names), fact.kind != .null
        else { return nil }
        return NamedValue(name, fact.withView(\.json))
      case .attribute(let attribute):
        return newest(attribute, in: occasion.causes).map { NamedValue(name, $0) }
      }
    }
  }

  /// The attribute of the newest interaction in `because`, or in that of a suggestion whose outcome stands there.
  private func newest(_ attribute: NameID, in causes: [CauseRef]) -> JSONValue? {
    var touches: [Int] = []
    for cause in causes {
      switch cause {
      case .touch(let index), .attribute(let index, _): touches.append(index)
      case .trait: break
      case .outcome(let index, _, _):
        for case .interaction(let id, _, _, let time) in customer.pointee.suggestions[index].because
        {
          touches.append(
            contentsOf: customer.pointee.touches.indices.filter {
              customer.pointee.touches[$0].time == time
                && customer.pointee.idText(of: customer.pointee.touches[$0]) == id
            })
        }
      }
    }
    for index in touches.sorted().reversed() {
      let value = customer.pointee.withAttribute(attribute, of: index) { view in
        view.flatMap { $0.kind == .null ? nil : $0.json }
      }
      if let value { return value }
    }
    return nil
  }

  /// The trace headers of the last interaction in `because`; nil where there is none.
  func trace(of occasion: Occasion) -> (parent: String, state: String)? {
    guard occasion.lastTouch >= 0 else { return nil }
    let touch = customer.pointee.touches[occasion.lastTouch]
    let parts = customer.pointee.arena[touch.traceRange]
      .split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return ("", "") }
    return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
  }

  private func causedBy(_ occasion: Occasion) -> NamedText? {
    guard occasion.lastTouch >= 0,
      let strongest = customer.pointee.face.strongest(
        of: customer.pointee.touches[occasion.lastTouch].stem)
    else { return nil }
    return NamedText(
      plan.identifierTypes[Int(strongest.type.rawValue)],
      String(decoding: strongest.value, as: UTF8.self))
  }
}
