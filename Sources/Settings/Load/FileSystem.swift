internal import Glibc

/// The little of the file system that the loader needs.
enum FileSystem {
  struct Fault: Error {
    var code: Int32
    var reason: String { String(cString: strerror(code)) }
  }

  enum Kind { case file, directory, other }

  static func kind(_ path: String) -> Result<Kind, Fault> {
    var info = stat()
    guard stat(path, &info) == 0 else { return .failure(Fault(code: errno)) }
    switch info.st_mode & S_IFMT {
    case S_IFREG: return .success(.file)
    case S_IFDIR: return .success(.directory)
    default: return .success(.other)
    }
  }

  /// The whole of a file of at most `limit` bytes.
  static func read(_ path: String, limit: Int) -> Result<[UInt8], Fault> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failure(Fault(code: errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return .success(bytes) }
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(Fault(code: errno))
      }
      bytes.append(contentsOf: buffer[0..<count])
      if bytes.count > limit { return .failure(Fault(code: EFBIG)) }
    }
  }

  /// The names in a directory, in no order, without `.` and `..`.
  static func names(_ path: String) -> Result<[String], Fault> {
    guard let directory = opendir(path) else { return .failure(Fault(code: errno)) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return .success(names)
  }
}

extension FileSystem.Fault {
  var isDenied: Bool { code == EACCES || code == EPERM }
}
