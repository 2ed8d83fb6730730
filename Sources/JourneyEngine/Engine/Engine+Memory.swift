import JourneyModel

/// Where customers that are not in memory are read from: the rows that were taken, once they are safe.
package protocol CustomerMemory: AnyObject, Sendable {
  /// The value of a row; nil where it cannot be had, which it remembers why. Asked from any worker's thread.
  func recall(_ partition: Int32, _ key: [UInt8]) -> [UInt8]?
}

// Memory is bounded: who has not been seen lately is let go of, and recalled from the last row.
extension Engine {
  /// Whether a customer that was let go of could not be recalled. Then nothing may be made of what this engine
  /// says; another has to be built from the rows.
  package var hasLost: Bool { workers.contains(where: \.hasLost) }

  /// Customers in memory.
  package var customersHeld: Int { workers.reduce(0) { $0 + $1.customers.count } }

  /// Lets go of customers from now on, to be recalled from these rows.
  package func letGo(into memory: any CustomerMemory) {
    for worker in workers {
      worker.customers.recall = { [unowned worker] place in
        let row = StateRow.customer(place.id, on: place.shard, nil)
        guard let value = memory.recall(row.partition, row.key) else { return worker.lose() }
        do throws(RowDamage) {
          var customer = try Customer(decoding: value)
          (customer.shownAs, customer.id, customer.shard) = (place.id, place.id, place.shard)
          return customer
        } catch { return worker.lose() }
      }
    }
  }

  /// Lets go of those not seen lately until all take so many bytes at most, about. All rows that were taken must be
  /// where they are recalled from. Cost: now and then a look at each.
  package func letGo(to bytes: Int) {
    guard workers.first?.customers.recall != nil, group.isEmpty else { return }
    for worker in workers {
      worker.customers.letGo(to: bytes / workers.count) {
        worker.changed.contains($0) || worker.rowless.contains($0)
      }
    }
  }
}

extension Worker {
  func lose() -> Customer {
    hasLost = true
    return Customer()
  }
}
