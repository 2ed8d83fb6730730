import JourneyModel

// Forgetting: the anonymous who are silent, and whoever asks for it.
extension Engine {
  func isShared(_ type: IdentifierType) -> Bool {
    plan.identity.kinds[Int(type.rawValue)].shared
  }

  func forgettingTime(of ref: CustomerRef) -> Moment {
    customers.pointer(ref).pointee.newest + plan.history.forgetAnonymousAfter + TimeSpan(1)
  }

  /// One look a while later is enough, however often an anonymous customer comes.
  func scheduleForgetting(_ ref: CustomerRef) {
    let customer = customers.pointer(ref)
    guard customer.pointee.forgetDue == .distantFuture, who.isAnonymous(ref) else { return }
    customer.pointee.forgetDue = forgettingTime(of: ref)
    calendar.insert(customer.pointee.forgetDue, who.id(of: ref), ref)
  }

  func isToBeForgotten(_ ref: CustomerRef, at now: Moment) -> Bool {
    now >= forgettingTime(of: ref) && who.isAnonymous(ref)
  }

  func forget(_ ref: CustomerRef) {
    let customer = customers.take(ref)
    for suggestion in customer.suggestions { holders[suggestion.id] = nil }
    leave(who.id(of: ref))
    who.forget(ref)
    changed.remove(ref)
    rowless.remove(ref)
    counts.forgotten += 1
  }

  func erase(_ interaction: Interaction, at clock: Moment) {
    let regroup = who.erase(interaction, now: clock)
    drainIdentities()
    guard !regroup.isEmpty else { return }
    let (affected, _) = apply(regroup, at: max(clock, interaction.time))
    for ref in affected {
      decide(
        ref, at: clock, trigger: trigger(of: interaction), .everything,
        merged: false,
        interaction: interaction)
    }
  }

  func drainIdentities() {
    guard collects.contains(.identities) else { return }
    for change in who.drainChanges() { effects.append(.identity(change)) }
  }
}
