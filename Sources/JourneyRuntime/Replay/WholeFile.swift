package import Supervision

internal import Glibc

/// The bytes of a whole file, for the time that this is kept.
package final class WholeFile {
  package private(set) var buffer: UnsafeBufferPointer<UInt8>
  private let mapped: UnsafeMutableRawBufferPointer

  /// - Parameter path: `-` for standard input.
  package init(_ path: String) throws(Failure) {
    let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path) }
      if count == 0 { break }
      bytes.append(contentsOf: piece[0..<count])
    }
    mapped = .allocate(byteCount: max(1, bytes.count), alignment: 16)
    mapped.copyBytes(from: bytes)
    buffer = UnsafeBufferPointer(
      start: mapped.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count)
  }

  deinit { mapped.deallocate() }

  private static func failure(_ path: String) -> Failure {
    Failure(
      .usage, "\(path): \(String(cString: strerror(errno)))", cure: "name a file that can be read")
  }
}
