internal import Glibc
internal import JourneyModel
internal import Supervision

/// The folder that is one daemon's own: its id, and its copy of the state.
final class StateDirectory {
  let path: String
  /// Sixteen hex digits, made once: with the group's name the id of its transactions.
  let daemonID: String
  private let lock: Int32?

  /// Makes the folder where it is missing, and keeps other daemons out of it until the end of the process.
  init(_ path: String) throws(Failure) {
    self.path = path
    try Self.make(path)
    let lockPath = path + "/lock"
    let lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    self.lock = lock
    guard lock >= 0 else { throw Self.failure(lockPath) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      throw Failure(
        .stateNotCreated, "another daemon uses the folder “\(path)”",
        cure: "give each daemon of a machine a state.directory of its own")
    }
    daemonID = try Self.id(path + "/id")
  }

  /// A folder that nobody else can use, and that need not be there.
  init(_ path: String, daemonID: String) {
    (self.path, self.daemonID) = (path, daemonID)
    lock = nil
  }

  deinit { if let lock { close(lock) } }

  /// Where in a folder the copy of the state is.
  static func copy(in folder: String) -> String { folder + "/rows" }

  /// What the system's last error on a file comes to.
  static func failure(_ path: String) -> Failure {
    let code = errno
    return Failure(
      code == EACCES || code == EPERM
        ? .permission : code == ENOSPC || code == EDQUOT ? .stateNotWritten : .stateNotCreated,
      "“\(path)” cannot be written: \(String(cString: strerror(code)))",
      cure: "give the user of journeyd a folder of its own, with room in it")
  }

  private static func make(_ path: String) throws(Failure) {
    var made = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
      if part.isEmpty { made = made == "/" ? "" : made }
      guard !made.isEmpty, mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
      // A folder above may not be ours to make, and be there all the same.
      var facts = stat()
      guard stat(made, &facts) == 0 else { throw failure(made) }
    }
  }

  private static func id(_ path: String) throws(Failure) -> String {
    let reading = open(path, O_RDONLY | O_CLOEXEC)
    if reading >= 0 {
      defer { close(reading) }
      var bytes = [UInt8](repeating: 0, count: 16)
      if read(reading, &bytes, 16) == 16, bytes.allSatisfy({ isHexDigit($0) }) {
        return String(decoding: bytes, as: UTF8.self)
      }
    }
    let made = hex(UInt64.random(in: .min ... .max))
    let fresh = path + ".new"
    let writing = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard writing >= 0 else { throw failure(fresh) }
    defer { close(writing) }
    guard writeAll(made, to: writing), fsync(writing) == 0, rename(fresh, path) == 0 else {
      throw failure(path)
    }
    return made
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
