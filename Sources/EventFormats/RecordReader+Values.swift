internal import JourneyModel

/// Attributes, traits and consents: what of them an interaction keeps.
extension ReaderCore {
  mutating func takeAttributes(_ interaction: inout Interaction) {
    if showsAll { shownAttributes = draft.pointee.attributes.json }
    source.paths.collect(draft.pointee.attributes, names: names) { name, value in
      guard let name, let kind = value.kind.valueKind,
        let text = interaction.add(value, bytesMax: Limits.attributeKeptBytesMax)
      else {
        interaction.leftOut += 1
        return
      }
      interaction.attributes.append(
        Interaction.Attribute(name: name, kind: kind, text: text, number: value.asNumber))
    }
  }

  mutating func takeTraits(_ interaction: inout Interaction) {
    if showsAll { shownTraits = draft.pointee.traits.json }
    draft.pointee.traits.forEach { name, value in
      guard let kind = value.kind.valueKind, name.count <= Limits.traitBytesMax else {
        interaction.leftOut += 1
        return
      }
      let place = interaction.bytes.count
      let key = interaction.add(name)
      guard let text = interaction.add(value, bytesMax: Limits.traitBytesMax) else {
        interaction.bytes.removeLast(interaction.bytes.count - place)
        interaction.leftOut += 1
        return
      }
      interaction.traits.append(
        Interaction.Trait(
          name: key, kind: kind, text: kind == .null ? .empty : text, number: value.asNumber))
    }
  }

  mutating func checkConsents() throws(Rejection) {
    if !draft.pointee.consent.isNothing {
      guard draft.pointee.consent.kind == .object else {
        throw Rejection(
          .consentInvalid, "“consent” is \(draft.pointee.consent.kind.article), not an object")
      }
      for (channel, purposes) in draft.pointee.consent.members where !purposes.isNothing {
        guard purposes.kind == .object else {
          throw Rejection(
            .consentInvalid,
            "“consent.\(channel.shown)” is \(purposes.kind.article), not purposes")
        }
        for (purpose, value) in purposes.members where !value.isNothing {
          draft.pointee.consents.append(
            Draft.ConsentEntry(channel: channel, purpose: purpose, value: value))
        }
      }
    }
    guard draft.pointee.consents.count <= Limits.consentsPerRecordMax else {
      throw Rejection(
        .consentInvalid, "“consent” has more than \(Limits.consentsPerRecordMax) decisions")
    }
    for entry in draft.pointee.consents where !entry.value.isNothing {
      let isNamed = [entry.channel, entry.purpose].allSatisfy {
        (1...Limits.touchpointBytesMax).contains($0.count)
      }
      guard isNamed, entry.granted != nil else {
        throw Rejection(
          .consentInvalid,
          "“consent.\(entry.channel.shown).\(entry.purpose.shown)” is neither granted nor denied")
      }
    }
  }

  /// Of two decisions on one pair, as several categories can give, denied counts.
  func takeConsents(_ interaction: inout Interaction) throws(Rejection) {
    for entry in draft.pointee.consents {
      guard let granted = entry.granted else { continue }
      guard let channel = names.intern(entry.channel), let purpose = names.intern(entry.purpose)
      else {
        throw Rejection(.consentInvalid, "“consent” has one name too many")
      }
      let same = interaction.consents.firstIndex { $0.channel == channel && $0.purpose == purpose }
      if let same {
        if !granted { interaction.consents[same].granted = false }
      } else {
        interaction.consents.append(
          Interaction.Consent(channel: channel, purpose: purpose, granted: granted))
      }
    }
  }
}

extension Draft.ConsentEntry {
  /// Nil where the value is neither `granted` nor `denied`.
  var granted: Bool? {
    guard value.kind == .string else { return nil }
    if value.text.isSame(as: "granted") { return true }
    return value.text.isSame(as: "denied") ? false : nil
  }
}

extension JSONRef.Kind {
  /// Nil for what is not there.
  var valueKind: ValueKind? {
    switch self {
    case .absent, .unfit: nil
    case .null: .null
    case .false, .true: .bool
    case .integer, .real: .number
    case .string: .string
    case .list: .list
    case .object: .object
    }
  }
}

extension JSONRef {
  /// A number's value, 1 for true, else 0.
  var asNumber: Double { kind == .true ? 1 : number ?? 0 }
}

extension Interaction {
  /// Adds a string's own bytes, of anything else its JSON text without blanks; nil where it is too long.
  fileprivate mutating func add(_ value: JSONRef, bytesMax: Int) -> ByteSlice? {
    guard value.isContainer else {
      return value.text.count <= bytesMax ? add(value.text) : nil
    }
    let offset = bytes.count
    value.appendCompact(to: &bytes)
    guard bytes.count - offset <= bytesMax else {
      bytes.removeLast(bytes.count - offset)
      return nil
    }
    return ByteSlice(offset: UInt32(offset), count: UInt32(bytes.count - offset))
  }
}

extension DraftMembers {
  /// All members as one JSON object.
  var json: [UInt8] {
    var out: [UInt8] = [UInt8(ascii: "{")]
    var isFirst = true
    forEach { name, value in
      guard value.kind != .absent else { return }
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      appendQuoted(name, to: &out)
      out.append(UInt8(ascii: ":"))
      value.appendCompact(to: &out)
    }
    out.append(UInt8(ascii: "}"))
    return out
  }
}
