import JourneyModel

/// On which shard a customer's row lies, and under which id.
struct CustomerPlace: Hashable {
  var shard: ShardID
  var id: CustomerID
}

// The rows of customers.
extension Worker {
  /// The customers that changed since the last call, each once, in the order of their handles.
  func takeChanged() -> [CustomerRef] {
    defer {
      if collects.contains(.rows) { rowless.formUnion(changed) }
      changed.removeAll(keepingCapacity: true)
    }
    return changed.sorted { $0.rawValue < $1.rawValue }
  }

  /// The rows that changed since the last call, deleted ones without a value.
  func takeChangedRows() -> [StateRow] {
    var rows: [StateRow] = []
    for ref in changed.union(rowless).sorted(by: { $0.rawValue < $1.rawValue }) {
      let customer = customers.pointer(ref)
      guard !customer.pointee.isEmpty else { continue }
      let place = CustomerPlace(
        shard: customer.pointee.shard, id: customer.pointee.shownAs)
      left.remove(place)
      let marks = customer.pointee.marksDigest(at: place)
      rows.append(
        .customer(
          place.id, on: place.shard, customer.pointee.encode(),
          keepsMarks: marks == customer.pointee.marksTold))
      customer.pointee.marksTold = marks
    }
    for place in left.sorted(by: { ($0.shard, $0.id) < ($1.shard, $1.id) }) {
      rows.append(.customer(place.id, on: place.shard, nil))
    }
    changed.removeAll(keepingCapacity: true)
    rowless.removeAll(keepingCapacity: true)
    left.removeAll(keepingCapacity: true)
    return rows
  }
}
