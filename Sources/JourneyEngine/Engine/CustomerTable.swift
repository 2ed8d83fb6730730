import JourneyModel

/// The customers of one worker: places of fixed address, found by the customers' handles.
///
/// A customer that has not been asked for lately can be let go of: it is recalled from its row when it is.
final class CustomerTable {
  /// Where the row of a customer lies.
  struct RowPlace: Hashable {
    var shard: ShardID
    var id: CustomerID
  }

  private static let perBlock = 1024
  private static let isAway = UInt32.max

  private var blocks: [UnsafeMutablePointer<Customer>] = []
  private var free: [UInt32] = []
  /// By handle: the place plus one; 0: not here.
  private var places: [UInt32] = []
  /// By place: whose it is, and whether it was asked for since the hand passed.
  private var owners: [UInt32] = []
  private var isUsed: [Bool] = []
  /// By handle: where the row of one that is away lies.
  private var rows: [RowPlace] = []
  private var hand = 0
  /// Customers in memory.
  private(set) var count = 0
  /// What one of them took on average when it was looked at last, in bytes.
  private var bytesEach = 1_500
  /// Reads a customer from its row.
  var recall: ((RowPlace) -> Customer)?

  deinit {
    for block in blocks {
      block.deinitialize(count: Self.perBlock)
      block.deallocate()
    }
  }

  func contains(_ ref: CustomerRef) -> Bool {
    Int(ref.rawValue) < places.count && places[Int(ref.rawValue)] != 0
  }

  /// The customer of a handle, an empty one where it is new; valid until it is taken out or let go of.
  func pointer(_ ref: CustomerRef) -> UnsafeMutablePointer<Customer> {
    let index = Int(ref.rawValue)
    if index >= places.count { widen(to: index + 1) }
    if places[index] == 0 || places[index] == Self.isAway { enter(index) }
    let place = places[index] - 1
    isUsed[Int(place)] = true
    return address(place)
  }

  /// Takes a customer out; nothing is left in its place.
  func take(_ ref: CustomerRef) -> Customer {
    let customer = pointer(ref).move()
    leave(Int(ref.rawValue))
    places[Int(ref.rawValue)] = 0
    return customer
  }

  /// The handles of all customers, in their order.
  var refs: [CustomerRef] {
    places.indices.filter { places[$0] != 0 }.map { CustomerRef(UInt32($0)) }
  }

  // MARK: Letting go

  /// Bytes that the customers in memory take, as far as is known.
  var bytes: Int { count * bytesEach }

  /// Lets go of customers that were not asked for lately, until the rest takes so many bytes at most or each was
  /// looked at twice. Of those that are kept the row is not what they are. Cost: O(looked at).
  func letGo(to most: Int, keeping isKept: (CustomerRef) -> Bool) {
    guard bytes > most, !owners.isEmpty else { return }
    if rows.count < places.count {
      rows.append(
        contentsOf: repeatElement(
          RowPlace(shard: ShardID(0), id: CustomerID(0)), count: places.count - rows.count))
    }
    var (seen, taken) = (0, 0)
    var left = owners.count * 2
    while bytes > most, left > 0 {
      left -= 1
      let place = hand
      hand = (hand + 1) % owners.count
      let ref = CustomerRef(owners[place])
      guard ref.rawValue != 0, places[Int(ref.rawValue)] == UInt32(place) + 1 else { continue }
      let customer = address(UInt32(place))
      seen += 1
      taken += customer.pointee.memoryBytes
      if isUsed[place] || customer.pointee.isEmpty || isKept(ref) {
        isUsed[place] = false
        continue
      }
      rows[Int(ref.rawValue)] = RowPlace(
        shard: customer.pointee.shard, id: customer.pointee.shownAs)
      customer.deinitialize(count: 1)
      leave(Int(ref.rawValue))
      places[Int(ref.rawValue)] = Self.isAway
    }
    if seen > 0 { bytesEach = max(1, (bytesEach + taken / seen) / 2) }
  }

  /// How many have been let go of.
  var awayCount: Int { places.count { $0 == Self.isAway } }

  // MARK: Places

  private func enter(_ index: Int) {
    let isAway = places[index] == Self.isAway
    let place = makePlace()
    places[index] = place + 1
    owners[Int(place)] = UInt32(index)
    count += 1
    if isAway, let recall { address(place).pointee = recall(rows[index]) }
  }

  /// Makes a place free whose customer has been moved away.
  private func leave(_ index: Int) {
    let place = places[index] - 1
    address(place).initialize(to: Customer())
    owners[Int(place)] = 0
    free.append(place)
    count -= 1
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
    owners.append(contentsOf: repeatElement(0, count: Self.perBlock))
    isUsed.append(contentsOf: repeatElement(false, count: Self.perBlock))
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
