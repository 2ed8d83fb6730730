import JourneyModel

/// What something came with, as a line names it.
enum StemName {
  /// `TYPE=VALUE`; behind `alone ` one that stands for no one.
  case identifier(String)
  case bundle(BundleName)
}

/// Identifiers of an interaction whose strongest is shared, and for which of them it counts.
struct BundleName: Described {
  var parts: [String?] = []
  /// The place of the one for whose customer it counts; behind all that may: for none.
  var life = 0
  /// Tells apart those that erased identifiers have made alike.
  var first: PlaceFields?

  static var blank: BundleName { BundleName() }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.texts("of", &parts)
    try fields.whole("life", &life)
    try fields.part("first", &first)
  }
}

extension StateScribe {
  private static let alone = "alone "

  func told(_ stem: StemRef) throws(LineProblem) -> StemName {
    guard let known = who.stem(stem) else {
      throw LineProblem("something came with identifiers that are not known")
    }
    switch who.noted(known) {
    case .plain(let index):
      let text = text(of: index)
      return .identifier(who.isSecondLife(known) ? Self.alone + text : text)
    case .bundle(let bundle):
      var name = BundleName(life: Int(stem.rawValue & 63))
      for member in members(bundle) {
        name.parts.append(member == 0 ? nil : text(of: member))
      }
      if name.parts.contains(nil) {
        name.first = PlaceFields(who.place(who.bundles[bundle].first))
      }
      return .bundle(name)
    }
  }

  func stem(_ name: StemName) throws(LineProblem) -> StemRef {
    switch name {
    case .identifier(let text):
      let isAlone = text.hasPrefix(Self.alone)
      let index = try find(isAlone ? text.dropFirst(Self.alone.count) : text[...])
      return who.ref(.plain(index, second: isAlone))
    case .bundle(let name):
      var parts: [UInt32] = []
      for part in name.parts {
        parts.append(try part.map { (text) throws(LineProblem) in try find(text[...]) } ?? 0)
      }
      let first = try name.first?.place
      guard (0..<64).contains(name.life), let owner = parts.first(where: { $0 != 0 }) else {
        throw LineProblem("“life” or “of” is not what can be")
      }
      var bundle = who.identifiers[owner].bundles
      while bundle != 0 {
        if members(bundle) == parts,
          first.map({ $0 == who.place(who.bundles[bundle].first) }) ?? true
        {
          return who.ref(.bundle(bundle, life: UInt32(name.life)))
        }
        bundle = who.bundles[bundle].next
      }
      throw LineProblem("“of” was never together in one interaction")
    }
  }

  private func members(_ bundle: UInt32) -> [UInt32] {
    (0..<Int(who.bundles[bundle].count)).map { who.member(bundle, $0) }
  }

  private func text(of index: UInt32) -> String {
    text(of: who.typeNames[who.type(index)], Array(who.value(index)))
  }

  private func find(_ text: Substring) throws(LineProblem) -> UInt32 {
    if let sign = text.firstIndex(of: "="),
      let type = names.lookup(String(text[..<sign])).flatMap({ who.typeNames.firstIndex(of: $0) })
    {
      let index = who.lookup(Array(text[text.index(after: sign)...].utf8), UInt16(type))
      if index != 0 { return index }
    }
    throw LineProblem("“\(text)” is no identifier of a household before")
  }
}

extension WhoIsWho {
  /// A key with its bytes.
  func place(_ key: Key) -> Household.Place {
    var id: [UInt8] = []
    appendID(of: key, to: &id)
    return Household.Place(time: Moment(key.time), source: NameID(key.source), id: id)
  }
}
