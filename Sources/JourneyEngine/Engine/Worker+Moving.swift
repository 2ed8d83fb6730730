import JourneyModel

// Who customers are, and where they and their data are.
extension Worker {
  func take(_ face: Face, of ref: CustomerRef, _ id: CustomerID, _ shard: ShardID) {
    let customer = customers.pointer(ref)
    // It may have been asked for without need.
    guard
      customer.pointee.face != face || customer.pointee.id != id || customer.pointee.shard != shard
    else { return }
    customer.pointee.face = face
    customer.pointee.id = id
    customer.pointee.shard = shard
    if collectsChanges, !customer.pointee.isEmpty {
      noteID(of: ref)
      changed.insert(ref)
    }
  }

  /// Lets a customer go to another shard; its row here is no more.
  func giveUp(_ ref: CustomerRef, into parcel: Parcel) {
    let customer = customers.take(ref)
    for suggestion in customer.suggestions { holders[suggestion.id] = nil }
    changed.remove(ref)
    rowless.remove(ref)
    if collects.contains(.rows), customer.shownAs.rawValue != 0 {
      left.insert(.init(shard: customer.shard, id: customer.shownAs))
    }
    parcel.put(customer)
  }

  /// Takes a customer in.
  func take(_ customer: consuming Customer, as ref: CustomerRef, on shard: ShardID) {
    customer.shard = shard
    put(customer, as: ref)
    if collectsChanges { changed.insert(ref) }
  }

  /// Has a customer lie here, with its deadline and its suggestions.
  func put(_ customer: consuming Customer, as ref: CustomerRef) {
    for suggestion in customer.suggestions { holders[suggestion.id] = ref }
    let (due, id) = (customer.due, customer.id)
    customers.pointer(ref).pointee = customer
    if due < .distantFuture { insert(due, id, ref) }
  }

  /// Puts the data of former customers where it belongs now.
  func regroup(_ order: RegroupOrder) {
    var regrouping = Regrouping(order, plan: compiled)
    for former in order.former {
      changed.remove(former.customer)
      rowless.remove(former.customer)
      regrouping.add(customers.take(former.customer), former)
    }
    log.append(regrouping.effects)
    for id in regrouping.forgotten { holders[id] = nil }
    for (ref, place) in regrouping.finish() { put(place.take(), as: ref) }
    for current in order.current {
      // A sign of life without a contact leaves no touch that would tell of it.
      let customer = customers.pointer(current.customer)
      customer.pointee.firstSeen = min(customer.pointee.firstSeen, current.first)
      customer.pointee.newest = max(customer.pointee.newest, current.first)
      customer.pointee.id = current.id
      customer.pointee.shard = order.shard
    }
    for id in order.gone { leave(id, on: order.shard) }
  }

  func forget(_ ref: CustomerRef) {
    let customer = customers.take(ref)
    for suggestion in customer.suggestions { holders[suggestion.id] = nil }
    leave(customer.id, on: customer.shard)
    changed.remove(ref)
    rowless.remove(ref)
    counts.forgotten += 1
  }

  /// A late interaction that became a customer's first changes its id; nothing is told under the former one any more.
  func noteID(of ref: CustomerRef) {
    let customer = customers.pointer(ref)
    let (id, shown) = (customer.pointee.id, customer.pointee.shownAs)
    guard shown != id else { return }
    if shown.rawValue != 0 { leave(shown, on: customer.pointee.shard) }
    customer.pointee.shownAs = id
  }

  /// Nothing is known under an id any more.
  func leave(_ id: CustomerID, on shard: ShardID) {
    log.append(.gone(id))
    if collects.contains(.rows) { left.insert(.init(shard: shard, id: id)) }
  }
}
