internal import JourneyModel

/// Any JSON, each native field from where the source's map says (spec 1.2, 2.2).
final class MappedFormat {
  private enum Members {
    case whole(MappedField)
    case named([(name: ConstantJSON, field: MappedField)])

    init(_ plan: MappingPlan.Members) throws(PlanProblem) {
      switch plan {
      case .whole(let field): self = .whole(try MappedField(field))
      case .named(let fields):
        var named: [(name: ConstantJSON, field: MappedField)] = []
        for field in fields {
          named.append((try ConstantJSON(.string(field.name)), try MappedField(field.field)))
        }
        self = .named(named)
      }
    }
  }

  private enum Consents {
    case whole(MappedField)
    case named([(channel: ConstantJSON, purpose: ConstantJSON, field: MappedField)])
  }

  private let id: MappedField?
  private let time: MappedField?
  private let touchpoint: MappedField?
  private let channel: MappedField?
  private let identifiers: Members?
  private let attributes: Members?
  private let satisfaction: MappedField?
  private let traits: Members?
  private let consent: Consents?
  private let suggestion: Members?
  private let erase: MappedField?

  init(_ map: MappingPlan) throws(PlanProblem) {
    id = try MappedField.make(map.id)
    time = try MappedField.make(map.time)
    touchpoint = try MappedField.make(map.touchpoint)
    channel = try MappedField.make(map.channel)
    identifiers = try MappedFormat.members(map.identifiers)
    attributes = try MappedFormat.members(map.attributes)
    satisfaction = try MappedField.make(map.satisfaction)
    traits = try MappedFormat.members(map.traits)
    consent = try MappedFormat.consents(map.consent)
    suggestion = try MappedFormat.members(map.suggestion)
    erase = try MappedField.make(map.erase)
  }

  /// Fills a draft; false where a field says to leave the record out.
  func fill(
    _ draft: inout Draft, _ scratch: inout Scratch, _ root: JSONRef,
    _ record: borrowing InputRecord
  ) -> Bool {
    var values = MappedValues(root: root)
    draft.id = values.value(id, record, &scratch)
    draft.time = values.time(time, record, &scratch)
    draft.touchpoint = values.value(touchpoint, record, &scratch)
    draft.channel = values.value(channel, record, &scratch)
    take(identifiers, into: &draft.identifiers, &values, record, &scratch)
    take(attributes, into: &draft.attributes, &values, record, &scratch)
    draft.satisfaction = values.value(satisfaction, record, &scratch)
    draft.scale = satisfaction?.scale
    take(traits, into: &draft.traits, &values, record, &scratch)
    takeConsents(&draft, &values, record, &scratch)
    takeSuggestion(&draft, &values, record, &scratch)
    draft.erase = values.value(erase, record, &scratch)
    return !values.isSkipped
  }

  private func take(
    _ members: Members?, into draft: inout DraftMembers, _ values: inout MappedValues,
    _ record: borrowing InputRecord, _ scratch: inout Scratch
  ) {
    switch members {
    case nil: return
    case .whole(let field): draft.take(values.value(field, record, &scratch))
    case .named(let fields):
      for (name, field) in fields {
        let value = values.value(field, record, &scratch)
        if value.kind != .absent { draft.add(name.ref.text, value) }
      }
    }
  }

  private func takeConsents(
    _ draft: inout Draft, _ values: inout MappedValues, _ record: borrowing InputRecord,
    _ scratch: inout Scratch
  ) {
    switch consent {
    case nil: return
    case .whole(let field): draft.consent = values.value(field, record, &scratch)
    case .named(let fields):
      for (channel, purpose, field) in fields {
        let value = values.value(field, record, &scratch)
        draft.consents.append(
          Draft.ConsentEntry(channel: channel.ref.text, purpose: purpose.ref.text, value: value))
      }
    }
  }

  private func takeSuggestion(
    _ draft: inout Draft, _ values: inout MappedValues, _ record: borrowing InputRecord,
    _ scratch: inout Scratch
  ) {
    switch suggestion {
    case nil: return
    case .whole(let field): draft.suggestion = values.value(field, record, &scratch)
    case .named(let fields):
      for (name, field) in fields {
        let value = values.value(field, record, &scratch)
        if name.ref.text.isSame(as: "id") { draft.suggestionID = value }
        if name.ref.text.isSame(as: "outcome") { draft.suggestionOutcome = value }
      }
    }
  }

  private static func members(_ plan: MappingPlan.Members?) throws(PlanProblem) -> Members? {
    guard let plan else { return nil }
    return try Members(plan)
  }

  private static func consents(_ plan: MappingPlan.Consents?) throws(PlanProblem) -> Consents? {
    switch plan {
    case nil: return nil
    case .whole(let field): return .whole(try MappedField(field))
    case .named(let fields):
      var named: [(channel: ConstantJSON, purpose: ConstantJSON, field: MappedField)] = []
      for field in fields {
        named.append(
          (
            try ConstantJSON(.string(field.channel)), try ConstantJSON(.string(field.purpose)),
            try MappedField(field.field)
          ))
      }
      return .named(named)
    }
  }
}
