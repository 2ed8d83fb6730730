internal import JourneyModel

/// Checks a draft in the order of spec 1.4 and makes an interaction of it.
extension ReaderCore {
  mutating func settle(_ bounds: TimeBounds, into interaction: inout Interaction) throws(Rejection)
  {
    let id = try idText()
    interaction.time = try time()
    let touchpoint = names.lookup(draft.pointee.touchpoint.text)
    interaction.isContact = source.isContact && !isIgnored(touchpoint)
    try check(interaction.time, bounds, isContact: interaction.isContact)
    var channel = ChannelFound(text: UnsafeBufferPointer(start: nil, count: 0), name: nil)
    if source.isContact { try checkTouchpoint(touchpoint) }
    if interaction.isContact { channel = try channelText() }
    interaction.id = interaction.add(id)
    try takeIdentifiers(&interaction)
    if interaction.isContact {
      try checkAttributes()
      interaction.satisfaction = try satisfaction(touchpoint)
    }
    try checkTraits()
    try checkConsents()
    try takeSuggestion(&interaction)
    try takeErase(&interaction)
    guard !interaction.identifiers.isEmpty else {
      throw Rejection(
        .identifierMissing, "no identifier is of a configured type and not to be ignored")
    }
    // From here on nothing is refused but for want of room, so that a rejected record leaves no name behind.
    if interaction.isContact { try takeContact(touchpoint, channel, &interaction) }
    try takeConsents(&interaction)
    takeTraits(&interaction)
    interaction.origin = interaction.add(draft.pointee.origin.text)
    takeTrace(&interaction)
  }

  private func idText() throws(Rejection) -> UnsafeBufferPointer<UInt8> {
    switch draft.pointee.id.kind {
    case .absent, .null: throw Rejection(.idMissing, "“id” is not there")
    case .string, .integer:
      guard (1...Limits.recordIdBytesMax).contains(draft.pointee.id.text.count) else {
        throw Rejection(
          .idInvalid,
          "“id” has \(draft.pointee.id.text.count) bytes, not 1 to \(Limits.recordIdBytesMax)")
      }
      return draft.pointee.id.text
    case .unfit, .false, .true, .real, .list, .object:
      throw Rejection(
        .idInvalid, "“id” is \(draft.pointee.id.kind.article), not a text or whole number")
    }
  }

  private func time() throws(Rejection) -> Moment {
    switch draft.pointee.time {
    case .missing: throw Rejection(.timeMissing, "“time” is not there")
    case .invalid: throw Rejection(.timeInvalid, "“time” is no RFC 3339 time with an offset")
    case .moment(let moment): return moment
    case .text(let value):
      guard !value.isNothing else { throw Rejection(.timeMissing, "“time” is not there") }
      guard value.kind == .string, let moment = Moment(rfc3339: value.text) else {
        throw Rejection(.timeInvalid, "“time” is no RFC 3339 time with an offset")
      }
      return moment
    case .epoch(let value, let digits):
      guard !value.isNothing else { throw Rejection(.timeMissing, "“time” is not there") }
      guard value.isNumber || value.kind == .string,
        let moment = Moment(epoch: value.text, millisecondsDigits: digits)
      else {
        throw Rejection(.timeInvalid, "“time” is no number of seconds or milliseconds since 1970")
      }
      return moment
    }
  }

  private func check(_ time: Moment, _ bounds: TimeBounds, isContact: Bool) throws(Rejection) {
    if isContact, time < bounds.oldest {
      throw Rejection(
        .tooOld, "“time” is \(time.rfc3339), older than what is kept since \(bounds.oldest.rfc3339)"
      )
    }
    if time > bounds.newest {
      throw Rejection(
        .inFuture, "“time” is \(time.rfc3339), beyond \(bounds.newest.rfc3339)")
    }
  }

  /// Whether the catalogue says to take such a touchpoint's records for no contact.
  private func isIgnored(_ touchpoint: NameID?) -> Bool {
    source.catalogue.unknownTouchpoints == .ignore && draft.pointee.touchpoint.kind == .string
      && draft.pointee.touchpoint.text.isName(bytesMax: Limits.touchpointBytesMax)
      && !source.catalogue.knowsTouchpoint(touchpoint)
  }

  private func checkTouchpoint(_ name: NameID?) throws(Rejection) {
    let value = draft.pointee.touchpoint
    guard !value.isNothing else { throw Rejection(.touchpointMissing, "“touchpoint” is not there") }
    guard value.kind == .string, value.text.isName(bytesMax: Limits.touchpointBytesMax) else {
      throw Rejection(
        .touchpointInvalid,
        "“touchpoint” is not 1 to \(Limits.touchpointBytesMax) of a–z, 0–9, “_” and “.”")
    }
    switch source.catalogue.unknownTouchpoints {
    case .reject:
      guard source.catalogue.knowsTouchpoint(name) else {
        throw Rejection(
          .touchpointUnknown, "the touchpoint “\(value.text.text)” is not in the catalogue")
      }
    case .accept:
      guard name != nil || names.hasRoom else {
        throw Rejection(
          .touchpointUnknown, "the touchpoint “\(value.text.text)” is one name too many")
      }
    case .ignore: break
    }
  }

