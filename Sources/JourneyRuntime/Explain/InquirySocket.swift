internal import Glibc
internal import JourneyModel
package import Supervision

/// The place where a running daemon can be asked: `journeyd.sock` in its state directory, its user's alone.
///
/// A thread takes one connection after another and reads a line; the daemon's loop answers between its batches with
/// ``answer(_:)``. Whoever sends rubbish, or nothing, is let go and harms nothing.
package final class InquirySocket {
  private let server: InquiryServer
  /// Kept while the socket is there: the lock of the folder.
  private let owner: AnyObject?
  private let thread: WorkThread

  /// - Parameter wake: ends the loop's wait, so that a question is not left lying; called on another thread.
  package init(
    folder: String, owner: AnyObject? = nil, wake: @escaping @Sendable () -> Void
  ) throws(Failure) {
    server = try InquiryServer(folder: folder, wake: wake)
    self.owner = owner
    thread = try WorkThread("inquiries") { [server] in server.work() }
  }

  deinit {
    server.stop()
    thread.join()
  }

  /// Answers what is asked, if anything is: to be called in every round of the loop, costs a look at a flag.
  package func answer(_ body: (Inquiry) -> InquiryAnswer) { server.answer(body) }
}

/// Where the socket of a state directory is, whatever the length of its path.
struct SocketAddress {
  private var address = sockaddr_un()
  /// Of a path that is too long for an address; else −1.
  private let folder: Int32

  init(folder path: String) throws(Failure) {
    let name = "journeyd.sock"
    var full = path + "/" + name
    var opened: Int32 = -1
    if full.utf8.count >= MemoryLayout.size(ofValue: address.sun_path) {
      opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard opened >= 0 else { throw SocketAddress.failure(path) }
      full = "/proc/self/fd/\(opened)/\(name)"
    }
    folder = opened
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: full.utf8) }
  }

  func close() { if folder >= 0 { _ = Glibc.close(folder) } }

  /// Lends it in the form that the system's calls want.
  mutating func with<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  var path: String {
    withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  static func failure(_ path: String) -> Failure {
    let code = errno
    return Failure(
      code == EACCES || code == EPERM ? .permission : .stateNotCreated,
      "“\(path)” cannot be asked: \(String(cString: strerror(code)))",
      cure: "ask as the user that runs journeyd, or as root")
  }
}
