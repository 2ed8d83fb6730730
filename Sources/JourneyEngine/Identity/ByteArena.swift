/// Short byte strings in one piece of memory, in blocks of whole granules of eight bytes, used again by size.
///
/// A block is named by its first granule; 0 names the empty string. Whoever keeps a name keeps the length, too.
struct ByteArena: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var end = 1
  /// Granules in use.
  private var held = 0
  /// By the number of granules.
  private var freed: [[UInt32]] = Array(repeating: [], count: ByteArena.granulesMax + 1)

  static let granulesMax = 72

  init() {
    capacity = 1024
    base = LargeMemory.allocate(bytes: capacity * 8)
  }

  deinit { base.deallocate() }

  /// Bytes of the blocks in use.
  var bytesHeld: Int { held * 8 }

  static func granules(_ count: Int) -> Int { (count + 7) / 8 }

  /// The bytes of a block; valid until the next ``store(_:)``.
  @inline(__always)
  func bytes(_ block: UInt32, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(Int(block) + ByteArena.granules(count) <= end)
    return UnsafeBufferPointer(
      start: (base + Int(block) * 8).assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// A block of a size with any content.
  mutating func take(_ count: Int) -> UInt32 {
    let size = ByteArena.granules(count)
    guard size > 0 else { return 0 }
    precondition(size <= ByteArena.granulesMax)
    held += size
    if let block = freed[size].popLast() { return block }
    if end + size > capacity { grow(atLeast: end + size) }
    end += size
    return UInt32(end - size)
  }

  mutating func store(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let block = take(bytes.count)
    write(bytes, at: block)
    return block
  }

  func write(_ bytes: UnsafeBufferPointer<UInt8>, at block: UInt32) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    (base + Int(block) * 8).copyMemory(from: source, byteCount: bytes.count)
  }

  /// A second block with the content of a first.
  mutating func copy(_ block: UInt32, _ count: Int) -> UInt32 {
    let new = take(count)
    if count > 0 { (base + Int(new) * 8).copyMemory(from: base + Int(block) * 8, byteCount: count) }
    return new
  }

  func copy(_ block: UInt32, _ count: Int, to other: UInt32) {
    if count > 0, block != other {
      (base + Int(other) * 8).copyMemory(from: base + Int(block) * 8, byteCount: count)
    }
  }

  mutating func free(_ block: UInt32, _ count: Int) {
    let size = ByteArena.granules(count)
    guard size > 0 else { return }
    held -= size
    freed[size].append(block)
  }

  private mutating func grow(atLeast wanted: Int) {
    let larger = max(capacity * 2, wanted)
    let moved = LargeMemory.allocate(bytes: larger * 8)
    moved.copyMemory(from: base, byteCount: end * 8)
    base.deallocate()
    base = moved
    capacity = larger
  }
}