  /// A channel's text, and its number where it has one.
  private struct ChannelFound {
    var text: UnsafeBufferPointer<UInt8>
    var name: NameID?
  }

  private mutating func channelText() throws(Rejection) -> ChannelFound {
    let value = draft.pointee.channel
    let text: UnsafeBufferPointer<UInt8>
    if value.isNothing {
      guard let channel = source.defaultChannel else {
        throw Rejection(.channelMissing, "“channel” is not there, and the source has none")
      }
      text = scratch.hold(channel)
    } else {
      guard value.kind == .string, value.text.isName(bytesMax: Limits.channelBytesMax) else {
        throw Rejection(
          .channelInvalid,
          "“channel” is not 1 to \(Limits.channelBytesMax) of a–z, 0–9, “_” and “.”")
      }
      text = value.text
    }
    let name = names.lookup(text)
    let isKnown = source.catalogue.knowsChannel(name)
    if source.catalogue.unknownChannels != .accept, !isKnown {
      throw Rejection(.channelUnknown, "the channel “\(text.text)” is not in the catalogue")
    }
    guard name != nil || names.hasRoom else {
      throw Rejection(.channelUnknown, "the channel “\(text.text)” is one name too many")
    }
    return ChannelFound(text: text, name: name)
  }

  private mutating func takeContact(
    _ touchpoint: NameID?, _ channel: ChannelFound, _ interaction: inout Interaction
  ) throws(Rejection) {
    guard let touchpoint = touchpoint ?? names.intern(draft.pointee.touchpoint.text) else {
      throw Rejection(.touchpointUnknown, "the touchpoint is one name too many")
    }
    guard let channel = channel.name ?? names.intern(channel.text) else {
      throw Rejection(.channelUnknown, "the channel is one name too many")
    }
    interaction.touchpoint = touchpoint
    interaction.channel = channel
    takeAttributes(&interaction)
  }

  private func takeIdentifiers(_ interaction: inout Interaction) throws(Rejection) {
    let kind = draft.pointee.identifiers.object.kind
    guard kind == .object || draft.pointee.identifiers.object.isNothing else {
      throw Rejection(.identifiersInvalid, "“identifiers” is \(kind.article), not an object")
    }
    var count = 0
    var fault: Rejection?
    draft.pointee.identifiers.forEach { name, value in
      guard fault == nil else { return }
      let type = source.identifierRules.type(name)
      if value.kind == .list {
        for (_, element) in value.elements where element.kind != .null {
          fault = fault ?? takeIdentifier(element, type, name, &count, &interaction)
        }
      } else if !value.isNothing {
        fault = takeIdentifier(value, type, name, &count, &interaction)
      }
    }
    if let fault { throw fault }
  }

  private func takeIdentifier(
    _ value: JSONRef, _ type: IdentifierType?, _ name: UnsafeBufferPointer<UInt8>,
    _ count: inout Int, _ interaction: inout Interaction
  ) -> Rejection? {
    guard value.kind == .string || value.kind == .integer else {
      return Rejection(
        .identifiersInvalid,
        "“identifiers.\(name.shown)” is \(value.kind.article), not a text or whole number")
    }
    guard value.text.count <= Limits.identifierBytesMax else {
      return Rejection(
        .identifiersInvalid,
        "“identifiers.\(name.shown)” has more than \(Limits.identifierBytesMax) bytes")
    }
    count += 1
    guard count <= Limits.identifiersPerRecordMax else {
      return Rejection(
        .identifiersInvalid, "there are more than \(Limits.identifiersPerRecordMax) identifiers")
    }
    if let type { source.identifierRules.add(value.text, of: type, to: &interaction) }
    return nil
  }

  private func checkAttributes() throws(Rejection) {
    guard
      draft.pointee.attributes.object.kind == .object || draft.pointee.attributes.object.isNothing
    else {
      throw Rejection(
        .attributesInvalid,
        "“attributes” is \(draft.pointee.attributes.object.kind.article), not an object"
      )
    }
    for (name, value) in draft.pointee.attributes.listed where value.kind == .unfit {
      throw Rejection(.attributesInvalid, "“attributes.\(name.shown)” cannot be converted")
    }
    guard draft.pointee.attributes.sourceCount <= Limits.attributesBytesMax else {
      throw Rejection(
        .attributesTooLarge,
        "“attributes” has \(draft.pointee.attributes.sourceCount) bytes, above \(Limits.attributesBytesMax)"
      )
    }
  }

