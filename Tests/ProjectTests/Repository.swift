import Foundation

/// The files of the project as they stand.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Paths below a folder, relative to the root, hidden ones and build products left out.
  static func files(below folder: String, endings: [String]? = nil) -> [String] {
    let start = root.appending(path: folder).path
    return (FileManager.default.enumerator(atPath: start)?.compactMap { $0 as? String } ?? [])
      .filter { path in
        !path.split(separator: "/").contains { $0.hasPrefix(".") }
          && endings.map { $0.contains { path.hasSuffix($0) } } ?? true
      }
      .map { folder + "/" + $0 }.filter { !isFolder($0) }.sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(
      atPath: root.appending(path: path).path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
