internal import JourneyModel

/// The catalogue of touchpoints and channels by interned name.
struct CatalogueTable {
  struct Satisfaction {
    let path: DottedPath
    let scale: ScalePlan
  }

  let unknownTouchpoints: CataloguePlan.Unknown
  let unknownChannels: CataloguePlan.Unknown
  private let touchpoints: [Bool]
  private let channels: [Bool]
  /// By the touchpoint's number.
  private let satisfactions: [Satisfaction?]

  init(_ plan: CataloguePlan, names: NameTable) throws(PlanProblem) {
    unknownTouchpoints = plan.unknownTouchpoints
    unknownChannels = plan.unknownChannels
    var satisfactions: [(name: NameID, source: Satisfaction)] = []
    var touchpoints: [NameID] = []
    for touchpoint in plan.touchpoints {
      guard let name = names.intern(touchpoint.name) else { throw CatalogueTable.tooMany }
      touchpoints.append(name)
      if let source = touchpoint.satisfaction {
        satisfactions.append(
          (name, Satisfaction(path: DottedPath(source.attribute), scale: source.scale)))
      }
    }
    var channels: [NameID] = []
    for channel in plan.channels {
      guard let name = names.intern(channel.name) else { throw CatalogueTable.tooMany }
      channels.append(name)
    }
    self.touchpoints = CatalogueTable.flags(touchpoints)
    self.channels = CatalogueTable.flags(channels)
    var places = [Satisfaction?](repeating: nil, count: self.touchpoints.count)
    for (name, source) in satisfactions { places[Int(name.rawValue)] = source }
    self.satisfactions = places
  }

  func knowsTouchpoint(_ name: NameID?) -> Bool { CatalogueTable.holds(touchpoints, name) }
  func knowsChannel(_ name: NameID?) -> Bool { CatalogueTable.holds(channels, name) }

  /// Where the touchpoint's satisfaction comes from, if its catalogue entry says.
  func satisfaction(_ touchpoint: NameID?) -> Satisfaction? {
    guard let touchpoint, Int(touchpoint.rawValue) < satisfactions.count else { return nil }
    return satisfactions[Int(touchpoint.rawValue)]
  }

  private static let tooMany = PlanProblem("the configuration has too many names")

  private static func holds(_ flags: [Bool], _ name: NameID?) -> Bool {
    guard let name, Int(name.rawValue) < flags.count else { return false }
    return flags[Int(name.rawValue)]
  }

  private static func flags(_ names: [NameID]) -> [Bool] {
    var flags = [Bool](repeating: false, count: 1 + (names.map { Int($0.rawValue) }.max() ?? 0))
    for name in names { flags[Int(name.rawValue)] = true }
    return flags
  }
}
