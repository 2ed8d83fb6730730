import Foundation
import JourneyModel
import StateStore
import Testing

/// A folder for copies of the state, gone with its last user.
final class Folder {
  private let url = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
  /// Of a copy in it.
  var path: String { url.appending(path: "rows").path }

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  static func open(
    _ path: String, owner: String = "g-state", cacheBytes: Int = 1 << 20
  ) throws(StoreFailure) -> DiskStore {
    try DiskStore(path: path, owner: owner, marks: Marked.marks, cacheBytes: cacheBytes)
  }

  /// What a crash now leaves behind of a copy: its files, taken while their owner has them open.
  func crashed(_ number: Int = 0, of path: String? = nil) throws -> String {
    let source = URL(filePath: path ?? self.path)
    let target = url.appending(path: "crashed-\(number)")
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if try isCopied(source, to: target) { return target.path }
      try? FileManager.default.removeItem(at: target)
    }
    throw Failure.neverStill
  }

  enum Failure: Error { case neverStill }

  /// False: something was written or deleted meanwhile.
  private func isCopied(_ source: URL, to target: URL) throws -> Bool {
    let before = try files(source)
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    for name in before.keys where name != "LOCK" {
      do {
        try FileManager.default.copyItem(
          at: source.appending(path: name), to: target.appending(path: name))
      } catch { return false }
    }
    return try files(source) == before
  }

  private func files(_ folder: URL) throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: name).path
      let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
      sizes[name] = size ?? -1
    }
    return sizes
  }
}
