import JourneyModel

/// A household with its identifiers under the customers that they make, each named as `TYPE=VALUE`.
struct HouseholdFields: Described {
  private var customers: [CustomerFields] = []
  private var links: [EventFields] = []
  private var bundles: [EventFields] = []

  static var blank: HouseholdFields { HouseholdFields() }

  private init() {}

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.list("household", &customers)
    guard !customers.isEmpty else { throw LineProblem("“household” has nobody") }
    try fields.list("links", &links)
    try fields.list("together", &bundles)
  }

  init(_ household: Household, _ scribe: StateScribe) {
    let texts = household.members.map { scribe.text(of: $0.type, $0.value) }
    for (place, founding) in household.customers.enumerated() {
      let own = household.members.filter { $0.customer == place }
      guard !own.isEmpty else { continue }
      customers.append(
        CustomerFields(
          founder: founding.founder.map { texts[$0] },
          id: founding.founder.map { household.members[$0].id(scribe, second: false) },
          merges: founding.merges == Int(ComponentRecord.unknownMerges)
            ? .nan : Double(founding.merges),
          first: founding.first.map { PlaceFields($0) },
          identifiers: own.map { IdentifierFields($0, scribe) }))
    }
    for event in household.events {
      let parts = event.members.map { $0.map { texts[$0] } }
      let usual = scribe.lives(event.members.map { $0.map { household.members[$0].type } })
      let fields = EventFields(
        parts: parts, state: event.state, first: PlaceFields(event.first),
        last: event.last == event.first ? nil : PlaceFields(event.last),
        lives: event.bundle == nil || usual == event.lives ? .nan : Double(event.lives))
      if event.bundle == nil { links.append(fields) } else { bundles.append(fields) }
    }
  }

  /// The household, with numbers allotted by the scribe.
  func household(_ scribe: StateScribe) throws(LineProblem) -> Household {
    var made = Household(number: scribe.takeHousehold())
    var places: [String: Int] = [:]
    for (place, customer) in customers.enumerated() {
      for identifier in customer.identifiers {
        let member = try identifier.member(of: place, scribe)
        places[scribe.text(of: member.type, member.value)] = made.members.count
        made.members.append(member)
      }
    }
    guard places.count == made.members.count else {
      throw LineProblem("an identifier is there twice")
    }
    for customer in customers { made.customers.append(try customer.founding(places)) }
    for link in links {
      guard link.parts.count == 2, !link.parts.contains(nil) else {
        throw LineProblem("a link is not of two identifiers")
      }
      made.events.append(try link.event(bundle: nil, places, scribe, made))
    }
    for bundle in bundles {
      made.events.append(try bundle.event(bundle: scribe.takeBundle(), places, scribe, made))
    }
    return made
  }
}

/// A place in the order of interactions.
struct PlaceFields: Described {
  private var origin: FactOrigin
  private var envelope: UInt64?

  static var blank: PlaceFields {
    PlaceFields(Household.Place(time: Moment(0), source: .any, id: []))
  }

  init(_ place: Household.Place) {
    origin = FactOrigin(time: place.time, source: place.source, id: place.id)
    // Behind a zero stands the hash of an envelope's source.
    let end = place.id.count - 9
    guard end > 0, place.id[end] == 0, !place.id[..<end].contains(0) else { return }
    origin.id = Array(place.id[..<end])
    envelope = place.id[(end + 1)...].reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try origin.describe(&fields)
    try fields.id("envelope", "", &envelope)
  }

  var place: Household.Place {
    get throws(LineProblem) {
      let id = origin.id + (envelope.map { WhoIsWho.suffix($0) } ?? [])
      guard !id.isEmpty, id.count <= WhoIsWho.scratchBytes else {
        throw LineProblem("“id” has \(id.count) bytes")
      }
      return Household.Place(time: origin.time, source: origin.source, id: id)
    }
  }
}

private struct CustomerFields: Described {
  var founder: String?
  var id: UInt64?
  /// Not a number where they have to be counted.
  var merges = 0.0
  var first: PlaceFields?
  var identifiers: [IdentifierFields] = []

  static var blank: CustomerFields { CustomerFields() }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    fields.shown("customer", id.map { CustomerID($0).description })
    var name = Array((founder ?? "").utf8)
    try fields.optional("founded_by", &name)
    founder = name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    try fields.part("first", &first)
    if founder != nil { try fields.number("merges", &merges) }
    try fields.list("identifiers", &identifiers)
    guard !identifiers.isEmpty else { throw LineProblem("a customer has no identifiers") }
  }

  func founding(_ places: [String: Int]) throws(LineProblem) -> Household.Founding {
    guard let founder else { return Household.Founding() }
    guard let place = places[founder], let first else {
      throw LineProblem("“\(founder)” is not there, or “first” is missing")
    }
    guard let count = UInt16(exactly: merges.isNaN ? 0xFFFF : merges) else {
      throw LineProblem("“merges” is not a count")
    }
    return Household.Founding(founder: place, merges: Int(count), first: try first.place)
  }
}

