package import JourneyModel

/// Who is who: identifiers, what links them, and the customers that come of it (spec 3.3).
///
/// Links count in the order of their interactions, not of arrival. What links connect, refused ones included, is a
/// household. Mostly a link is new, newest and refused by nothing: then it is just added. Only a late one next to a
/// refused one, or one that changes for whom a shared identifier stands, has its household's links run through
/// again. Pure and synchronous; one owner. Cost of a known interaction: a look-up per identifier.
package final class WhoIsWho {
  /// The bounds of spec 6.1; smaller in tests.
  package struct Bounds: Sendable {
    package var identifiers = Limits.identifiersPerCustomerMax
    package var merges = Limits.mergesPerCustomerMax
    package var household = Limits.householdIdentifiersMax
    package var refused = Limits.refusedLinksPerIdentifierMax
    package init() {}
  }

  let plan: IdentityPlan
  let names: NameTable
  let keep: TimeSpan
  let bounds: Bounds
  /// What the hashes of erased identifiers are keyed with: 16 to 64 bytes, part of the state.
  let secret: [UInt8]

  /// Whether ``changes`` is filled.
  package var collectsChanges = false
  package internal(set) var changes: [IdentityChange] = []
  /// What the last placement, erasure or forgetting changed for former customers.
  package internal(set) var regroup = Regroup()
  package internal(set) var customerCount = 0
  /// Customers by the row of numbers; nil before that was read.
  var customersTold: Int?

  /// Where households that are not in memory are; nil: all are.
  var memory: (any StateMemory)?
  /// Some households are not in memory.
  var hasAway = false
  /// Something could not be recalled: nothing that was worked out since may take effect.
  var hasLost = false
  /// Customers that were recalled, and not yet told of.
  var recalled: [Recalled] = []
  /// Rows of households that are no more, and may still be where others are recalled from.
  var goneRows: Set<UInt64> = []
  /// The household whose turn it was last.
  var hand: UInt32 = 0

  var arena = ByteArena()
  var identifiers = Slab(blank: IdentifierRecord())
  var splits = Slab(blank: SplitRecord())
  var components = Slab(blank: ComponentRecord())
  var links = Slab(blank: LinkRecord())
  var bundles = Slab(blank: BundleRecord())
  var households = Slab(blank: HouseholdRecord())
  var table = SlotTable()
  var identifierNumbers = Numbering(below: 1 << 30)
  var bundleNumbers = Numbering(below: 1 << 25)
  /// Households by the numbers of their rows.
  var householdRows = SlotTable()
  var ids = CustomerIDTable()
  var erasures: [ErasedHash: Erasure] = [:]
  var newestErasure = Int64.min
  var oldestErasure = Int64.max
  /// Erased hashes whose rows have to be written again, or deleted.
  var changedErasures: [ErasedHash] = []
  var pending: [PendingChange] = []
  /// Whether changed households are remembered until their rows are written.
  package var collectsRows = false
  var nextRow: UInt64 = 1
  /// Households whose rows have to be written again.
  var dirty: [UInt32] = []
  /// Customers of whom something else may have to be told.
  var newFaces: [UInt32] = []
  /// How many shards households live on.
  let shards: UInt16
  /// Households of different shards have been joined since customers were last brought after them.
  var hasJoinedShards = false
  /// The last question for what is known already.
  var question: UInt32 = 0
  /// Customers that have to move, since the last placement.
  var moves: [Move] = []

  /// The arriving interaction: its identifiers, strongest first, and its key, whose rest stands in the scratch block.
  var arrival = Arrival()
  let scratch: UInt32
  /// For keys that are read from rows.
  let rowScratch: UInt32
  var run = HouseholdRun()

  /// Of the identifier types, for rows.
  let typeNames: [NameID]
  let isShared: [Bool]
  let isUnique: [Bool]
  let limits: [Int]
  var counts: [Int]

  package init(
    plan: IdentityPlan, names: NameTable, keep: TimeSpan, bounds: Bounds = Bounds(),
    secret: [UInt8] = Array(repeating: 0, count: 32), shards: Int = 1
  ) {
    self.shards = UInt16(clamping: max(1, shards))
    self.plan = plan
    self.names = names
    self.keep = keep
    self.bounds = bounds
    self.secret = secret
    typeNames = plan.kinds.map { names.intern($0.name) ?? .any }
    isShared = plan.kinds.map(\.shared)
    isUnique = plan.kinds.map(\.unique)
    limits = plan.kinds.map(\.limit)
    counts = plan.kinds.map { _ in 0 }
    scratch = arena.take(WhoIsWho.scratchBytes)
    rowScratch = arena.take(WhoIsWho.scratchBytes)
  }

  /// Finds or founds the customer of an interaction and applies its links.
  package func place(_ interaction: borrowing Interaction, now: Moment) -> Placement {
    begin(interaction, now: now)
    gather(interaction)
    let noted = link(note(choose()))
    let placement = settle(noted)
    if collectsChanges { tellChanges(cause: interaction) }
    collectLeftOvers()
    settleShards()
    return placement
  }

  /// The customer that the identifiers of a receipt name, the strongest first, without linking or founding anything.
  package func find(_ interaction: borrowing Interaction) -> Placement? {
    begin(interaction, now: .distantPast)
    for each in interaction.identifiers {
      let index = lookup(each, in: interaction)
      guard index != 0 else { continue }
      let stem = Stem.plain(index, second: isAmbiguous(index, at: arrival.key))
      let component = component(of: stem)
      guard component != 0, !components[component].first.isNone else { continue }
      return Placement(
        customer: CustomerRef(component), stem: ref(stem), time: interaction.time, isNew: false,
        regrouped: false)
    }
    return nil
  }

  /// Where the same interaction is if it has been placed before: a duplicate has its stem and customer. Changes nothing.
  package func known(_ interaction: borrowing Interaction) -> Placement? {
    begin(interaction, now: .distantPast)
    for each in interaction.identifiers {
      let index = lookup(each, in: interaction)
      if index != 0 {
        arrival.identifiers.append(index)
      } else if arrival.identifiers.isEmpty {
        return nil
      }
    }
    guard let strongest = arrival.identifiers.first else { return nil }
    var noted = Noted.plain(strongest)
    if arrival.identifiers.count > 1, isShared(strongest), let bundle = findBundle(strongest) {
      noted = .bundle(bundle)
    }
    let stem = stem(of: noted, at: arrival.key)
    let component = component(of: stem)
    guard component != 0, !components[component].first.isNone else { return nil }
    return Placement(
      customer: CustomerRef(component), stem: ref(stem), time: interaction.time, isNew: false,
      regrouped: false)
  }

  /// From here on it is noted whose households are run through.
  func beginQuestion() { question &+= 1 }

  /// Whether what an interaction's strongest identifier stands for may be another than when the question was asked.
  func hasRun(for interaction: borrowing Interaction) -> Bool {
    guard let strongest = interaction.identifiers.first else { return false }
    let index = lookup(strongest, in: interaction)
    return index != 0 && identifiers[index].ran == question
  }

  /// Takes what ``changes`` holds.
  package func drainChanges() -> [IdentityChange] {
    defer { changes = [] }
    return changes
  }
}

/// What of the arriving interaction is needed until it is placed.
struct Arrival {
  var key = Key.none
  /// Links older than this are final.
  var horizon = Int64.min
  var now = Moment(0)
  var identifiers: [UInt32] = []
  /// What it is noted under, and of that the keys before, short.
  var noted: Noted?
  var oldFirst = Key.none
  var oldLast = Key.none
  /// Links that were not known before, strongest first.
  var newLinks: [UInt32] = []
  var newBundle: UInt32 = 0
  /// Identifiers that the bounds took out of it.
  var dropped: [UInt32] = []
  var mustRun = false
  /// Set by a run: nothing that was known before belongs to its customer.
  var isNew = false

  func isNoted(plain index: UInt32) -> Bool {
    if case .plain(index) = noted { true } else { false }
  }
  func isNoted(bundle index: UInt32) -> Bool {
    if case .bundle(index) = noted { true } else { false }
  }
}

/// A keyed hash of an erased identifier.
struct ErasedHash: Hashable {
  var high: UInt64
  var low: UInt64
}

struct Erasure {
  /// Interactions up to this one are forgotten.
  var through: Key
  /// It stood for no one, and still does.
  var isAmbiguous: Bool
}
