internal import Glibc

/// Tells systemd how the daemon is, by the protocol of sd_notify(3); silent where systemd does not listen.
package final class Notifier: Sendable {
  private let socketPath: String?
  /// How often ``watchdog()`` is wanted at the least: half of the time after which systemd kills.
  package let watchdogMicroseconds: Int64?

  /// - Parameter environment: answers `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
  package init(environment: (String) -> String? = ProcessFacts.environment) {
    let path = environment("NOTIFY_SOCKET") ?? ""
    let usable = (path.hasPrefix("/") || path.hasPrefix("@")) && path.utf8.count > 1
    socketPath = usable ? path : nil
    let mine = environment("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
    let microseconds = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
    watchdogMicroseconds = usable && mine && microseconds > 0 ? microseconds / 2 : nil
  }

  package var isListening: Bool { socketPath != nil }

  /// The configuration is valid, the state open, the group joined; or a reload has ended.
  package func ready(status: String) { send(["READY=1", "STATUS=" + oneLine(status)]) }

  /// One line for `systemctl status`.
  package func status(_ text: String) { send(["STATUS=" + oneLine(text)]) }

  /// More time for a start that takes long.
  package func extendTimeout(microseconds: Int64, status: String) {
    send(["EXTEND_TIMEOUT_USEC=\(microseconds)", "STATUS=" + oneLine(status)])
  }

  /// A reload begins; ``ready(status:)`` must follow, whatever becomes of it.
  package func reloading(monotonicMicroseconds: Int64 = SystemClock.monotonicMicroseconds) {
    send(["RELOADING=1", "MONOTONIC_USEC=\(monotonicMicroseconds)"])
  }

  package func stopping() { send(["STOPPING=1"]) }

  /// Every worker has made progress.
  package func watchdog() { send(["WATCHDOG=1"]) }

  private func send(_ lines: [String]) {
    guard let socketPath else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard var address = Self.address(socketPath) else { return }
    let message = Array(lines.joined(separator: "\n").utf8)
    withUnsafePointer(to: &address.value) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(
          descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, address.length)
      }
    }
  }

  /// The address of a path, or of an abstract name that is written with a leading `@`.
  private static func address(_ path: String) -> (value: sockaddr_un, length: socklen_t)? {
    var value = sockaddr_un()
    value.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: value.sun_path) else { return nil }
    let isAbstract = bytes[0] == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
    withUnsafeMutableBytes(of: &value.sun_path) { $0.copyBytes(from: bytes) }
    let head = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    return (value, socklen_t(head + bytes.count))
  }
}

private func oneLine(_ text: String) -> String {
  String(text.map { $0.isNewline ? " " : $0 })
}
