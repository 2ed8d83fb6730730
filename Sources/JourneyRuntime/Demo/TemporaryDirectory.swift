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

  deinit {
    nftw(
      path,
      { path, _, _, _ in
        if let path { remove(path) }
        return 0
      }, 16, FTW_DEPTH | FTW_PHYS)
  }
}
