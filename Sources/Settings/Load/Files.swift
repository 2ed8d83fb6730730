/// Why a configuration cannot even be looked at.
package enum LoadError: Error, Sendable, Equatable {
  /// There is nothing at this path, or nothing that is a configuration (exit 66).
  case missing(path: String, reason: String)
  /// Something there may not be read (exit 77).
  case unreadable(path: String, reason: String)

  package var message: String {
    switch self {
    case .missing(let path, let reason): "no configuration at \(path): \(reason)"
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    }
  }
}

/// Finds the files of a configuration.
package enum Files {
  /// Bytes of one file at most.
  package static let bytesMax = 64 << 20
  private static let depthMax = 16

  /// Folders below a configuration that are none of it: its scenarios, and configurations of their own.
  private static let apart: Set<String> = ["tests", "examples"]

  /// A file itself, or every `*.yaml` below a directory in byte order of path, without `tests/`, `examples/` and
  /// hidden names.
  package static func find(_ path: String) throws(LoadError) -> [String] {
    switch FileSystem.kind(path) {
    case .failure(let fault): throw error(path, fault)
    case .success(.directory):
      var found: [String] = []
      try collect(path, depth: 0, into: &found)
      guard !found.isEmpty else {
        throw .missing(path: path, reason: "the directory has no file that ends in .yaml")
      }
      return found.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    case .success(.file), .success(.other): return [path]
    }
  }

  package static func read(_ path: String) throws(LoadError) -> YAMLReader.Result {
    switch FileSystem.read(path, limit: bytesMax) {
    case .success(let bytes): return YAMLReader.read(bytes, name: path)
    case .failure(let fault): throw error(path, fault)
    }
  }

  private static func collect(
    _ directory: String, depth: Int, into found: inout [String]
  ) throws(LoadError) {
    guard depth < depthMax else { return }
    let names: [String]
    switch FileSystem.names(directory) {
    case .success(let all): names = all
    case .failure(let fault): throw error(directory, fault)
    }
    for name in names where !name.hasPrefix(".") {
      let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
      switch FileSystem.kind(path) {
      case .success(.directory):
        if !apart.contains(name) { try collect(path, depth: depth + 1, into: &found) }
      case .success(.file): if name.hasSuffix(".yaml") { found.append(path) }
      case .success(.other): break
      // A link to nowhere that looks like ours is worth a word.
      case .failure(let fault): if name.hasSuffix(".yaml") { throw error(path, fault) }
      }
    }
  }

  private static func error(_ path: String, _ fault: FileSystem.Fault) -> LoadError {
    fault.isDenied
      ? .unreadable(path: path, reason: fault.reason) : .missing(path: path, reason: fault.reason)
  }
}
