package import JourneyModel

/// Reads the records of one source into interactions: compiled once from the configuration.
///
/// Deliberately not Sendable: one owner, whose buffers it reuses. Reading allocates nothing once they have grown.
package final class RecordReader {
  let source: NameID
  /// False where the source's records are no contacts.
  let isContactSource: Bool
  let defaultChannel: [UInt8]?
  let names: NameTable
  let identifierRules: IdentifierRules
  let paths: AttributePaths
  let catalogue: CatalogueTable
  let format: FormatReader
  var document = JSONDocument()
  /// Of what stands encoded within a record.
  var inner = JSONDocument()
  var scratch = Scratch()
  var draft = Draft()

  /// For `check --sample`: also keeps all attributes and traits as JSON, whatever is read of them.
  package var showsAll = false
  package internal(set) var shownAttributes: [UInt8] = []
  package internal(set) var shownTraits: [UInt8] = []

  enum FormatReader {
    case journeyd
    case cloudevents(CloudEventsFormat)
    case segment(SegmentFormat)
    case mapped(MappedFormat)
  }

  /// A reader of the source's records. `attributes` are the dotted paths that something reads.
  package init(
    _ source: SourcePlan, of plan: Plan, attributes: [String], names: NameTable
  ) throws(PlanProblem) {
    guard let name = names.intern(source.name) else {
      throw PlanProblem("the configuration has too many names")
    }
    self.source = name
    self.names = names
    isContactSource = source.isContact
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

  /// Reads one record. What the interaction held before is forgotten; after a rejection it means nothing.
  ///
  /// Of several faults the first in the order of spec 1.4 is named. Cost: about 1 µs for 550 bytes.
  package func read(
    _ record: borrowing InputRecord, bounds: TimeBounds, into interaction: inout Interaction
  ) -> Reading {
    interaction.removeAll()
    interaction.source = source
    draft.removeAll()
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
  private func decode(_ record: borrowing InputRecord) throws(Rejection) -> Bool {
    switch format {
    case .journeyd:
      draft.takeNative(try object(of: record))
      if let headers = record.headers { draft.takeTrace(headers) }
      return true
    case .cloudevents(let format):
      try format.fill(self, record)
      return true
    case .segment(let format):
      try format.fill(&draft, &scratch, try object(of: record))
    case .mapped(let format):
      guard try format.fill(&draft, &scratch, try object(of: record), record) else { return false }
    }
    if let headers = record.headers { draft.takeTrace(headers) }
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