  private func satisfaction(_ touchpoint: NameID?) throws(Rejection) -> Double? {
    let own = draft.pointee.satisfaction
    if !own.isNothing {
      guard let number = own.number else {
        throw Rejection(.satisfactionInvalid, "“satisfaction” is \(own.kind.article), not a number")
      }
      let value = draft.pointee.scale.map { $0.satisfaction(number) } ?? number
      guard let value, (-1.0...1.0).contains(value) else {
        throw Rejection(.satisfactionInvalid, "“satisfaction” is off its scale")
      }
      return value
    }
    guard let scale = source.catalogue.satisfaction(touchpoint) else { return nil }
    let attribute = scale.path.value(in: draft.pointee.attributes)
    guard !attribute.isNothing else { return nil }
    guard let number = attribute.number, let value = scale.scale.satisfaction(number) else {
      let path = String(decoding: scale.path.bytes, as: UTF8.self)
      throw Rejection(
        .satisfactionInvalid, "the attribute “\(path)” is no number on the touchpoint's scale")
    }
    return value
  }

  private func checkTraits() throws(Rejection) {
    guard draft.pointee.traits.object.kind == .object || draft.pointee.traits.object.isNothing
    else {
      throw Rejection(
        .traitsInvalid, "“traits” is \(draft.pointee.traits.object.kind.article), not an object")
    }
    for (name, value) in draft.pointee.traits.listed where value.kind == .unfit {
      throw Rejection(.traitsInvalid, "“traits.\(name.shown)” cannot be converted")
    }
    guard draft.pointee.traits.sourceCount <= Limits.traitsBytesMax else {
      throw Rejection(
        .traitsInvalid,
        "“traits” has \(draft.pointee.traits.sourceCount) bytes, above \(Limits.traitsBytesMax)")
    }
  }

  private func takeErase(_ interaction: inout Interaction) throws(Rejection) {
    switch draft.pointee.erase.kind {
    case .absent, .null, .false: interaction.erase = false
    case .true: interaction.erase = true
    case .unfit, .integer, .real, .string, .list, .object:
      throw Rejection(
        .eraseInvalid, "“erase” is \(draft.pointee.erase.kind.article), not true or false")
    }
  }

  private func takeSuggestion(_ interaction: inout Interaction) throws(Rejection) {
    var id = draft.pointee.suggestionID
    var outcome = draft.pointee.suggestionOutcome
    if !draft.pointee.suggestion.isNothing {
      guard draft.pointee.suggestion.kind == .object else {
        throw Rejection(
          .suggestionInvalid,
          "“suggestion” is \(draft.pointee.suggestion.kind.article), not an object")
      }
      id = draft.pointee.suggestion.member("id")
      outcome = draft.pointee.suggestion.member("outcome")
    } else if id.isNothing, outcome.isNothing {
      return
    }
    guard id.kind == .string, (1...Limits.recordIdBytesMax).contains(id.text.count) else {
      throw Rejection(
        .suggestionInvalid, "“suggestion.id” is no text of 1 to \(Limits.recordIdBytesMax) bytes")
    }
    guard outcome.kind == .string, let told = Outcome(told: outcome.text) else {
      throw Rejection(
        .suggestionInvalid,
        "“suggestion.outcome” is none of sent, failed, shown, opened, clicked, accepted, dismissed")
    }
    interaction.feedback = Interaction.Feedback(
      suggestion: interaction.add(id.text), outcome: told)
  }

  private func takeTrace(_ interaction: inout Interaction) {
    let parent = draft.pointee.traceparent
    guard parent.kind == .string, !parent.text.isEmpty,
      parent.text.count <= Limits.traceparentBytesMax
    else { return }
    interaction.traceparent = interaction.add(parent.text)
    let state = draft.pointee.tracestate
    guard state.kind == .string, state.text.count <= Limits.tracestateBytesMax else { return }
    interaction.tracestate = interaction.add(state.text)
  }
}

extension Outcome {
  /// An outcome that others tell us of; `made` is our own.
  init?(told text: UnsafeBufferPointer<UInt8>) {
    let outcomes: [(StaticString, Outcome)] = [
      ("sent", .sent), ("failed", .failed), ("shown", .shown), ("opened", .opened),
      ("clicked", .clicked), ("accepted", .accepted), ("dismissed", .dismissed),
    ]
    guard let found = outcomes.first(where: { text.isSame(as: $0.0) }) else { return nil }
    self = found.1
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether it is a name of touchpoints or channels: `[a-z0-9_.]`, 1 to so many bytes.
  func isName(bytesMax: Int) -> Bool {
    guard (1...bytesMax).contains(count) else { return false }
    for byte in self {
      let fits =
        byte &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      if !fits { return false }
    }
    return true
  }

  /// For messages, not longer than a line.
  var shown: String { String(decoding: prefix(64), as: UTF8.self) }
}
