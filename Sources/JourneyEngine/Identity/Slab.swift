/// Records of one size, named by small numbers that are used again; 0 names none.
///
/// Flat memory without reference counts. Cost: a bounds check per access.
struct Slab<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private let blank: Element
  private var freed: [UInt32] = []
  /// One past the highest number ever used.
  private(set) var end: UInt32 = 1

  init(blank: Element) {
    self.blank = blank
    capacity = 64
    base = Slab.allocate(capacity)
    base.initialize(repeating: blank, count: capacity)
  }

  deinit { base.deallocate() }

  /// Records in use.
  var count: Int { Int(end) - 1 - freed.count }

  @inline(__always)
  subscript(index: UInt32) -> Element {
    _read {
      precondition(index < end)
      yield base[Int(index)]
    }
    nonmutating _modify {
      precondition(index < end)
      yield &base[Int(index)]
    }
  }

  /// A blank record. Cost: O(1), now and then a copy of all.
  mutating func take() -> UInt32 {
    if let last = freed.popLast() {
      base[Int(last)] = blank
      return last
    }
    if Int(end) == capacity { grow() }
    end += 1
    return end - 1
  }

  /// Gives a record back; the caller makes sure that nothing names it any more.
  mutating func free(_ index: UInt32) {
    base[Int(index)] = blank
    freed.append(index)
  }

  /// In whole cache lines, so that a record of 128 bytes takes two.
  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    LargeMemory.allocate(bytes: capacity * MemoryLayout<Element>.stride)
      .bindMemory(to: Element.self, capacity: capacity)
  }

  private mutating func grow() {
    let larger = Slab.allocate(capacity * 2)
    larger.moveInitialize(from: base, count: capacity)
    (larger + capacity).initialize(repeating: blank, count: capacity)
    base.deallocate()
    base = larger
    capacity *= 2
  }
}
