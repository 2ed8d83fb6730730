import JourneyModel
import Testing

@testable import JourneyEngine

/// Small interactions: text in, a flat interaction out.
struct Visits {
  let plan: IdentityPlan
  let names = NameTable()

  init(
    _ kinds: [IdentityPlan.Kind] = [
      .init("customer_id", unique: true), .init("email", limit: 2), .init("phone", limit: 5),
      .init("cookie_id", shared: true, limit: 20), .init("device_id", shared: true, limit: 20),
    ]
  ) {
    plan = IdentityPlan(kinds: kinds, ignore: [], ignorePattern: "")
  }

  func whoIsWho(keep: TimeSpan = .days(90)) -> WhoIsWho {
    WhoIsWho(plan: plan, names: names, keep: keep)
  }

  /// - Parameter identifiers: as `customer_id=C1 cookie_id=k`.
  func visit(
    _ time: Int64, _ identifiers: String, id: String? = nil, source: String = "test",
    erase: Bool = false
  ) -> Interaction {
    var list: [(IdentifierType, [UInt8])] = []
    for part in identifiers.split(separator: " ") {
      let pair = part.split(separator: "=")
      guard let type = plan.kinds.firstIndex(where: { $0.name == pair[0] }) else { continue }
      list.append((IdentifierType(UInt16(type)), Array(pair[1].utf8)))
    }
    return visit(time, list, id: id ?? "i\(time)", source: source, erase: erase)
  }

  func visit(
    _ time: Int64, _ identifiers: [(IdentifierType, [UInt8])], id: String, source: String = "test",
    erase: Bool = false
  ) -> Interaction {
    var made = Interaction()
    made.time = Moment(time)
    made.source = names.intern(source) ?? .any
    made.id = made.append(Array(id.utf8))
    made.erase = erase
    let sorted = identifiers.sorted {
      $0.0 != $1.0 ? $0.0 < $1.0 : $0.1.lexicographicallyPrecedes($1.1)
    }
    for (type, value) in sorted {
      made.identifiers.append(.init(type: type, value: made.append(value)))
    }
    return made
  }

  /// Values of each type that random ones take.
  static let values = [3, 3, 2, 2, 2]

  func random(_ dice: inout Dice, count: Int, identifiersMax: Int) -> [Interaction] {
    (0..<count).map { number in
      var chosen: [Int: Set<String>] = [:]
      for _ in 0..<Int.random(in: 1...identifiersMax, using: &dice) {
        let type = Int.random(in: 0..<plan.kinds.count, using: &dice)
        let value = Int.random(in: 0..<Visits.values[type], using: &dice)
        chosen[type, default: []].insert("\(plan.kinds[type].name.prefix(1))\(value)")
      }
      let list = chosen.flatMap { type, values in
        values.map { (IdentifierType(UInt16(type)), Array($0.utf8)) }
      }
      let time = Int64.random(in: 0..<Int64(count), using: &dice)
      let long = Bool.random(using: &dice) ? "-a-long-tail" : ""
      return visit(
        time, list, id: "interaction\(number)\(long)",
        source: ["s", "t"].randomElement(using: &dice) ?? "s")
    }
  }
}
