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
}
