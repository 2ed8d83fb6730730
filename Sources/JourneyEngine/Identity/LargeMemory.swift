#if canImport(Glibc)
  internal import Glibc
#endif

/// Memory for tables that are read at random: in whole cache lines, and in large pages where it is much.
enum LargeMemory {
  private static let pageBytes = 2 << 20

  static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    guard bytes >= pageBytes * 2 else {
      return .allocate(byteCount: bytes, alignment: 64)
    }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: pageBytes)
    // Only a wish: without it all goes on, with more misses.
    _ = madvise(memory, bytes, MADV_HUGEPAGE)
    return memory
  }
}
