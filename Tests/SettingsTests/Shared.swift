import Foundation
@testable import Settings

/// The material that several test targets share.
enum Shared {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Shared")

  static func path(_ name: String) -> String { directory.appending(path: name).path() }
}

extension Settings {
  /// Loads text as one file, `a.yaml`; `kafka` and the rest need not be there.
  static func of(_ text: String, for use: Use = .scenario) -> Settings {
    load([YAMLReader.read(text: text, name: "a.yaml")], for: use)
  }

  /// `line:column code` of each problem.
  var places: [String] {
    problems.map { "\($0.place.line):\($0.place.column) \($0.code)" }
  }
}
