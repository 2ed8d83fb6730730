internal import JourneyModel

/// The six calls of the Segment Spec, as Segment, RudderStack and Jitsu write them (spec 1.2).
final class SegmentFormat {
  private struct Decision {
    let category: [UInt8]
    let channel: [UInt8]
    let purpose: [UInt8]
  }

  private enum Call: CaseIterable {
    case track, page, screen, identify, group, alias

    var name: StaticString {
      switch self {
      case .track: "track"
      case .page: "page"
      case .screen: "screen"
      case .identify: "identify"
      case .group: "group"
      case .alias: "alias"
      }
    }
  }

  private let consent: [Decision]

  init(consent: [SourcePlan.SegmentConsent]) {
    self.consent = consent.map {
      Decision(
        category: Array($0.category.utf8), channel: Array($0.channel.utf8),
        purpose: Array($0.purpose.utf8))
    }
  }

  /// Fills a draft with a call.
  func fill(
    _ draft: inout Draft, _ scratch: inout Scratch, _ root: JSONRef
  ) throws(Rejection) {
    let call = try SegmentFormat.call(root.member("type"))
    let context = root.member("context")
    draft.id = root.member("messageId")
    draft.time = SegmentFormat.time(root)
    draft.touchpoint = SegmentFormat.touchpoint(of: call, root, &scratch)
    takeAttributes(&draft, call, root)
    let contextTraits = context.member("traits")
    let traits = call == .group ? .absent : root.member("traits")
    takeTraits(&draft, traits, contextTraits, context.member("timezone"))
    takeIdentifiers(&draft, call, root, context)
    for name in ["email", "phone"] as [StaticString] {
      let own = traits.member(name)
      let value = own.kind == .absent ? contextTraits.member(name) : own
      if !value.isNothing { draft.identifiers.add(name.bytes, value) }
    }
    takeConsents(&draft, &scratch, context.member("consent").member("categoryPreferences"))
  }

  private static func call(_ type: JSONRef) throws(Rejection) -> Call {
    guard type.kind == .string else {
      throw Rejection(.envelopeInvalid, "“type” is \(type.kind.article), not the name of a call")
    }
    guard let call = Call.allCases.first(where: { type.text.isSame(as: $0.name) }) else {
      throw Rejection(
        .typeUnsupported, "“type” is none of track, page, screen, identify, group, alias")
    }
    return call
  }

  /// `timestamp`, else `receivedAt − (sentAt − originalTimestamp)`, else `receivedAt`.
  private static func time(_ root: JSONRef) -> Draft.Time {
    let timestamp = root.member("timestamp")
    if !timestamp.isNothing { return .text(timestamp) }
    let received = root.member("receivedAt")
    let sent = root.member("sentAt")
    let original = root.member("originalTimestamp")
    guard !received.isNothing, !sent.isNothing, !original.isNothing else { return .text(received) }
    guard let received = received.moment, let sent = sent.moment, let original = original.moment
    else { return .invalid }
    return .moment(received - (sent - original))
  }

  private static func touchpoint(
    of call: Call, _ root: JSONRef, _ scratch: inout Scratch
  ) -> JSONRef {
    switch call {
    case .track:
      let event = root.member("event")
      guard event.kind == .string else { return event }
      return JSONRef(.string, snakeCase(event.text, &scratch))
    case .page: return JSONRef(.string, ("page_viewed" as StaticString).bytes)
    case .screen: return JSONRef(.string, ("screen_viewed" as StaticString).bytes)
    case .identify: return JSONRef(.string, ("identified" as StaticString).bytes)
    case .group: return JSONRef(.string, ("grouped" as StaticString).bytes)
    case .alias: return JSONRef(.string, ("aliased" as StaticString).bytes)
    }
  }

