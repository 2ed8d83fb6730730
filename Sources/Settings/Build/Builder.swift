internal import JourneyModel

/// Makes the plan of a tree that the table has found right; what is not there has its default.
struct Builder {
  let root: YAMLNode
  /// Values of properties by name, secrets resolved.
  let kafkaValues: [String: (value: String, isSecret: Bool)]

  func plan() -> Plan {
    var plan = Plan()
    plan.kafka = kafka()
    plan.processing = processing()
    plan.state = state()
    plan.time = time()
    plan.history = history()
    plan.log = log()
    plan.sources = root.named("sources").map(source)
    plan.outputs = outputs()
    plan.identity = identity()
    plan.catalogue = catalogue()
    plan.journeys = root.named("journeys").map(journey)
    plan.rules = root.named("suggestions").map(rule)
    plan.contact = contact()
    return plan
  }

  private func kafka() -> KafkaPlan {
    var plan = KafkaPlan()
    for entry in root.named("kafka") {
      guard let found = kafkaValues[entry.key] else { continue }
      if entry.key == "group.id" {
        plan.groupID = found.value
      } else {
        plan.properties.append(
          KafkaPlan.Property(name: entry.key, value: found.value, isSecret: found.isSecret))
      }
    }
    return plan
  }

  private func processing() -> ProcessingPlan {
    var plan = ProcessingPlan()
    guard let node = root["processing"] else { return plan }
    node.set(&plan.guarantee, "guarantee")
    node.set(&plan.commitInterval, "commit_interval")
    node.set(&plan.workers, "workers")
    node.set(&plan.shards, "shards")
    return plan
  }

  private func state() -> StatePlan {
    var plan = StatePlan()
    guard let node = root["state"] else { return plan }
    node.set(&plan.directory, "directory")
    if let bytes = node["cache"]?.text.flatMap(Scalars.size) { plan.cacheBytes = bytes }
    node.set(&plan.format, "format")
    return plan
  }

  private func time() -> TimePlan {
    var plan = TimePlan()
    guard let node = root["time"] else { return plan }
    node.set(&plan.grace, "grace")
    node.set(&plan.futureLimit, "future_limit")
    return plan
  }

  private func history() -> HistoryPlan {
    var plan = HistoryPlan()
    guard let node = root["history"] else { return plan }
    node.set(&plan.keep, "keep")
    node.set(&plan.touchpointsMax, "max_touchpoints")
    node.set(&plan.forgetAnonymousAfter, "forget_anonymous_after")
    if let attributes = node["attributes"] {
      switch attributes.content {
      case .list: plan.attributes = .also(attributes.texts)
      case .map: break
      case .scalar(let text, _):
        switch text {
        case "all": plan.attributes = .all
        case "used": plan.attributes = .used
        default: plan.attributes = .also([text])
        }
      }
    }
    return plan
  }

  private func log() -> LogPlan {
    var plan = LogPlan()
    guard let node = root["log"] else { return plan }
    node.set(&plan.level, "level")
    node.set(&plan.format, "format")
    node.set(&plan.statsInterval, "stats_interval")
    return plan
  }

  private func outputs() -> OutputsPlan {
    var plan = OutputsPlan()
    guard let node = root["outputs"] else { return plan }
    node.set(&plan.suggestions, "suggestions")
    plan.journeys = node["journeys"]?.text
    plan.decisions = node["decisions"]?.text
    plan.identities = node["identities"]?.text
    plan.rejected = node["rejected"]?.text
    return plan
  }

  private func identity() -> IdentityPlan {
    var plan = IdentityPlan.standard
    guard let node = root["identity"] else { return plan }
    let kinds = node.named("identifiers")
    if !kinds.isEmpty {
      plan.kinds = kinds.map { entry in
        var kind = IdentityPlan.Kind(entry.key)
        entry.value.set(&kind.unique, "unique")
        entry.value.set(&kind.shared, "shared")
        entry.value.set(&kind.limit, "limit")
        entry.value.set(&kind.normalize, "normalize")
        return kind
      }
    }
    if let ignore = node["ignore"] { plan.ignore = ignore.texts }
    node.set(&plan.ignorePattern, "ignore_pattern")
    return plan
  }

  private func catalogue() -> CataloguePlan {
    var plan = CataloguePlan()
    root.set(&plan.unknownTouchpoints, "unknown_touchpoints")
    root.set(&plan.unknownChannels, "unknown_channels")
    plan.channels = root.named("channels").map(channel)
    plan.touchpoints = root.named("touchpoints").map { entry in
      var touchpoint = CataloguePlan.Touchpoint(entry.key)
      touchpoint.phase = entry.value["phase"]?.text.flatMap(CataloguePlan.Touchpoint.Phase.init)
      touchpoint.kind = entry.value["kind"]?.text
      entry.value.set(&touchpoint.isMomentOfTruth, "moment_of_truth")
      if let source = entry.value["satisfaction"], let attribute = source["attribute"]?.text,
        let scale = source["scale"]?.scale
      {
        touchpoint.satisfaction = CataloguePlan.SatisfactionSource(
          attribute: attribute, scale: scale)
      }
      return touchpoint
    }
    return plan
  }

  private func channel(_ entry: YAMLEntry) -> CataloguePlan.Channel {
    let node = entry.value
    var channel = CataloguePlan.Channel(entry.key, side: .online)
    node.set(&channel.side, "side")
    node.set(&channel.isDirect, "direct")
    node.set(&channel.isOutbound, "outbound")
    channel.expectsReceipts = node["receipts"] != nil
    channel.reserveFor = node.span("reserve_for")
    for need in node["needs"]?.items ?? [] {
      if let name = need.text {
        channel.needs.append(name)
      } else if let predicate = predicate(need) {
        channel.needsConditions.append(predicate)
      }
    }
    return channel
  }
}
