internal import JourneyModel

extension Builder {
  func source(_ entry: YAMLEntry) -> SourcePlan {
    let node = entry.value
    let topic: SourcePlan.Topic =
      node["topic"]?["pattern"]?.text.map { .pattern($0) } ?? .named(node["topic"]?.text ?? "")
    var source = SourcePlan(name: entry.key, topic: topic)
    source.channel = node["channel"]?.text
    node.set(&source.holdsClock, "holds_clock")
    node.set(&source.isContact, "touch")
    switch node["start"]?.text {
    case nil, "earliest": source.start = .earliest
    case "latest": source.start = .latest
    case .some: source.start = node.span("start").map { .back($0) } ?? .earliest
    }
    switch node["format"]?.text {
    case "cloudevents":
      source.format = .cloudevents(
        types: node.named("types").map { TextPair(from: $0.key, to: $0.value.text ?? "") })
    case "segment": source.format = .segment(consent: segmentConsent(node))
    case "json": source.format = .json(mapping(node["map"]))
    default: source.format = .journeyd
    }
    return source
  }

  private func segmentConsent(_ node: YAMLNode) -> [SourcePlan.SegmentConsent] {
    node.named("consent").flatMap { category in
      category.value.entries.flatMap { channel in
        channel.value.texts.map {
          SourcePlan.SegmentConsent(category: category.key, channel: channel.key, purpose: $0)
        }
      }
    }
  }

  private func mapping(_ node: YAMLNode?) -> MappingPlan {
    var plan = MappingPlan()
    guard let node else { return plan }
    plan.id = node["id"].flatMap(field)
    plan.time = node["time"].flatMap(field)
    plan.touchpoint = node["touchpoint"].flatMap(field)
    plan.channel = node["channel"].flatMap(field)
    plan.identifiers = node["identifiers"].flatMap(members)
    plan.attributes = node["attributes"].flatMap(members)
    plan.satisfaction = node["satisfaction"].flatMap(field)
    plan.traits = node["traits"].flatMap(members)
    plan.consent = node["consent"].flatMap(consents)
    plan.suggestion = node["suggestion"].flatMap(members)
    plan.erase = node["erase"].flatMap(field)
    return plan
  }

  private func members(_ node: YAMLNode) -> MappingPlan.Members? {
    guard let entries = node.map else { return field(node).map { .whole($0) } }
    return .named(
      entries.compactMap { entry in
        field(entry.value).map { MappingPlan.Named(entry.key, $0) }
      })
  }

  private func consents(_ node: YAMLNode) -> MappingPlan.Consents? {
    guard let channels = node.map else { return field(node).map { .whole($0) } }
    return .named(
      channels.flatMap { channel in
        channel.value.entries.compactMap { purpose in
          field(purpose.value).map {
            MappingPlan.ConsentField(channel: channel.key, purpose: purpose.key, field: $0)
          }
        }
      })
  }

  private func field(_ node: YAMLNode) -> MappingPlan.Field? {
    if node.isNull { return nil }
    if let pointer = node.text { return MappingPlan.Field(.pointer(pointer)) }
    guard let origin = origin(node) else { return nil }
    var field = MappingPlan.Field(origin)
    field.values = node["values"]?.map?.map {
      MappingPlan.Value(from: $0.key, to: $0.value.json)
    }
    if let otherwise = node["otherwise"] {
      field.otherwise = otherwise.map == nil ? .value(otherwise.json) : .skip
    }
    switch node["as"]?.text {
    case "number": field.conversion = .number
    case "text": field.conversion = .text
    case "epoch_s": field.timeForm = .epochSeconds
    case "epoch_ms": field.timeForm = .epochMilliseconds
    default: break
    }
    field.scale = node["scale"]?.scale
    return field
  }

  private func origin(_ node: YAMLNode) -> MappingPlan.Origin? {
    if let pointer = node["at"]?.text { return .pointer(pointer) }
    if let constant = node["const"] { return .const(constant.json) }
    if let header = node["header"]?.text { return .header(header) }
    switch node["record"]?.text {
    case "key": return .recordKey
    case "timestamp": return .recordTimestamp
    case "position": return .recordPosition
    default: return nil
    }
  }
}
