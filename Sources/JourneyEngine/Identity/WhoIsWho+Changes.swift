internal import JourneyModel

/// A change to be told when it is known whose it is.
struct PendingChange {
  var what: IdentityChange.What
  var identifier: UInt32
  var identifiers: [IdentifierValues]
  var reason: String?
}

// What the output of identities and `explain` show.
extension WhoIsWho {
  /// Remembers what happened to two identifiers, or to one.
  func report(_ what: IdentityChange.What, _ strong: UInt32, _ weak: UInt32, _ reason: String?) {
    guard collectsChanges else { return }
    pending.append(
      PendingChange(
        what: what, identifier: strong,
        identifiers: shown(strong == weak ? [strong] : [strong, weak]), reason: reason))
  }

  /// Turns what was remembered, and how customers were joined and divided, into ``changes``.
  func tellChanges(cause: borrowing Interaction) {
    let time = max(arrival.now, cause.time)
    let (source, id) = (names.text(cause.source), cause.text(cause.id))
    for each in pending {
      let customer = components[identifiers[each.identifier].component].id
      changes.append(
        IdentityChange(
          time: time, what: each.what, customer: CustomerID(customer),
          identifiers: each.identifiers, reason: each.reason, causeSource: source, causeID: id))
    }
    pending.removeAll(keepingCapacity: true)
    let involved =
      regroup.merged.isEmpty && regroup.divided.isEmpty ? [] : shown(arrival.identifiers)
    for merged in regroup.merged {
      changes.append(
        IdentityChange(
          time: time, what: .merged, customer: merged.survivor, other: merged.loser,
          identifiers: involved, causeSource: source, causeID: id))
    }
    for divided in regroup.divided {
      changes.append(
        IdentityChange(
          time: time, what: .divided, customer: divided.older, other: divided.newer,
          identifiers: involved, causeSource: source, causeID: id))
    }
  }
}
