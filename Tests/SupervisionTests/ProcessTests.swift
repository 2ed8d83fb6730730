import Foundation
import Synchronization
import Testing

@testable import Supervision

/// A datagram socket that stands for systemd.
private final class Listener {
  let descriptor: Int32
  init?(_ bytes: [UInt8]) {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0 else { return nil }
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }
  deinit { close(descriptor) }
  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count < 0 ? "nothing came" : String(decoding: buffer[0..<count], as: UTF8.self)
  }
}

@Test func `systemd is told over a path`() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.appending(path: "s").path
  let listener = try #require(Listener(Array(path.utf8) + [0]))
  let notifier = Notifier { $0 == "NOTIFY_SOCKET" ? path : nil }
  notifier.ready(status: "Consuming\n12 partitions")
  #expect(listener.receive() == "READY=1\nSTATUS=Consuming 12 partitions")
  notifier.reloading(monotonicMicroseconds: 17)
  #expect(listener.receive() == "RELOADING=1\nMONOTONIC_USEC=17")
  notifier.extendTimeout(microseconds: 30_000_000, status: "Restoring 3/12")
  #expect(listener.receive() == "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=Restoring 3/12")
  notifier.watchdog()
  #expect(listener.receive() == "WATCHDOG=1")
  notifier.stopping()
  #expect(listener.receive() == "STOPPING=1")
}

@Test func `systemd is told over an abstract name`() throws {
  let name = "journeyd-test-\(UUID())"
  let listener = try #require(Listener([0] + Array(name.utf8)))
  Notifier { $0 == "NOTIFY_SOCKET" ? "@" + name : nil }.status("ok")
  #expect(listener.receive() == "STATUS=ok")
}

@Test func `without systemd nothing is sent, and nobody minds a socket that is gone`() {
  let silent = Notifier { _ in nil }
  #expect(!silent.isListening && silent.watchdogMicroseconds == nil)
  silent.stopping()
  Notifier { $0 == "NOTIFY_SOCKET" ? "/nowhere/at/all" : nil }.stopping()
  #expect(!Notifier { $0 == "NOTIFY_SOCKET" ? "relative" : nil }.isListening)
}

@Test func `the watchdog is for this process only, at twice the rate asked for`() {
  func interval(pid: String?) -> Int64? {
    Notifier {
      switch $0 {
      case "NOTIFY_SOCKET": "@x"
      case "WATCHDOG_USEC": "30000000"
      case "WATCHDOG_PID": pid
      default: nil
      }
    }.watchdogMicroseconds
  }
  #expect(interval(pid: nil) == 15_000_000)
  #expect(interval(pid: "\(getpid())") == 15_000_000)
  #expect(interval(pid: "1") == nil)
}

@Test func `a hang-up asks for a reload, however many come, and a termination for a stop`() async {
  await #expect(processExitsWith: .success) {
    let woken = DispatchSemaphore(value: 0)
    Signals.watch { woken.signal() }
    guard Signals.stopRequested == nil, !Signals.takeReload() else { exit(2) }
    kill(getpid(), SIGHUP)
    guard woken.wait(timeout: .now() + 5) == .success else { exit(3) }
    guard Signals.takeReload(), !Signals.takeReload() else { exit(4) }
    kill(getpid(), SIGTERM)
    guard woken.wait(timeout: .now() + 5) == .success else { exit(5) }
    exit(Signals.stopRequested == .terminate ? 0 : 6)
  }
}

@Test func `a second signal ends at once`() async {
  await #expect(processExitsWith: .signal(SIGINT)) {
    let woken = DispatchSemaphore(value: 0)
    Signals.watch { woken.signal() }
    kill(getpid(), SIGTERM)
    guard woken.wait(timeout: .now() + 5) == .success else { exit(3) }
    kill(getpid(), SIGINT)
    _ = woken.wait(timeout: .now() + 5)
    exit(4)
  }
}

@Test func `memory held is told`() {
  #expect(ProcessFacts.residentBytes > 1_000_000)
}
