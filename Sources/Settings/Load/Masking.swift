/// What must never be printed.
enum Masking {
  static let mask = "********"

  /// Properties whose values are secrets also where they are written out.
  private static let secretNames: Set<String> = [
    "sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password",
    "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config", "ssl_key",
  ]

  static func isSecret(_ property: String) -> Bool {
    secretNames.contains(property) || property.hasSuffix(".password")
      || property.hasSuffix(".secret")
  }

  /// The text without the secret.
  static func masked(_ text: String, _ secret: String) -> String {
    guard !secret.isEmpty else { return text }
    let parts = text.split(separator: secret, omittingEmptySubsequences: false)
    return parts.map { String($0) }.joined(separator: mask)
  }

  /// Whether a line shows one of the secrets, or what may be one: more than a place behind the name of one.
  static func shows(_ line: String, _ secrets: [String]) -> Bool {
    if secrets.contains(where: { !$0.isEmpty && line.contains($0) }) { return true }
    let words = line.split { " \t\"',{}[]".contains($0) }.map { word in
      word.last == ":" ? String(word.dropLast()) : String(word)
    }
    guard let name = words.firstIndex(where: { isSecret(Self.key($0)) }) else { return false }
    let places: Set = ["credential", "file", "env"]
    let isPlace = words[name...].contains { places.contains(Self.key($0)) }
    return !isPlace && words[name...].count > 1
  }

  /// What stands before the first colon.
  private static func key(_ word: String) -> String {
    String(word.prefix { $0 != ":" })
  }
}
