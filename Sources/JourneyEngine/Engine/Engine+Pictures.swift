package import JourneyModel

// What is known of a customer, as outputs, scenarios and `explain` show it.
extension Engine {
  package func customer(having type: IdentifierType, _ value: [UInt8]) -> CustomerRef? {
    finishGroup()
    defer { finishRecalling() }
    return who.lookup(type, value)
  }

  package func customer(of id: CustomerID) -> CustomerRef? {
    finishGroup()
    bring(id)
    finishRecalling()
    return who.lookup(id)
  }

  /// The nth suggestion (from 1) that a rule made for the customer of an interaction's strongest identifier; nil: the latest.
  package func suggestion(of rule: String, ordinal: Int?, for interaction: Interaction)
    -> SuggestionID?
  {
    let found = who.find(interaction)
    finishRecalling()
    guard let placement = found, let name = names.lookup(rule) else { return nil }
    let worker = workers[worker(of: placement.customer)]
    let made = worker.customers.pointer(placement.customer).pointee.suggestions
      .filter { $0.rule == name && !$0.isControl }
    guard let ordinal else { return made.last?.id }
    return made.indices.contains(ordinal - 1) ? made[ordinal - 1].id : nil
  }

  /// The pictures of the customers that changed since the last call, each once.
  package func takeChangedPictures(at now: Moment) -> [CustomerPicture] {
    finishGroup()
    return ofEachWorker { worker in
      worker.takeChanged().map { worker.picture(of: $0, at: now) }
    }.flatMap { $0 }
  }

  /// The pictures of all customers in memory, by id. Cost: all that is kept there.
  package func pictures(at now: Moment) -> [CustomerPicture] {
    who.living.map { picture(of: $0, at: now) }.sorted { $0.customer < $1.customer }
  }

  /// The customer's whole picture at a moment.
  package func picture(of ref: CustomerRef, at now: Moment) -> CustomerPicture {
    workers[worker(of: ref)].picture(of: ref, at: now)
  }

  /// What each worker answers, in their order; asked beside one another.
  func ofEachWorker<Answer>(_ ask: @escaping (Worker) -> Answer) -> [Answer] {
    guard let crew, workers.count > 1 else { return workers.map(ask) }
    let inquiry = Inquiry(workers, ask)
    crew.run { inquiry.answer($0) }
    return inquiry.take()
  }
}

/// One question to all workers, each answer in a place of its own.
private final class Inquiry<Answer>: @unchecked Sendable {
  private let workers: [Worker]
  private let ask: (Worker) -> Answer
  private let answers: UnsafeMutablePointer<Answer?>

  init(_ workers: [Worker], _ ask: @escaping (Worker) -> Answer) {
    self.workers = workers
    self.ask = ask
    answers = .allocate(capacity: workers.count)
    answers.initialize(repeating: nil, count: workers.count)
  }

  deinit {
    answers.deinitialize(count: workers.count)
    answers.deallocate()
  }

  func answer(_ index: Int) -> CrewStanding {
    answers[index] = ask(workers[index])
    return .finished
  }

  func take() -> [Answer] { workers.indices.compactMap { answers[$0] } }
}

extension Worker {
  func picture(of ref: CustomerRef, at now: Moment) -> CustomerPicture {
    let pointer = customers.pointer(ref)
    let look = Look(compiled, customer: pointer)
    look.begin(pointer, now: now, horizon: now)
    var picture = CustomerPicture(
      customer: look.id, firstSeen: pointer.pointee.firstSeen, lastSeen: pointer.pointee.newest,
      touchpoints: pointer.pointee.contacts)
    picture.aliases = pointer.pointee.face.aliases
    picture.identifiers = pointer.pointee.face.identifiers(named: compiled.identifierTypes)
    picture.traits = Set(pointer.pointee.traits.map(\.name)).sorted {
      $0.lexicographicallyPrecedes($1)
    }
    .compactMap { name in
      guard let fact = pointer.pointee.latestTrait(name, names: names), fact.kind != .null else {
        return nil
      }
      return NamedValue(String(decoding: name, as: UTF8.self), fact.withView(\.json))
    }
    picture.consents = consents(of: pointer)
    picture.satisfaction = look.satisfaction(
      Judged(moment: now, limit: nil, view: now, own: nil, instance: nil), journey: nil)
    picture.journeys = compiled.journeys.indices.flatMap { journeys($0, look: look) }
      .sorted { ($0.started, $0.id) < ($1.started, $1.id) }
    picture.latest = pointer.pointee.touches.filter { $0.isKept(at: now) }.suffix(
      Limits.latestTouchesShown
    ).reversed().map {
      CustomerPicture.Touch(
        id: pointer.pointee.idText(of: $0), time: $0.time, touchpoint: names.text($0.touchpoint),
        channel: names.text($0.channel))
    }
    picture.suggestions = pointer.pointee.suggestions.filter { !$0.isControl }.map {
      CustomerPicture.Suggestion(
        id: $0.id, suggestion: names.text($0.rule), channel: names.text($0.channel), made: $0.made,
        status: $0.status(at: now, plan: compiled))
    }
    if compiled.keepsIssues, let open = pointer.pointee.serviceLane(at: now, plan: compiled).open {
      picture.issue = CustomerPicture.Issue(opened: open.opened, by: names.text(open.touchpoint))
    }
    return picture
  }

  private func consents(of customer: UnsafeMutablePointer<Customer>) -> [CustomerPicture
    .ConsentShown]
  {
    var pairs: [(NameID, NameID)] = []
    for fact in customer.pointee.consents
    where !pairs.contains(where: { $0 == (fact.channel, fact.purpose) }) {
      pairs.append((fact.channel, fact.purpose))
    }
    return pairs.map { pair in (names.text(pair.0), names.text(pair.1), pair) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
      .map { channel, purpose, pair in
        CustomerPicture.ConsentShown(
          channel: channel, purpose: purpose,
          granted: customer.pointee.consent(channel: pair.0, purpose: pair.1) == .granted)
      }
  }

  private func journeys(_ number: Int, look: Look) -> [CustomerPicture.Journey] {
    let journey = compiled.journeys[number]
    let endsAfter = journey.plan.endsAfter
    return look.fold(number).instances.map { instance in
      let status = instance.status(at: look.now, endsAfter: endsAfter)
      var ended = instance.ended
      if status == .ended, ended == nil, let endsAfter { ended = instance.last + endsAfter }
      return CustomerPicture.Journey(
        id: instance.id, name: journey.plan.name, key: instance.key.map(Customer.keyValue),
        status: status,
        phase: journey.plan.phases.indices.contains(instance.phase)
          ? journey.plan.phases[instance.phase].name : nil,
        started: instance.started, last: instance.last, ended: ended,
        touchpoints: instance.contacts,
        channels: instance.channels.map {
          CustomerPicture.NamedCount(names.text($0.channel), $0.count)
        }
        .sorted { $0.name < $1.name })
    }
  }
}
