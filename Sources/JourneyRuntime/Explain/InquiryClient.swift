internal import Glibc
internal import JourneyModel
package import Supervision

/// Asks the daemon that runs with a state directory.
package enum InquiryClient {
  /// The answer's text.
  ///
  /// - Throws: what the daemon answered in its place, or that none runs there.
  package static func ask(_ inquiry: Inquiry, folder: String) throws(Failure) -> String {
    guard let answer = try askIfRunning(inquiry, folder: folder) else { throw nobody(folder) }
    return answer
  }

  /// As ``ask(_:folder:)``; nil where no daemon runs there.
  package static func askIfRunning(
    _ inquiry: Inquiry, folder: String
  ) throws(Failure) -> String? {
    guard let peer = try connected(folder) else { return nil }
    defer { close(peer) }
    guard writeAll(inquiry.line + "\n", to: peer) else { throw silent }
    return try read(from: peer)
  }

  /// Whether a daemon can be asked there.
  package static func isListening(folder: String) -> Bool {
    do throws(Failure) {
      guard let peer = try connected(folder) else { return false }
      close(peer)
      return true
    } catch { return false }
  }

  /// Nil where nobody listens.
  private static func connected(_ folder: String) throws(Failure) -> Int32? {
    guard access(folder, F_OK) == 0 || errno != ENOENT else { return nil }
    var address = try SocketAddress(folder: folder)
    defer { address.close() }
    let peer = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard peer >= 0 else { throw SocketAddress.failure(folder) }
    guard address.with({ connect(peer, $0, $1) }) == 0 else {
      let isNobody = errno == ENOENT || errno == ECONNREFUSED
      let failure = SocketAddress.failure(folder)
      close(peer)
      if isNobody { return nil }
      throw failure
    }
    return peer
  }

  /// No daemon runs with a folder.
  package static func nobody(_ folder: String) -> Failure {
    Failure(
      .brokerUnreachable, "no daemon runs with the state directory “\(folder)”",
      cure: "start it, or name the configuration that it runs with: --config PATH")
  }

  private static var silent: Failure {
    Failure(
      .brokerUnreachable, "the daemon did not answer",
      cure: "it may be stopping; its log tells what it does")
  }

  private static func read(from peer: Int32) throws(Failure) -> String {
    // Longer than the daemon takes at most.
    var limit = timeval(tv_sec: 40, tv_usec: 0)
    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = recv(peer, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[0..<count])
    }
    guard let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n")) else { throw silent }
    let head = String(decoding: bytes[0..<lineEnd], as: UTF8.self).split(separator: " ")
    let body = bytes[(lineEnd + 1)...]
    guard head.count == 2, let code = Int32(head[0]), Int(head[1]) == body.count else {
      throw silent
    }
    let text = String(decoding: body, as: UTF8.self)
    if code == ExitCode.success.rawValue { return text }
    let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    throw Failure(
      ExitCode(rawValue: code) ?? .internalError, String(parts.first ?? ""),
      cure: parts.count > 1 ? String(parts[1]) : "")
  }
}
