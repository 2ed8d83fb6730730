/// Open addressing from a hash to the number of a record.
struct SlotTable: ~Copyable {
  /// Hash in the upper half, number in the lower; 0 where empty.
  private var slots: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private var count = 0

  init() {
    mask = 1023
    slots = LargeMemory.allocate(bytes: (mask + 1) * 8)
      .bindMemory(to: UInt64.self, capacity: mask + 1)
    slots.initialize(repeating: 0, count: mask + 1)
  }

  deinit { slots.deallocate() }

  /// The first number with this hash for which `isIt` answers; 0: none. Cost: O(1).
  @inline(__always)
  func find(_ hash: UInt32, _ isIt: (UInt32) -> Bool) -> UInt32 {
    var at = Int(hash) & mask
    while slots[at] != 0 {
      let slot = slots[at]
      if UInt32(truncatingIfNeeded: slot >> 32) == hash, isIt(UInt32(truncatingIfNeeded: slot)) {
        return UInt32(truncatingIfNeeded: slot)
      }
      at = (at + 1) & mask
    }
    return 0
  }

  mutating func insert(_ hash: UInt32, _ number: UInt32) {
    if (count + 1) * 3 > (mask + 1) * 2 { grow() }
    place(UInt64(hash) << 32 | UInt64(number))
    count += 1
  }

  mutating func remove(_ hash: UInt32, _ number: UInt32) {
    let entry = UInt64(hash) << 32 | UInt64(number)
    var at = Int(hash) & mask
    while slots[at] != entry {
      guard slots[at] != 0 else { return }
      at = (at + 1) & mask
    }
    count -= 1
    // Entries behind the gap move up as far as their own place allows.
    var gap = at
    while true {
      slots[gap] = 0
      repeat {
        at = (at + 1) & mask
        guard slots[at] != 0 else { return }
      } while ((at - Int(slots[at] >> 32)) & mask) < ((at - gap) & mask)
      slots[gap] = slots[at]
      gap = at
    }
  }

  private func place(_ entry: UInt64) {
    var at = Int(entry >> 32) & mask
    while slots[at] != 0 { at = (at + 1) & mask }
    slots[at] = entry
  }

  private mutating func grow() {
    let (old, size) = (slots, mask + 1)
    mask = size * 2 - 1
    slots = LargeMemory.allocate(bytes: (size * 2) * 8)
      .bindMemory(to: UInt64.self, capacity: size * 2)
    slots.initialize(repeating: 0, count: size * 2)
    for at in 0..<size where old[at] != 0 { place(old[at]) }
    old.deallocate()
  }
}

/// Open addressing from a customer's id to the identifier that it comes from, and which of its lives.
struct CustomerIDTable: ~Copyable {
  private var keys: UnsafeMutablePointer<UInt64>
  /// The number times two, plus one for the second life; 0 where empty.
  private var values: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private var count = 0

  init() {
    mask = 1023
    keys = LargeMemory.allocate(bytes: (mask + 1) * 8)
      .bindMemory(to: UInt64.self, capacity: mask + 1)
    values = LargeMemory.allocate(bytes: (mask + 1) * 8)
      .bindMemory(to: UInt64.self, capacity: mask + 1)
    keys.initialize(repeating: 0, count: mask + 1)
    values.initialize(repeating: 0, count: mask + 1)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  func find(_ id: UInt64) -> (identifier: UInt32, second: Bool)? {
    var at = Int(truncatingIfNeeded: id) & mask
    while values[at] != 0 {
      if keys[at] == id { return (UInt32(values[at] / 2), values[at] & 1 == 1) }
      at = (at + 1) & mask
    }
    return nil
  }

  /// Keeps the first of two with one id.
  mutating func insert(_ id: UInt64, _ identifier: UInt32, second: Bool) {
    guard find(id) == nil else { return }
    if (count + 1) * 3 > (mask + 1) * 2 { grow() }
    place(id, UInt64(identifier) * 2 + (second ? 1 : 0))
    count += 1
  }

  mutating func remove(_ id: UInt64, _ identifier: UInt32, second: Bool) {
    let value = UInt64(identifier) * 2 + (second ? 1 : 0)
    var at = Int(truncatingIfNeeded: id) & mask
    while keys[at] != id || values[at] != value {
      guard values[at] != 0 else { return }
      at = (at + 1) & mask
    }
    count -= 1
    var gap = at
    while true {
      values[gap] = 0
      repeat {
        at = (at + 1) & mask
        guard values[at] != 0 else { return }
      } while ((at - Int(truncatingIfNeeded: keys[at])) & mask) < ((at - gap) & mask)
      (keys[gap], values[gap]) = (keys[at], values[at])
      gap = at
    }
  }

  private func place(_ id: UInt64, _ value: UInt64) {
    var at = Int(truncatingIfNeeded: id) & mask
    while values[at] != 0 { at = (at + 1) & mask }
    (keys[at], values[at]) = (id, value)
  }

  private mutating func grow() {
    let (oldKeys, oldValues, size) = (keys, values, mask + 1)
    mask = size * 2 - 1
    keys = LargeMemory.allocate(bytes: (size * 2) * 8)
      .bindMemory(to: UInt64.self, capacity: size * 2)
    values = LargeMemory.allocate(bytes: (size * 2) * 8)
      .bindMemory(to: UInt64.self, capacity: size * 2)
    keys.initialize(repeating: 0, count: size * 2)
    values.initialize(repeating: 0, count: size * 2)
    for at in 0..<size where oldValues[at] != 0 { place(oldKeys[at], oldValues[at]) }
    oldKeys.deallocate()
    oldValues.deallocate()
  }
}
