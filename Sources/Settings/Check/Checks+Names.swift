internal import JourneyModel

/// What the configuration defines, by kind.
private struct Definitions {
  var channels: [String]
  var outbound: [String]
  var touchpoints: [String]
  var identifiers: [String]
  var journeys: [String]
  var suggestions: [String]
  var purposes: [String]

  init(_ plan: Plan, _ root: YAMLNode, _ strangers: Strangers) {
    channels = plan.catalogue.channels.map(\.name)
    // A channel that is not told right may well be outbound.
    outbound = root.named("channels").filter { channel in
      guard let outbound = channel.value["outbound"] else {
        return strangers.are(in: channel.value)
      }
      return outbound.bool ?? true
    }.map(\.key)
    touchpoints = plan.catalogue.touchpoints.map(\.name)
    identifiers = plan.identity.kinds.map(\.name)
    journeys = plan.journeys.map(\.name)
    suggestions = plan.rules.map(\.name)
    let named = (root["contact"]?.named("consent") ?? []).map(\.key)
    purposes = plan.contact.consent.map(\.purpose)
    purposes += named.filter { !purposes.contains($0) }
  }
}

extension Checks {
  /// Every name that stands for something must exist: in the catalogue for a warning or an error, else always.
  mutating func names(_ references: [Validator.Reference]) {
    let all = Definitions(plan, root, strangers)
    let known = (
      channels: Set(all.channels), outbound: Set(all.outbound), touchpoints: Set(all.touchpoints),
      identifiers: Set(all.identifiers), journeys: Set(all.journeys),
      suggestions: Set(all.suggestions), purposes: Set(all.purposes)
    )
    let unsure = unsureUses
    for reference in references where !unsure.contains(reference.use) {
      let name = reference.name
      switch reference.use {
      case .touchpoint:
        if !known.touchpoints.contains(name) { touchpoint(reference, all.touchpoints) }
      case .touchpointOrAll:
        if name != "*", !known.touchpoints.contains(name) { touchpoint(reference, all.touchpoints) }
      case .channel: if !known.channels.contains(name) { channel(reference, all.channels) }
      case .channelOrAll:
        if name != "*", !known.channels.contains(name) { channel(reference, all.channels) }
      case .outbound:
        if !known.outbound.contains(name) {
          notOutbound(reference, isKnown: known.channels.contains(name), all.outbound)
        }
      case .identifier:
        if !known.identifiers.contains(name) {
          unknown(reference, "a type of identifier", "identity.identifiers", all.identifiers)
        }
      case .journey:
        if !known.journeys.contains(name) {
          unknown(reference, "a journey", "journeys", all.journeys)
        }
      case .suggestion:
        if !known.suggestions.contains(name) {
          unknown(reference, "a suggestion", "suggestions", all.suggestions)
        }
      case .purpose:
        if !known.purposes.contains(name) {
          unknown(reference, "a purpose", "contact.consent", all.purposes)
        }
      case .purposeOrAll:
        if name != "*", !known.purposes.contains(name) {
          unknown(reference, "a purpose", "contact.consent", all.purposes)
        }
      }
    }
  }

  /// “Did you mean”, as long as there is time for it: thousands of unknown names are not looked at one by one.
  private mutating func nearest(_ name: String, _ names: [String]) -> String? {
    guard namesLeft >= names.count else { return nil }
    namesLeft -= names.count
    return Nearest.help(for: name, of: names)
  }

  /// Names whose section is misspelt or of the wrong type: one word about that is enough.
  private var unsureUses: Set<NameUse> {
    var uses: Set<NameUse> = []
    if !isSure("channels") { uses.formUnion([.channel, .channelOrAll, .outbound]) }
    if !isSure("touchpoints") { uses.formUnion([.touchpoint, .touchpointOrAll]) }
    if !isSure("identity", "identifiers") { uses.insert(.identifier) }
    if !isSure("journeys") { uses.insert(.journey) }
    if !isSure("suggestions") { uses.insert(.suggestion) }
    if !isSure("contact", "consent") { uses.formUnion([.purpose, .purposeOrAll]) }
    return uses
  }

  private mutating func unknown(
    _ reference: Validator.Reference, _ noun: String, _ section: String, _ names: [String]
  ) {
    let near = nearest(reference.name, names)
    let all =
      names.isEmpty ? "there is none" : "there are: \(names.prefix(20).joined(separator: ", "))"
    error(
      "unknown-name", at: reference.place,
      "“\(reference.name)” is not \(noun) of “\(section)”", help: near ?? all)
  }

  private mutating func touchpoint(_ reference: Validator.Reference, _ names: [String]) {
    var message = "“\(reference.name)” is not in the catalogue of touchpoints"
    let rejects: Bool
    switch plan.catalogue.unknownTouchpoints {
    case .accept: rejects = false
    case .ignore:
      rejects = false
      message += ": interactions with it are no contacts (unknown_touchpoints: ignore)"
    case .reject:
      rejects = true
      message += ", and what is not is rejected (unknown_touchpoints: reject)"
    }
    notInCatalogue(reference, message, rejects, names, "touchpoints")
  }

  private mutating func channel(_ reference: Validator.Reference, _ names: [String]) {
    var message = "“\(reference.name)” is not in the catalogue of channels"
    let rejects = plan.catalogue.unknownChannels == .reject
    if rejects { message += ", and what is not is rejected (unknown_channels: reject)" }
    notInCatalogue(reference, message, rejects, names, "channels")
  }

  private mutating func notInCatalogue(
    _ reference: Validator.Reference, _ message: String, _ rejects: Bool, _ names: [String],
    _ section: String
  ) {
    let help =
      nearest(reference.name, names)
      ?? "if it is right, add it to “\(section)”"
    if rejects {
      error("not-in-catalogue", at: reference.place, message, help: help)
    } else {
      warning("not-in-catalogue", at: reference.place, message, help: help)
    }
  }

  private mutating func notOutbound(
    _ reference: Validator.Reference, isKnown: Bool, _ names: [String]
  ) {
    let near = nearest(reference.name, names)
    if isKnown {
      error(
        "not-outbound", at: reference.place,
        "nothing can be suggested on “\(reference.name)”: it is not outbound",
        help: near ?? "set outbound: true in channels.\(reference.name), or take another channel")
    } else {
      error(
        "unknown-name", at: reference.place,
        "“\(reference.name)” is not in the catalogue of channels, so nothing can be suggested on it",
        help: near ?? "there are: \(names.joined(separator: ", "))")
    }
  }
}
