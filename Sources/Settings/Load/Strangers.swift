/// Keys that are not known, by the mapping they stand in: what is missing beside them may be what they mean.
struct Strangers {
  private var mappings: Set<String> = []
  private var guesses: Set<String> = []

  mutating func add(_ guess: String?, in mapping: YAMLNode) {
    mappings.insert(mapping.place.text)
    if let guess { guesses.insert(mapping.place.text + " " + guess) }
  }

  /// Whether the mapping has a key that is not known.
  func are(in mapping: YAMLNode) -> Bool { mappings.contains(mapping.place.text) }

  /// Whether a key of the mapping that is not known looks like this one.
  func mean(_ key: String, in mapping: YAMLNode) -> Bool {
    guesses.contains(mapping.place.text + " " + key)
  }
}
