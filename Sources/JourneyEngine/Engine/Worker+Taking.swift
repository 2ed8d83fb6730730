import JourneyModel

// What an interaction brings to its customer.
extension Worker {
  func take(_ interaction: Interaction, _ placed: Placed) {
    let (ref, clock) = (placed.customer, placed.clock)
    var concerned = Concerned(touchpoint: interaction.isContact ? interaction.touchpoint : nil)
    concerned.all = placed.isRegrouped
    take(interaction, placed, concerned: &concerned)
    if interaction.feedback != nil { takeOutcome(of: interaction, at: clock, except: ref) }
    let trigger = trigger(of: interaction)
    decide(
      ref, at: clock, trigger: trigger, concerned, merged: placed.hasMerged,
      interaction: interaction)
    for other in placed.affected where other != ref {
      decide(
        other, at: clock, trigger: trigger, .everything, merged: placed.hasMerged,
        interaction: interaction)
    }
  }

  private func take(_ interaction: Interaction, _ placed: Placed, concerned: inout Concerned) {
    let customer = customers.pointer(placed.customer)
    if interaction.time < customer.pointee.firstSeen {
      customer.pointee.firstSeen = interaction.time
      concerned.facts = true
    }
    customer.pointee.newest = max(customer.pointee.newest, interaction.time)
    if interaction.isContact {
      let place = customer.pointee.insert(
        interaction, stem: placed.stem, leaves: interaction.time + plan.history.keep, names: names)
      if !place.isNewest { counts.late += 1 }
      customer.pointee.count(
        interaction.touchpoint, stem: placed.stem, time: interaction.time, named: compiled.named)
      customer.pointee.markIssue(place.index, interaction: interaction, plan: compiled)
    }
    guard !interaction.traits.isEmpty || !interaction.consents.isEmpty else { return }
    takeFacts(of: interaction, placed, customer)
    concerned.facts = true
  }

  private func takeFacts(
    of interaction: Interaction, _ placed: Placed, _ customer: UnsafeMutablePointer<Customer>
  ) {
    let origin = FactOrigin(
      time: interaction.time, source: interaction.source,
      id: Array(interaction.bytes[interaction.id.range]))
    // What a shared identifier told goes elsewhere where it turns out to stand for no one: the past may be needed.
    let keepsPast =
      compiled.readsPastFacts
      || interaction.identifiers.first.map {
        plan.identity.kinds[Int($0.type.rawValue)].shared
      } ?? false
    for trait in interaction.traits {
      let fact = TraitFact(
        stem: placed.stem, name: Array(interaction.bytes[trait.name.range]), kind: trait.kind,
        number: trait.number, text: Array(interaction.bytes[trait.text.range]), origin: origin)
      customer.pointee.setTrait(
        fact, keepsPast: keepsPast, horizon: placed.clock - plan.history.keep, names: names)
    }
    for consent in interaction.consents {
      customer.pointee.setConsent(
        ConsentFact(
          stem: placed.stem, channel: consent.channel, purpose: consent.purpose,
          granted: consent.granted, origin: origin), keepsPast: keepsPast)
    }
  }

  // MARK: Outcomes

  /// Notes an outcome and decides for whose suggestion it is, but for one customer, who is decided for anyway.
  func takeOutcome(of interaction: Interaction, at clock: Moment, except: CustomerRef?) {
    guard let holder = note(outcomeOf: interaction), holder != except else { return }
    decide(
      holder, at: clock, trigger: trigger(of: interaction), .due, merged: false,
      interaction: interaction)
  }

  /// Notes an outcome where its suggestion is here; says whose it is.
  private func note(outcomeOf interaction: Interaction) -> CustomerRef? {
    guard let feedback = interaction.feedback,
      let id = SuggestionID(interaction.text(feedback.suggestion)), let ref = holders[id]
    else { return nil }
    outcomesTaken += 1
    let customer = customers.pointer(ref)
    for index in customer.pointee.suggestions.indices
    where customer.pointee.suggestions[index].id == id {
      _ = customer.pointee.suggestions[index].note(feedback.outcome, at: interaction.time)
    }
    return ref
  }
}
