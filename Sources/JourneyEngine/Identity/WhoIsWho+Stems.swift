internal import JourneyModel

// Stems: an identifier's number and life, or a bundle's and life.
extension WhoIsWho {
  static let bundleBit: UInt32 = 0x8000_0000

  func plainStem(_ index: UInt32, second: Bool) -> StemRef {
    StemRef(index << 1 | (second ? 1 : 0))
  }

  /// The stem of what is noted so at that point of the order.
  func stem(of noted: Noted, at key: Key) -> StemRef {
    switch noted {
    case .plain(let index): plainStem(index, second: isAmbiguous(index, at: key))
    case .bundle(let index): bundleStem(index, at: key)
    }
  }

  func noted(_ stem: StemRef) -> Noted {
    stem.rawValue & WhoIsWho.bundleBit == 0
      ? .plain(stem.rawValue >> 1) : .bundle((stem.rawValue & ~WhoIsWho.bundleBit) >> 6)
  }

  func member(_ bundle: UInt32, _ at: Int) -> UInt32 {
    let bytes = arena.bytes(bundles[bundle].members, Int(bundles[bundle].count) * 4)
    return UnsafeRawBufferPointer(bytes).load(fromByteOffset: at * 4, as: UInt32.self)
  }

  /// A life per member up to the first unshared one, and one for when all of them stand for no one.
  func bundleStem(_ bundle: UInt32, at key: Key) -> StemRef {
    let lives = Int(bundles[bundle].lives)
    var life = lives
    for at in 0..<lives {
      let member = member(bundle, at)
      if member != 0, !isAmbiguous(member, at: key) {
        life = at
        break
      }
    }
    return StemRef(WhoIsWho.bundleBit | bundle << 6 | UInt32(life))
  }

  /// The identifier whose customer a stem's data is of.
  func founder(of stem: StemRef) -> UInt32 {
    switch noted(stem) {
    case .plain(let index): return index
    case .bundle(let bundle):
      let life = Int(stem.rawValue & 63)
      return life < Int(bundles[bundle].lives) ? member(bundle, life) : strongest(bundle)
    }
  }

  func isSecondLife(_ stem: StemRef) -> Bool {
    switch noted(stem) {
    case .plain: stem.rawValue & 1 == 1
    case .bundle(let bundle): Int(stem.rawValue & 63) == Int(bundles[bundle].lives)
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
  func component(of stem: StemRef) -> UInt32 {
    let index = founder(of: stem)
    guard isSecondLife(stem) else { return identifiers[index].component }
    let split = identifiers[index].split
    return split == 0 ? 0 : splits[split].component
  }
}
