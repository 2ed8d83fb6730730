internal import JourneyModel

extension Settings {
  /// Six hex digits of a stable hash over the merged configuration, without the values of secrets.
  var fingerprint: String {
    var writer = JSONWriter()
    writer.value(Settings.canonical(root))
    return String(hex(stableHash(writer.bytes)).suffix(6))
  }

  /// Keys of settings sorted, so that moving a section to another file changes nothing.
  private static func canonical(_ root: YAMLNode) -> JSONValue {
    let sections = root.entries.filter { !$0.value.isNull }.sorted { $0.key < $1.key }
    return .object(
      sections.map { section in
        guard section.key == "kafka" else {
          return JSONValue.Member(section.key, section.value.json)
        }
        let properties = section.value.entries.sorted { $0.key < $1.key }
        return JSONValue.Member(
          section.key,
          .object(
            properties.map {
              JSONValue.Member(
                $0.key, Masking.isSecret($0.key) ? .string(Masking.mask) : $0.value.json)
            }))
      })
  }
}