private struct IdentifierFields: Described {
  var type = NameID.any
  var value: [UInt8] = []
  /// Ids that customers had by it.
  var ids: [String?] = []
  var first: PlaceFields?
  var last: PlaceFields?
  var seen: PlaceFields?
  var split: SplitFields?

  static var blank: IdentifierFields { IdentifierFields() }

  private init() {}

  init(_ member: Household.Member, _ scribe: StateScribe) {
    (type, value) = (member.type, member.value)
    if member.usedPlain {
      ids.append(CustomerID(member.id(scribe, second: false)).description)
    }
    if member.usedSalted {
      ids.append(CustomerID(member.id(scribe, second: true)).description)
    }
    first = member.first.map { PlaceFields($0) }
    last = member.last == member.first ? nil : member.last.map { PlaceFields($0) }
    seen = member.seen.map { PlaceFields($0) }
    split = member.split.map {
      SplitFields(
        since: PlaceFields($0.since), settled: $0.settled, alone: $0.alone.map { PlaceFields($0) })
    }
  }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.name("type", &type)
    try fields.text("value", &value)
    try fields.texts("ids", &ids)
    try fields.part("first", &first)
    try fields.part("last", &last)
    try fields.part("seen", &seen)
    try fields.part("ambiguous", &split)
  }

  func member(of customer: Int, _ scribe: StateScribe) throws(LineProblem) -> Household.Member {
    guard scribe.isConfigured(type) else {
      throw LineProblem("“\(scribe.names.text(type))” is no identifier of the configuration")
    }
    var member = Household.Member(
      number: scribe.takeIdentifier(), type: type, value: value, customer: customer)
    member.usedPlain = ids.contains(CustomerID(member.id(scribe, second: false)).description)
    member.usedSalted = ids.contains(CustomerID(member.id(scribe, second: true)).description)
    member.first = try first.map { (place) throws(LineProblem) in try place.place }
    member.last = try last.map { (place) throws(LineProblem) in try place.place } ?? member.first
    member.seen = try seen.map { (place) throws(LineProblem) in try place.place }
    if let split {
      var made = Household.Split(since: try split.since.place, settled: split.settled)
      made.alone = try split.alone.map { (place) throws(LineProblem) in try place.place }
      member.split = made
    }
    return member
  }
}

extension Household.Member {
  /// The id of a customer that it founds.
  fileprivate func id(_ scribe: StateScribe, second: Bool) -> UInt64 {
    WhoIsWho.id(scribe.names.text(type), value, second: second)
  }
}

private struct SplitFields: Described {
  var since: PlaceFields
  var settled = false
  var alone: PlaceFields?

  static var blank: SplitFields { SplitFields(since: .blank) }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    var begin: PlaceFields? = since
    try fields.part("since", &begin)
    guard let begin else { throw LineProblem("“since” is missing") }
    since = begin
    try fields.flag("settled", &settled)
    try fields.part("alone", &alone)
  }
}

/// A link, or the identifiers of interactions whose strongest is shared.
private struct EventFields: Described {
  var parts: [String?] = []
  var state = LinkState.accepted
  var first = PlaceFields.blank
  var last: PlaceFields?
  /// How many of a bundle's parts may stand for its customer; not a number where that is as usual.
  var lives = Double.nan

  static var blank: EventFields { EventFields() }

  mutating func describe<F: StateFields>(_ fields: inout F) throws(LineProblem) {
    try fields.texts("of", &parts)
    var refused: LinkState? = state == .accepted ? nil : state
    try fields.word(
      "refused", &refused,
      [(.unique, "unique"), (.limit, "limit"), (.void, "ambiguous")])
    state = refused ?? .accepted
    var begin: PlaceFields? = first
    try fields.part("first", &begin)
    guard let begin else { throw LineProblem("“first” is missing") }
    first = begin
    try fields.part("last", &last)
    try fields.number("lives", &lives)
  }

  func event(
    bundle: UInt32?, _ places: [String: Int], _ scribe: StateScribe, _ household: Household
  ) throws(LineProblem) -> Household.Event {
    var members: [Int?] = []
    for part in parts {
      guard let part else {
        members.append(nil)
        continue
      }
      guard let place = places[part] else {
        throw LineProblem("“\(part)” is not an identifier of the household")
      }
      members.append(place)
    }
    let usual = scribe.lives(members.map { $0.map { household.members[$0].type } })
    let begin = try first.place
    return Household.Event(
      bundle: bundle, state: state, members: members,
      lives: lives.isNaN ? usual : Int(exactly: lives) ?? -1, first: begin,
      last: try last.map { (place) throws(LineProblem) in try place.place } ?? begin)
  }
}
