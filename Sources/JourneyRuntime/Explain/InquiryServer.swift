internal import Glibc
internal import JourneyModel
internal import Supervision
internal import Synchronization

/// The thread behind an ``InquirySocket``, and what it shares with the loop.
final class InquiryServer: Sendable {
  private enum Slot {
    case empty
    case asked(Inquiry)
    case answered(InquiryAnswer)
  }

  private let listener: Int32
  /// Signalled when an answer is there.
  private let answered: Bell
  /// Signalled when the thread is to end.
  private let ending: Bell
  private let path: String
  private let folder: SocketAddress
  private let wake: @Sendable () -> Void
  private let slot = Mutex(Slot.empty)
  private let isAsked = Atomic<Bool>(false)

  /// How long one who asks may take for the line, and for taking the answer.
  private static let patience = TimeSpan.seconds(2)
  /// How long the loop may take.
  private static let answerLimit = TimeSpan.seconds(30)

  init(folder path: String, wake: @escaping @Sendable () -> Void) throws(Failure) {
    var address = try SocketAddress(folder: path)
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw SocketAddress.failure(path) }
    // One that a killed daemon left behind is in the way.
    unlink(address.path)
    let isBound =
      fchmod(listener, 0o600) == 0 && address.with { bind(listener, $0, $1) } == 0
      && chmod(address.path, 0o600) == 0 && listen(listener, 16) == 0
    guard isBound else {
      let failure = SocketAddress.failure(path)
      close(listener)
      address.close()
      throw failure
    }
    self.listener = listener
    self.path = address.path
    self.wake = wake
    folder = address
    answered = Bell()
    ending = Bell()
  }

  deinit {
    close(listener)
    answered.close()
    ending.close()
    folder.close()
  }

  /// Has the thread end, and takes the socket away.
  func stop() {
    unlink(path)
    ending.ring()
  }

  /// On the loop's thread.
  func answer(_ body: (Inquiry) -> InquiryAnswer) {
    guard isAsked.load(ordering: .acquiring) else { return }
    let inquiry = slot.withLock { slot -> Inquiry? in
      guard case .asked(let inquiry) = slot else { return nil }
      return inquiry
    }
    guard let inquiry else { return }
    let answer = body(inquiry)
    slot.withLock { slot in
      // Whoever asked may have given up.
      if case .asked = slot { slot = .answered(answer) }
    }
    isAsked.store(false, ordering: .releasing)
    answered.ring()
  }

  // MARK: On the server's own thread

  func work() {
    while wait(for: listener, upTo: nil) {
      let peer = accept(listener, nil, nil)
      guard peer >= 0 else {
        // Out of descriptors, perhaps: not to be tried again at once.
        if wait(for: -1, upTo: TimeSpan(100)) { continue }
        if isEnding { return }
        continue
      }
      _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
      serve(peer)
      close(peer)
    }
  }

  private func serve(_ peer: Int32) {
    guard let line = line(from: peer) else { return }
    do throws(Failure) {
      let inquiry = try Inquiry(line: line)
      let text = try ask(inquiry).text(asJSON: inquiry.asJSON)
      send(.success, text, to: peer)
    } catch {
      send(error.code, error.message + "\n" + error.cure, to: peer)
    }
  }

  /// Nil where what comes is no line of text, or too long, or not there in time.
  private func line(from peer: Int32) -> String? {
    let end = SystemClock.monotonic + Self.patience
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1024)
    while bytes.count <= Limits.inquiryBytesMax {
      let left = end - SystemClock.monotonic
      guard left > .zero, wait(for: peer, upTo: left) else { return nil }
      let count = recv(peer, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return nil }
      bytes.append(contentsOf: buffer[0..<count])
      guard let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n")) else { continue }
      return String(validating: bytes[0..<lineEnd], as: UTF8.self)
    }
    return nil
  }

  private func ask(_ inquiry: Inquiry) -> InquiryAnswer {
    answered.silence()
    slot.withLock { $0 = .asked(inquiry) }
    isAsked.store(true, ordering: .releasing)
    wake()
    _ = wait(for: answered.descriptor, upTo: Self.answerLimit)
    isAsked.store(false, ordering: .releasing)
    return slot.withLock { slot in
      defer { slot = .empty }
      if case .answered(let answer) = slot { return answer }
      return .refusal(
        Failure(
          .brokerUnreachable, "the daemon did not answer within \(spanText(Self.answerLimit))",
          cure: "its log tells what it does; ask again later"))
    }
  }

  /// A first line with the exit code and the count of bytes behind it.
  private func send(_ code: ExitCode, _ text: String, to peer: Int32) {
    let bytes = Array("\(code.rawValue) \(text.utf8.count)\n\(text)".utf8)
    var offset = 0
    let end = SystemClock.monotonic + Self.patience
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          peer, $0.baseAddress.map { $0 + offset }, bytes.count - offset,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count > 0 {
        offset += count
      } else if count < 0, errno == EINTR {
        continue
      } else if count < 0, errno == EAGAIN {
        let left = end - SystemClock.monotonic
        guard left > .zero, wait(for: peer, upTo: left, event: Int16(POLLOUT)) else { return }
      } else {
        return
      }
    }
  }

  private var isEnding: Bool {
    var pending = pollfd(fd: ending.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&pending, 1, 0) > 0
  }

  /// Waits for a descriptor; false when the time is over or the thread is to end.
  private func wait(
    for descriptor: Int32, upTo span: TimeSpan?, event: Int16 = Int16(POLLIN)
  ) -> Bool {
    let end = span.map { SystemClock.monotonic + $0 }
    while true {
      var pending = [
        pollfd(fd: descriptor, events: event, revents: 0),
        pollfd(fd: ending.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let left = end.map { max(.zero, $0 - SystemClock.monotonic) }
      let found = poll(&pending, 2, left.map { Int32(clamping: $0.milliseconds) } ?? -1)
      if pending[1].revents != 0 { return false }
      if found > 0 { return true }
      if found < 0, errno == EINTR { continue }
      return false
    }
  }
}

/// Wakes a thread that polls; rings are remembered, not counted.
private struct Bell: Sendable {
  let descriptor: Int32
  private let other: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends where end >= 0 {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (descriptor, other) = (ends[0], ends[1])
  }

  func ring() {
    var byte: UInt8 = 1
    _ = write(other, &byte, 1)
  }

  func silence() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }

  func close() { for end in [descriptor, other] where end >= 0 { _ = Glibc.close(end) } }
}
