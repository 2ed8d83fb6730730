package import JourneyModel

/// Reads the records of one source into interactions: compiled once from the configuration.
///
/// Deliberately not Sendable: one owner, whose buffers it reuses. Reading allocates nothing once they have grown.
package final class RecordReader {
  /// Its state, taken hold of once per record.
  private var core: ReaderCore

  /// A reader of the source's records. `attributes` are the dotted paths that something reads.
  package init(
    _ source: SourcePlan, of plan: Plan, attributes: [String], names: NameTable
  ) throws(PlanProblem) {
    core = ReaderCore(
      try CompiledSource(source, of: plan, attributes: attributes, names: names), names: names)
  }

  /// Reads one record. What the interaction held before is forgotten; after a rejection it means nothing.
  ///
  /// Of several faults the first in the order of spec 1.4 is named. Cost: about 1 µs for 550 bytes.
  package func read(
    _ record: borrowing InputRecord, bounds: TimeBounds, into interaction: inout Interaction
  ) -> Reading {
    core.read(record, bounds: bounds, into: &interaction)
  }

  /// For `check --sample`: also keeps all attributes and traits as JSON, whatever is read of them.
  var showsAll: Bool {
    get { core.showsAll }
    set { core.showsAll = newValue }
  }
  var shownAttributes: [UInt8] { core.shownAttributes }
  var shownTraits: [UInt8] { core.shownTraits }
}

/// A source as its reader needs it.
final class CompiledSource {
  let name: NameID
  /// False where the source's records are no contacts.
  let isContact: Bool
  let defaultChannel: [UInt8]?
  let identifierRules: IdentifierRules
  let paths: AttributePaths
  let catalogue: CatalogueTable
  let format: Format

  enum Format {
    case journeyd
    case cloudevents(CloudEventsFormat)
    case segment(SegmentFormat)
    case mapped(MappedFormat)
  }

  init(
    _ source: SourcePlan, of plan: Plan, attributes: [String], names: NameTable
  ) throws(PlanProblem) {
    guard let name = names.intern(source.name) else {
      throw PlanProblem("the configuration has too many names")
    }
    self.name = name
    isContact = source.isContact
    defaultChannel = source.channel.map { Array($0.utf8) }
    identifierRules = try IdentifierRules(plan.identity)
    paths = try AttributePaths(attributes, plan.history.attributes, names: names)
    catalogue = try CatalogueTable(plan.catalogue, names: names)
    switch source.format {
    case .journeyd: format = .journeyd
    case .cloudevents(let types): format = .cloudevents(CloudEventsFormat(types: types))
    case .segment(let consent): format = .segment(SegmentFormat(consent: consent))
    case .json(let map): format = .mapped(try MappedFormat(map))
    }
  }
}

/// What a reader knows and the buffers it reuses.
struct ReaderCore: ~Copyable {
  let source: CompiledSource
  let names: NameTable
  var document = JSONDocument()
  /// Of what stands encoded within a record.
  var inner = JSONDocument()
  var scratch = Scratch()
  /// Behind a pointer, so that looking at a field copies that field only.
  let draft: UnsafeMutablePointer<Draft>
  var showsAll = false
  var shownAttributes: [UInt8] = []
  var shownTraits: [UInt8] = []

  init(_ source: CompiledSource, names: NameTable) {
    self.source = source
    self.names = names
    draft = .allocate(capacity: 1)
    draft.initialize(to: Draft())
  }

  deinit {
    draft.deinitialize(count: 1)
    draft.deallocate()
  }

  mutating func read(
    _ record: borrowing InputRecord, bounds: TimeBounds, into interaction: inout Interaction
  ) -> Reading {
    interaction.removeAll()
    interaction.source = source.name
    draft.pointee.removeAll()
    scratch.removeAll()
    do throws(Rejection) {
      guard try decode(record) else { return .skipped }
      try settle(bounds, into: &interaction)
      return .read
    } catch {
      return .rejected(error)
    }
  }

  /// Fills the draft. False where the source's map leaves the record out.
  private mutating func decode(_ record: borrowing InputRecord) throws(Rejection) -> Bool {
    switch source.format {
    case .journeyd: draft.pointee.takeNative(try object(of: record))
    case .cloudevents(let format): try format.fill(&self, record)
    case .segment(let format):
      let root = try object(of: record)
      try format.fill(&draft.pointee, &scratch, root)
    case .mapped(let format):
      let root = try object(of: record)
      guard format.fill(&draft.pointee, &scratch, root, record) else { return false }
    }
    if let headers = record.headers { draft.pointee.takeTrace(headers) }
    return true
  }

  func object(of record: borrowing InputRecord) throws(Rejection) -> JSONRef {
    let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    let root = try document.parse(record.value ?? nothing)
    guard root.kind == .object else {
      throw Rejection(.notAnObject, "the record is \(root.kind.article), not an object")
    }
    return root
  }
}

extension JSONRef.Kind {
  /// For messages.
  var article: String {
    switch self {
    case .absent: "nothing"
    case .unfit: "of another form"
    case .null: "null"
    case .false, .true: "true or false"
    case .integer, .real: "a number"
    case .string: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }
}
