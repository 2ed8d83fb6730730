package import Supervision

internal import Glibc

/// The lines of a file, read in large pieces and lent one by one.
///
/// Of a line longer than its bound only a little more than the bound is kept, so that whoever reads it finds
/// it too large. Lines end with LF or CRLF; the last one may have no end.
package final class LineReader {
  package let path: String
  private let descriptor: Int32
  private let lineBytesMax: Int
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var atEnd = false

  /// Opens a file, or standard input for `-`.
  package init(path: String, lineBytesMax: Int) throws(Failure) {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(
        .usage, "\(path): \(String(cString: strerror(errno)))", cure: "name a file that can be read"
      )
    }
    self.path = path
    self.descriptor = descriptor
    self.lineBytesMax = lineBytesMax
    buffer = .allocate(byteCount: max(1 << 20, 2 * lineBytesMax), alignment: 64)
  }

  deinit {
    buffer.deallocate()
    if descriptor > 0 { close(descriptor) }
  }

  /// The next line without its end, on loan until the next call; nil behind the last one.
  package func next() throws(Failure) -> UnsafeBufferPointer<UInt8>? {
    var searched = start
    while true {
      if let length = lineEnd(from: searched) {
        let line = bytes(start..<length)
        start = length + 1
        return line
      }
      if atEnd {
        guard start < end else { return nil }
        defer { start = end }
        return bytes(start..<end)
      }
      if end - start > lineBytesMax {
        moveToFront()
        try skipLine()
        return bytes(0..<lineBytesMax + 1)
      }
      searched = end - start
      try fill()
      searched += start
    }
  }

  private func lineEnd(from position: Int) -> Int? {
    guard position < end, let base = buffer.baseAddress,
      let found = memchr(base + position, 10, end - position)
    else { return nil }
    return found - UnsafeMutableRawPointer(base)
  }

  private func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    var range = range
    if let last = range.last, buffer[last] == 13 { range = range.lowerBound..<last }
    let part = UnsafeRawBufferPointer(rebasing: buffer[range])
    return UnsafeBufferPointer(
      start: part.baseAddress?.assumingMemoryBound(to: UInt8.self), count: part.count)
  }

  /// Leaves the rest of a line unread; what is kept of it stays at the front.
  private func skipLine() throws(Failure) {
    let kept = lineBytesMax + 1
    while true {
      if let found = lineEnd(from: kept) {
        start = found + 1
        return
      }
      end = kept
      if atEnd {
        start = end
        return
      }
      try read()
    }
  }

  /// Makes room and reads on.
  private func fill() throws(Failure) {
    moveToFront()
    if end == buffer.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: end * 2, alignment: 64)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[0..<end]))
      buffer.deallocate()
      buffer = larger
    }
    try read()
  }

  private func moveToFront() {
    guard start > 0 else { return }
    if end > start, let base = buffer.baseAddress { memmove(base, base + start, end - start) }
    end -= start
    start = 0
  }

  private func read() throws(Failure) {
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
    while true {
      let count = Glibc.read(descriptor, room.baseAddress, room.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure(
          .usage, "\(path): \(String(cString: strerror(errno)))",
          cure: "name a file that can be read")
      }
      atEnd = count == 0
      end += count
      return
    }
  }
}
