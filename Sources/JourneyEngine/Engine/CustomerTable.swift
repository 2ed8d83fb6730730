import JourneyModel

/// All customers in one slab; a customer is a place in it.
final class CustomerTable {
  @exclusivity(unchecked) private var slab: UnsafeMutablePointer<Customer>
  @exclusivity(unchecked) private var capacity: Int

  init() {
    capacity = 1024
    slab = .allocate(capacity: capacity)
    for index in 0..<capacity { (slab + index).initialize(to: Customer()) }
  }

  deinit {
    slab.deinitialize(count: capacity)
    slab.deallocate()
  }

  /// The customer of a handle; valid until the next call.
  func pointer(_ ref: CustomerRef) -> UnsafeMutablePointer<Customer> {
    let index = Int(ref.rawValue)
    if index >= capacity { grow(to: index + 1) }
    return slab + index
  }

  /// Takes a customer out and leaves an empty place.
  func take(_ ref: CustomerRef) -> Customer {
    let place = pointer(ref)
    let customer = place.move()
    place.initialize(to: Customer())
    return customer
  }

  private func grow(to needed: Int) {
    let wider = max(capacity * 2, needed)
    let fresh = UnsafeMutablePointer<Customer>.allocate(capacity: wider)
    fresh.moveInitialize(from: slab, count: capacity)
    for index in capacity..<wider { (fresh + index).initialize(to: Customer()) }
    slab.deallocate()
    slab = fresh
    capacity = wider
  }
}
