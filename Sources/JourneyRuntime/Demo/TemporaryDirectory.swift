internal import Glibc
package import Supervision

/// A directory for a while: removed with all in it when its owner goes.
package final class TemporaryDirectory {
  package let path: String

  package init() throws(Failure) {
    let base = ProcessFacts.environment("TMPDIR") ?? "/tmp"
    var template = Array((base + "/journeyd-XXXXXX").utf8CString)
    guard let made = mkdtemp(&template) else {
      throw Failure(
        .stateNotCreated, "\(base): \(String(cString: strerror(errno)))",
        cure: "set TMPDIR to a folder that can be written")
    }
    path = String(cString: made)
  }

  deinit { Self.remove(path) }

  /// Links are removed, not followed.
  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard name != ".", name != ".." else { continue }
        if entry.pointee.d_type == UInt8(DT_DIR) {
          remove(path + "/" + name)
        } else {
          unlink(path + "/" + name)
        }
      }
      closedir(folder)
    }
    rmdir(path)
  }
}
