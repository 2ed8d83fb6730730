internal import JourneyModel

/// Room for texts that a format makes: they live until the next record.
struct Scratch: ~Copyable {
  private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []
  private var block = 0
  private var used = 0
  private static let blockBytes = 16 << 10
  private static let blocksKeptMax = 4

  deinit { for block in blocks { block.deallocate() } }

  mutating func removeAll() {
    while blocks.count > Scratch.blocksKeptMax { blocks.removeLast().deallocate() }
    block = 0
    used = 0
  }

  /// Room for so many bytes that stays where it is. Cost: allocates only what earlier records never needed.
  mutating func room(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
    while block < blocks.count, blocks[block].count - used < count {
      block += 1
      used = 0
    }
    if block == blocks.count {
      var capacity = Scratch.blockBytes
      while capacity < count { capacity *= 2 }
      blocks.append(.allocate(capacity: capacity))
    }
    let room = UnsafeMutableBufferPointer(rebasing: blocks[block][used..<(used + count)])
    used += count
    return room
  }

  /// A copy of the bytes that stays where it is.
  mutating func hold(_ bytes: some Collection<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let copy = room(bytes.count)
    _ = copy.initialize(from: bytes)
    return UnsafeBufferPointer(copy)
  }
}
