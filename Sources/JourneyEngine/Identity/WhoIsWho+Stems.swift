internal import JourneyModel

/// A ``StemRef`` by where its identifier or bundle is in memory; means nothing once that has been let go of.
struct Stem: Equatable {
  fileprivate var bits: UInt32

  fileprivate var noted: Noted {
    bits & WhoIsWho.bundleBit == 0
      ? .plain(bits >> 1) : .bundle((bits & ~WhoIsWho.bundleBit) >> 6)
  }
  fileprivate var life: UInt32 { bits & 63 }

  static func plain(_ index: UInt32, second: Bool) -> Stem {
    Stem(bits: index << 1 | (second ? 1 : 0))
  }

  static func bundle(_ bundle: UInt32, life: UInt32) -> Stem {
    Stem(bits: WhoIsWho.bundleBit | bundle << 6 | life)
  }
}

// Stems: an identifier and its life, or a bundle and its life.
extension WhoIsWho {
  static let bundleBit: UInt32 = 0x8000_0000

  /// What everybody else calls a stem.
  func ref(_ stem: Stem) -> StemRef {
    switch stem.noted {
    case .plain(let index): StemRef(identifiers[index].number << 1 | (stem.bits & 1))
    case .bundle(let bundle):
      StemRef(WhoIsWho.bundleBit | bundles[bundle].number << 6 | stem.life)
    }
  }

  /// What is meant by a stem of somebody in memory; nil where nothing is.
  func stem(_ ref: StemRef) -> Stem? {
    if ref.rawValue & WhoIsWho.bundleBit == 0 {
      let index = identifierNumbers.find(ref.rawValue >> 1)
      return index == 0 ? nil : .plain(index, second: ref.rawValue & 1 == 1)
    }
    let bundle = bundleNumbers.find((ref.rawValue & ~WhoIsWho.bundleBit) >> 6)
    return bundle == 0 ? nil : .bundle(bundle, life: ref.rawValue & 63)
  }

  /// All stems of a bundle, as ``StemRef/family`` has it.
  func family(of bundle: UInt32) -> UInt32 { WhoIsWho.bundleBit | bundles[bundle].number }

  /// The stem of what is noted so at that point of the order.
  func stem(of noted: Noted, at key: Key) -> Stem {
    switch noted {
    case .plain(let index): .plain(index, second: isAmbiguous(index, at: key))
    case .bundle(let index): bundleStem(index, at: key)
    }
  }

  func noted(_ stem: Stem) -> Noted { stem.noted }

  func member(_ bundle: UInt32, _ at: Int) -> UInt32 {
    let bytes = arena.bytes(bundles[bundle].members, Int(bundles[bundle].count) * 4)
    return UnsafeRawBufferPointer(bytes).load(fromByteOffset: at * 4, as: UInt32.self)
  }

  /// A life per member up to the first unshared one, and one for when all of them stand for no one.
  func bundleStem(_ bundle: UInt32, at key: Key) -> Stem {
    let lives = Int(bundles[bundle].lives)
    var life = lives
    for at in 0..<lives {
      let member = member(bundle, at)
      if member != 0, !isAmbiguous(member, at: key) {
        life = at
        break
      }
    }
    return .bundle(bundle, life: UInt32(life))
  }

  /// The identifier whose customer a stem's data is of.
  func founder(of stem: Stem) -> UInt32 {
    switch stem.noted {
    case .plain(let index): return index
    case .bundle(let bundle):
      let life = Int(stem.life)
      return life < Int(bundles[bundle].lives) ? member(bundle, life) : strongest(bundle)
    }
  }

  func isSecondLife(_ stem: Stem) -> Bool {
    switch stem.noted {
    case .plain: stem.bits & 1 == 1
    case .bundle(let bundle): Int(stem.life) == Int(bundles[bundle].lives)
    }
  }

  /// The strongest member that is not erased.
  func strongest(_ bundle: UInt32) -> UInt32 {
    for at in 0..<Int(bundles[bundle].count) {
      let member = member(bundle, at)
      if member != 0 { return member }
    }
    return 0
  }

  /// 0: none.
  func component(of stem: Stem) -> UInt32 {
    let index = founder(of: stem)
    guard isSecondLife(stem) else { return identifiers[index].component }
    let split = identifiers[index].split
    return split == 0 ? 0 : splits[split].component
  }
}
