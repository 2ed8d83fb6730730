package import JourneyModel

extension IdentityPlan {
  /// An identifier in the form in which it is kept: trimmed and normalised; nil where its type is not configured
  /// or its value is ignored.
  package func usable(_ type: String, _ value: String) -> (type: IdentifierType, value: [UInt8])? {
    guard let place = kinds.firstIndex(where: { $0.name == type }),
      let rules = try? IdentifierRules(self)
    else { return nil }
    let wanted = IdentifierType(UInt16(place))
    var interaction = Interaction()
    Array(value.utf8).withUnsafeBufferPointer { rules.add($0, of: wanted, to: &interaction) }
    return interaction.identifiers.first.map { ($0.type, Array(interaction.bytes[$0.value.range])) }
  }
}
