package import Supervision

internal import Glibc

/// A file that lines are written to, in large pieces.
package final class OutputFile {
  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferBytes = 256 << 10

  /// Standard output.
  package init() {
    path = "standard output"
    descriptor = 1
  }

  /// Makes the file, or empties it.
  ///
  /// - Parameter isPrivate: none but its owner may read it, also where it was there.
  package init(path: String, isPrivate: Bool = false) throws(Failure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
    guard descriptor >= 0, !isPrivate || fchmod(descriptor, 0o600) == 0 else {
      throw Failure(
        .stateNotCreated, "\(path): \(String(cString: strerror(errno)))",
        cure: "name a folder that can be written")
    }
  }

  deinit { if descriptor > 1 { close(descriptor) } }

  package func line(_ bytes: some Collection<UInt8>) throws(Failure) {
    buffer.append(contentsOf: bytes)
    buffer.append(10)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Writes what is held back.
  package func flush() throws(Failure) {
    guard buffer.withUnsafeBufferPointer({ writeAll($0, to: descriptor) }) else {
      throw Failure(
        .stateNotWritten, "\(path): \(String(cString: strerror(errno)))", cure: "make room")
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
