import JourneyModel

extension Customer {
  /// Sets a trait. Earlier values stay while `keepsPast`, until `horizon`; else only the latest of each identifier does.
  mutating func setTrait(_ fact: TraitFact, keepsPast: Bool, horizon: Moment, names: NameTable) {
    if traits.contains(where: {
      $0.stem == fact.stem && $0.name == fact.name && $0.origin == fact.origin
    }) {
      return
    }
    traits.append(fact)
    prune(
      traitsNamed: fact.name, stem: fact.stem, keepsPast: keepsPast, horizon: horizon, names: names)
    let current = Set(traits.map(\.name))
    if current.count > Limits.traitsPerCustomerMax {
      let oldest = current.min { a, b in
        latestTrait(a, names: names).map(\.origin.time) ?? .distantPast
          < latestTrait(b, names: names).map(\.origin.time) ?? .distantPast
      }
      traits.removeAll { $0.name == oldest }
    }
  }

  private mutating func prune(
    traitsNamed name: [UInt8], stem: StemRef, keepsPast: Bool, horizon: Moment, names: NameTable
  ) {
    let same = traits.filter { $0.name == name && $0.stem == stem }
    guard same.count > 1, let latest = same.max(by: { $0.origin.precedes($1.origin, names: names) })
    else { return }
    // The value that held at the horizon stays too: it is what was known then.
    let bound = same.filter { $0.origin.time <= horizon }
      .max { $0.origin.precedes($1.origin, names: names) }?.origin
    traits.removeAll { fact in
      guard fact.name == name, fact.stem == stem, fact.origin != latest.origin else { return false }
      guard keepsPast else { return true }
      guard let bound else { return false }
      return fact.origin.precedes(bound, names: names)
    }
    guard keepsPast, same.count > Limits.pastFactsMax,
      let oldest = same.min(by: { $0.origin.precedes($1.origin, names: names) })
    else { return }
    traits.removeAll { $0.stem == stem && $0.name == name && $0.origin == oldest.origin }
  }

  /// The latest value of a trait, a cleared one included; known up to `limit` where there is one.
  func latestTrait(_ name: [UInt8], until limit: Moment? = nil, names: NameTable) -> TraitFact? {
    var latest: TraitFact?
    for fact in traits where fact.name == name {
      if let limit, fact.origin.time > limit { continue }
      if let known = latest, !known.origin.precedes(fact.origin, names: names) { continue }
      latest = fact
    }
    return latest
  }

  /// The text of a trait that is a string.
  func traitText(_ name: StaticString, names: NameTable) -> String? {
    let bytes = Array(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    guard !traits.isEmpty, let fact = latestTrait(bytes, names: names), fact.kind == .string else {
      return nil
    }
    return String(decoding: fact.text, as: UTF8.self)
  }

  mutating func setConsent(_ fact: ConsentFact, keepsPast: Bool) {
    if !keepsPast {
      for index in consents.indices
      where consents[index].stem == fact.stem && consents[index].channel == fact.channel
        && consents[index].purpose == fact.purpose
      {
        let known = consents[index]
        if fact.time > known.time || (fact.time == known.time && !fact.granted) {
          consents[index] = fact
        }
        return
      }
    } else if consents.contains(where: {
      $0.stem == fact.stem && $0.channel == fact.channel && $0.purpose == fact.purpose
        && $0.time == fact.time && $0.granted == fact.granted
    }) {
      return
    }
    consents.append(fact)
    if keepsPast { forgetOldest(like: fact) }
    if consents.count > Limits.consentsPerCustomerMax * (keepsPast ? 4 : 1) {
      if let oldest = consents.indices.min(by: { consents[$0].time < consents[$1].time }) {
        consents.remove(at: oldest)
      }
    }
  }

  private mutating func forgetOldest(like fact: ConsentFact) {
    let same = consents.indices.filter {
      consents[$0].stem == fact.stem && consents[$0].channel == fact.channel
        && consents[$0].purpose == fact.purpose
    }
    guard same.count > Limits.pastFactsMax,
      let oldest = same.min(by: { consents[$0].time < consents[$1].time })
    else { return }
    consents.remove(at: oldest)
  }

  /// What holds for a channel and a purpose: of the decisions that cover the pair the latest, of two at one time denied.
  func consent(channel: NameID, purpose: NameID, until limit: Moment? = nil) -> ConsentState {
    var latest: ConsentFact?
    for fact in consents
    where (fact.channel == channel || fact.channel == .any)
      && (fact.purpose == purpose || fact.purpose == .any)
    {
      if let limit, fact.time > limit { continue }
      if let known = latest, known.time > fact.time || (known.time == fact.time && !known.granted) {
        continue
      }
      latest = fact
    }
    return latest.map { $0.granted ? .granted : .denied } ?? .unknown
  }

  /// The customer's zone: the trait's, where the system knows it, else the policy's.
  func zone(_ plan: CompiledPlan) -> TimeZone? {
    guard let text = traitText("timezone", names: plan.names) else { return plan.policy.zone }
    return plan.zone(named: text)
  }
}