  private func takeAttributes(_ draft: inout Draft, _ call: Call, _ root: JSONRef) {
    let names: [StaticString]
    switch call {
    case .track, .identify, .alias: names = []
    case .page, .screen: names = ["name", "category"]
    case .group: names = ["groupId"]
    }
    draft.attributes.take(root.member(call == .group ? "traits" : "properties"))
    for name in names {
      let value = root.member(name)
      if !value.isNothing { draft.attributes.add(name.bytes, value) }
    }
  }

  /// Traits of the call, then those of the context that it has no word on; e-mail and phone are identifiers.
  private func takeTraits(
    _ draft: inout Draft, _ traits: JSONRef, _ context: JSONRef, _ timezone: JSONRef
  ) {
    for part in [traits, context] where !part.isNothing {
      guard part.kind == .object else {
        draft.traits.object = part
        return
      }
    }
    draft.traits.sourceCount = max(traits.objectBytes, context.objectBytes)
    // What is too large is refused, so it need not be put together.
    guard draft.traits.sourceCount <= Limits.traitsBytesMax else { return }
    for (name, value) in traits.members where !name.isContactDetail {
      draft.traits.add(name, value)
    }
    let hidden = SegmentFormat.names(of: traits)
    for (name, value) in context.members where !name.isContactDetail {
      let isHidden =
        hidden.map { $0.contains(Array(name)) } ?? (traits.member(name).kind != .absent)
      if !isHidden { draft.traits.add(name, value) }
    }
    draft.traits.sourceCount = max(traits.objectBytes, context.objectBytes)
    let name: StaticString = "timezone"
    if timezone.kind == .string, draft.traits.member(name.bytes).kind == .absent {
      draft.traits.add(name.bytes, timezone)
    }
  }

  /// The names of an object with so many that looking for each anew would take too long; else nil.
  private static func names(of object: JSONRef) -> Set<[UInt8]>? {
    guard object.sourceCount > 1024 else { return nil }
    return Set(object.members.map { Array($0.key) })
  }

  private func takeIdentifiers(
    _ draft: inout Draft, _ call: Call, _ root: JSONRef, _ context: JSONRef
  ) {
    let customer: StaticString = "customer_id"
    let cookie: StaticString = "cookie_id"
    draft.identifiers.add(customer.bytes, root.member("userId"))
    draft.identifiers.add(cookie.bytes, root.member("anonymousId"))
    if call == .alias { draft.identifiers.add(cookie.bytes, root.member("previousId")) }
    let external = context.member("externalIds")
    guard !external.isNothing else { return }
    guard external.kind == .list else {
      draft.identifiers.object = external.kind == .object ? .unfit : external
      return
    }
    for (_, entry) in external.elements where !entry.isNothing {
      let type = entry.member("type")
      guard entry.kind == .object, type.kind == .string || type.isNothing else {
        draft.identifiers.object = .unfit
        return
      }
      if type.kind == .string { draft.identifiers.add(type.text, entry.member("id")) }
    }
  }

  private func takeConsents(_ draft: inout Draft, _ scratch: inout Scratch, _ preferences: JSONRef)
  {
    guard !preferences.isNothing, !consent.isEmpty else { return }
    guard preferences.kind == .object else {
      draft.consent = preferences
      return
    }
    for decision in consent {
      let value = decision.category.withUnsafeBufferPointer { preferences.member($0) }
      guard !value.isNothing else { continue }
      let word: JSONRef
      switch value.kind {
      case .true: word = JSONRef(.string, ("granted" as StaticString).bytes)
      case .false: word = JSONRef(.string, ("denied" as StaticString).bytes)
      case .absent, .unfit, .null, .integer, .real, .string, .list, .object: word = .unfit
      }
      draft.consents.append(
        Draft.ConsentEntry(
          channel: scratch.hold(decision.channel), purpose: scratch.hold(decision.purpose),
          value: word))
    }
  }
}

extension JSONRef {
  fileprivate var moment: Moment? { kind == .string ? Moment(rfc3339: text) : nil }

  fileprivate var objectBytes: Int { kind == .object ? sourceCount : 0 }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate var isContactDetail: Bool { isSame(as: "email") || isSame(as: "phone") }
}
