internal import Glibc

/// Where secrets are read from: the process's environment and files, or a test's.
package struct SecretSource: Sendable {
  package var environment: @Sendable (String) -> String?
  /// The bytes of a file as text; the error is what the system says.
  package var file: @Sendable (String) -> Result<String, Unreadable>

  package struct Unreadable: Error, Sendable {
    package var reason: String
    package init(_ reason: String) { self.reason = reason }
  }

  package init(
    environment: @escaping @Sendable (String) -> String?,
    file: @escaping @Sendable (String) -> Result<String, Unreadable>
  ) {
    self.environment = environment
    self.file = file
  }

  /// The environment and the files of this process.
  package static let process = SecretSource(
    environment: { name in getenv(name).map { String(cString: $0) } },
    file: { path in
      FileSystem.read(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
        .mapError { Unreadable($0.reason) }
    })

  /// Every secret is there and is a dash: for what connects to nothing, so that it needs none.
  package static let placeholders = SecretSource(
    environment: { _ in "-" }, file: { _ in .success("-") })

  /// A secret by its whereabouts; a line end after it is left out.
  func resolve(_ kind: String, _ name: String) -> Result<String, Unreadable> {
    switch kind {
    case "env":
      guard let value = environment(name) else {
        return .failure(Unreadable("the environment has no variable “\(name)”"))
      }
      return .success(value)
    case "credential":
      guard let directory = environment("CREDENTIALS_DIRECTORY"), !directory.isEmpty else {
        return .failure(
          Unreadable("there is no credential “\(name)”: $CREDENTIALS_DIRECTORY is not set"))
      }
      guard !name.contains("/"), name != "..", name != "." else {
        return .failure(Unreadable("“\(name)” is not the name of a credential"))
      }
      return file(directory + "/" + name).map(Self.trimmed).mapError {
        Unreadable("the credential “\(name)” cannot be read: \($0.reason)")
      }
    default:
      return file(name).map(Self.trimmed).mapError {
        Unreadable("the file “\(name)” cannot be read: \($0.reason)")
      }
    }
  }

  private static func trimmed(_ text: String) -> String {
    if text.hasSuffix("\r\n") || text.hasSuffix("\n") { return String(text.dropLast()) }
    return text
  }
}
