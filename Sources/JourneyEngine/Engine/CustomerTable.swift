import JourneyModel

/// The customers of one worker that are in memory: places of fixed address, found by the customers' handles.
final class CustomerTable {
  private static let perBlock = 1024

  private var blocks: [UnsafeMutablePointer<Customer>] = []
  private var free: [UInt32] = []
  /// By handle: the place plus one; 0: not here.
  private var places: [UInt32] = []
  private(set) var count = 0

  deinit {
    for block in blocks {
      block.deinitialize(count: Self.perBlock)
      block.deallocate()
    }
  }

  func contains(_ ref: CustomerRef) -> Bool {
    Int(ref.rawValue) < places.count && places[Int(ref.rawValue)] != 0
  }

  /// The customer of a handle, an empty one where it is new; valid until it is taken out.
  func pointer(_ ref: CustomerRef) -> UnsafeMutablePointer<Customer> {
    let index = Int(ref.rawValue)
    if index >= places.count { widen(to: index + 1) }
    if places[index] == 0 {
      places[index] = makePlace() + 1
      count += 1
    }
    return address(places[index] - 1)
  }

  /// Takes a customer out; nothing is left in its place.
  func take(_ ref: CustomerRef) -> Customer {
    let customer = pointer(ref).move()
    let place = places[Int(ref.rawValue)] - 1
    address(place).initialize(to: Customer())
    free.append(place)
    places[Int(ref.rawValue)] = 0
    count -= 1
    return customer
  }

  /// The handles of all customers, in their order.
  var refs: [CustomerRef] {
    places.indices.filter { places[$0] != 0 }.map { CustomerRef(UInt32($0)) }
  }

  private func address(_ place: UInt32) -> UnsafeMutablePointer<Customer> {
    blocks[Int(place) / Self.perBlock] + Int(place) % Self.perBlock
  }

  private func makePlace() -> UInt32 {
    if let place = free.popLast() { return place }
    let block = UnsafeMutablePointer<Customer>.allocate(capacity: Self.perBlock)
    for index in 0..<Self.perBlock { (block + index).initialize(to: Customer()) }
    let first = UInt32(blocks.count * Self.perBlock)
    blocks.append(block)
    for place in (first + 1..<first + UInt32(Self.perBlock)).reversed() { free.append(place) }
    return first
  }

  private func widen(to needed: Int) {
    let count = max(1024, needed, places.count * 2)
    places.append(contentsOf: repeatElement(0, count: count - places.count))
  }
}

extension Customer {
  /// Bytes of memory that it takes, about.
  var memoryBytes: Int {
    MemoryLayout<Customer>.stride + touches.capacity * MemoryLayout<Touch>.stride + arena.capacity
      + counters.capacity * MemoryLayout<Counter>.stride
      + traits.capacity * (MemoryLayout<TraitFact>.stride + 96)
      + consents.capacity * (MemoryLayout<ConsentFact>.stride + 48)
      + suggestions.capacity * (MemoryLayout<Suggested>.stride + 160)
      + answered.capacity * (MemoryLayout<AnsweredOccasion>.stride + 48)
      + issueMarks.capacity * (MemoryLayout<IssueMark>.stride + 96)
      + pastJourneys.capacity * (MemoryLayout<JourneyInstance>.stride + 48)
      + waiting.capacity * MemoryLayout<WaitingRule>.stride + face.bytes.capacity + 12 * 32
  }
}
