package import JourneyModel

/// Writes the rows of a state as lines that people can read, without numbers of our own, and reads them back.
///
/// Who is who is kept in memory; customers pass through. Not for sharing between threads.
package final class StateScribe {
  package let names: NameTable
  let who: WhoIsWho
  private let plan: Plan
  private let compiled: CompiledPlan
  private let types: [NameID]
  /// For what is shown of suggestions.
  private let now: Moment
  private lazy var writer = FieldWriter(self)
  // What was allotted last.
  private var identifierNumber: UInt32 = 0
  private var bundleNumber: UInt32 = 0
  private var householdNumber: UInt64 = 0

  /// - Parameters:
  ///   - names: of a state its own (``Engine/names(in:)``), for one that is to come new ones.
  ///   - secret: by which it remembers erased identifiers.
  ///   - now: the clock of the state.
  package init(plan: Plan, names: NameTable, secret: [UInt8], now: Moment) {
    self.plan = plan
    self.names = names
    self.now = now
    compiled = CompiledPlan(plan, names: names, policyIsOff: false)
    who = WhoIsWho(
      plan: plan.identity, names: names, keep: plan.history.keep, secret: secret,
      shards: plan.processing.shards)
    types = plan.identity.kinds.map { names.intern($0.name) ?? .any }
  }

  // MARK: From rows to lines

  /// The line of a household, which is known from now on.
  package func household(_ row: StateRow) throws(RowDamage) -> [UInt8] {
    let household = try Household(row)
    try who.restore(row)
    return try line(HouseholdFields(household, self))
  }

  /// The line of an erased identifier.
  package func erasure(_ row: StateRow) throws(RowDamage) -> [UInt8] {
    try line(ErasureFields(try ErasureRow(row)))
  }

  /// The line of a customer; its household must be known.
  package func customer(_ row: StateRow) throws(RowDamage) -> [UInt8] {
    let id = CustomerID(row.key.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    guard let ref = who.lookup(id), who.id(of: ref) == id else {
      throw RowDamage("nobody is known as \(id)")
    }
    var customer = try Customer(decoding: row.value ?? [])
    return try writing { () throws(LineProblem) in
      writer.begin()
      var number: UInt64? = id.rawValue
      writer.id("customer", "cu_", &number)
      try customer.describe(&writer, at: now, plan: compiled)
      return writer.end()
    }
  }

  func line(_ value: some Described) throws(RowDamage) -> [UInt8] {
    try writing { () throws(LineProblem) in try writer.line(value) }
  }

  private func writing(_ body: () throws(LineProblem) -> [UInt8]) throws(RowDamage) -> [UInt8] {
    do throws(LineProblem) { return try body() } catch { throw RowDamage(error.message) }
  }

  // MARK: From lines to rows

  /// The row of a household's line; numbers are allotted anew.
  package func household(_ line: JSONValue) throws(LineProblem) -> StateRow {
    var household = try read(HouseholdFields.self, line).household(self)
    household.shard = UInt16(household.number % UInt64(max(1, plan.processing.shards)))
    do throws(RowDamage) { try who.restore(household.row) } catch {
      throw LineProblem(error.message)
    }
    return who.row(of: who.household(ofRow: household.number))
  }

  /// The row of the numbers that were allotted; behind all others.
  package func numbersRow() -> StateRow { who.numbersRow() }

  package func erasure(_ line: JSONValue) throws(LineProblem) -> StateRow {
    try read(ErasureFields.self, line).erasure().row
  }

  /// The row of a customer's line; the line of its household must have been read.
  package func customer(_ line: JSONValue) throws(LineProblem) -> StateRow {
    var reader = try FieldReader(line, self)
    var number: UInt64?
    try reader.id("customer", "cu_", &number)
    guard let id = number.map({ CustomerID($0) }), let ref = who.lookup(id), who.id(of: ref) == id
    else { throw LineProblem("“customer” is nobody of a household before") }
    var customer = Customer()
    try customer.describe(&reader, at: now, plan: compiled)
    customer.face = who.face(of: ref)
    return .customer(id, on: who.shard(of: ref), customer.encode())
  }

  private func read<T: Described>(
    _ type: T.Type, _ line: JSONValue
  ) throws(LineProblem) -> T {
    var reader = try FieldReader(line, self)
    var value = T.blank
    try value.describe(&reader)
    return value
  }

  /// The rows of all names so far.
  package func nameRows() -> [StateRow] {
    (0..<names.count).map { StateRow.name(NameID(UInt16($0)), names) }
  }

  func takeIdentifier() -> UInt32 {
    identifierNumber += 1
    return identifierNumber
  }

  func takeBundle() -> UInt32 {
    bundleNumber += 1
    return bundleNumber
  }

  func takeHousehold() -> UInt64 {
    householdNumber += 1
    return householdNumber
  }

  // MARK: Names

  func name(_ text: String) throws(LineProblem) -> NameID {
    guard let name = names.intern(text) else {
      throw LineProblem("there are more than \(Limits.namesMax) names")
    }
    return name
  }

  func isConfigured(_ type: NameID) -> Bool { types.contains(type) }

  /// An identifier as `TYPE=VALUE`.
  func text(of type: NameID, _ value: [UInt8]) -> String {
    names.text(type) + "=" + String(decoding: value, as: UTF8.self)
  }

  /// Parts of a bundle up to its first unshared one, with it.
  func lives(_ parts: [NameID?]) -> Int {
    let unshared = parts.firstIndex { part in
      guard let part, let type = types.firstIndex(of: part) else { return false }
      return !plan.identity.kinds[type].shared
    }
    return (unshared ?? parts.count - 1) + 1
  }
}
