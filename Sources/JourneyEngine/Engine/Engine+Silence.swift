import JourneyModel

// Forgetting the anonymous who are silent.
extension Engine {
  func isShared(_ type: IdentifierType) -> Bool {
    plan.identity.kinds[Int(type.rawValue)].shared
  }

  private func forgettingTime(of ref: CustomerRef) -> Moment {
    forgettingTime(silentSince: who.newest(of: ref))
  }

  func forgettingTime(silentSince moment: Moment) -> Moment {
    moment + plan.history.forgetAnonymousAfter + TimeSpan(1)
  }

  /// One look a while later is enough, however often an anonymous customer comes.
  func watch(_ ref: CustomerRef) {
    guard who.watch(of: ref) == nil, who.isAnonymous(ref) else { return }
    let moment = forgettingTime(of: ref)
    who.setWatch(of: ref, moment)
    silence.insert(moment, who.id(of: ref), ref)
    silence.tidy(for: who.componentsHeld) { who.watch(of: $0.customer) == $0.moment }
  }

  /// Forgets whose time has come before a moment, each after its own deadlines.
  func forgetSilent(before bound: Moment) {
    while let entry = silence.first, entry.moment < bound {
      silence.removeFirst()
      guard who.watch(of: entry.customer) == entry.moment else { continue }
      who.setWatch(of: entry.customer, nil)
      guard who.isAnonymous(entry.customer) else { continue }
      if entry.moment < forgettingTime(of: entry.customer) {
        watch(entry.customer)
      } else {
        forget(entry.customer, at: entry.moment)
      }
    }
  }

  private func forget(_ ref: CustomerRef, at moment: Moment) {
    number += 1
    bound = moment + TimeSpan(1)
    post(.forget(ref), to: worker(of: ref))
    who.forget(ref)
    group.hasForgotten = true
    tellFaces()
  }
}
