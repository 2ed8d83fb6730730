import JourneyModel

/// What a condition is judged for.
struct Judged {
  /// The moment.
  let moment: Moment
  /// Only what happened up to here counts; nil: all that is known.
  var limit: Moment?
  /// The history as it was at this moment.
  var view: Moment
  /// An occasion whose suggestions do not count in its own conditions.
  var own: OccasionKey?
  /// The occasion's instance of its journey.
  var instance: (journey: Int, id: JourneyID)?
}

extension Look {
  /// Whether a condition holds (spec 3.5). Notes when time alone can change that.
  func holds(_ predicate: CompiledPredicate, _ judged: Judged) -> Bool {
    switch predicate {
    case .seen(let matcher, let within, let range):
      if let outcome = matcher.outcome {
        return outcomes(outcome, matcher, within: within, range: range, judged)
      }
      return seen(matcher, within: within, range: range, judged)
    case .sample(let name, let share):
      return isIn(share: share, of: ["sample", name, id.description])
    case .journey(let journey, let status, let phases):
      return hasJourney(journey, status: status, phases: phases, judged)
    case .satisfaction(let comparisons, let journey):
      guard let value = satisfaction(judged, journey: journey) else { return false }
      return JSONValue.number(value).withView { view in comparisons.allSatisfy { $0.fits(view) } }
    case .trait(let name, let comparisons):
      guard let fact = customer.pointee.latestTrait(name, until: judged.limit, names: names),
        fact.kind != .null
      else { return comparisons.allSatisfy { $0.fits(nil) } }
      return fact.withView { view in comparisons.allSatisfy { $0.fits(view) } }
    case .consent(let channel, let purpose, let state):
      return customer.pointee.consent(channel: channel, purpose: purpose, until: judged.limit)
        == state
    case .all(let parts): return parts.reduce(true) { holds($1, judged) && $0 }
    case .any(let parts): return parts.reduce(false) { holds($1, judged) || $0 }
    case .not(let part): return !holds(part, judged)
    }
  }

  /// Whether all of them hold; every one is looked at, so that no moment of change is missed.
  func holdAll(_ predicates: [CompiledPredicate], _ judged: Judged) -> Bool {
    predicates.reduce(true) { holds($1, judged) && $0 }
  }

  func isIn(share: Double, of parts: [String]) -> Bool {
    Double(shareHash(parts)) / 18_446_744_073_709_551_616.0 < share
  }

  // MARK: Contacts

  private func seen(
    _ matcher: CompiledMatcher, within: TimeSpan?, range: CountRange, _ judged: Judged
  ) -> Bool {
    let asksForAny =
      range.least <= 1 && (range.most == nil || range == CountRange(least: 0, most: 0))
    if matcher.isPlain, within == nil || asksForAny {
      return countersAnswer(matcher, within: within, range: range, judged)
    }
    let count = countKept(matcher, within: within, judged)
    return range.contains(count)
  }

  /// Answers from first, last and count of each touchpoint, which do not forget.
  private func countersAnswer(
    _ matcher: CompiledMatcher, within: TimeSpan?, range: CountRange, _ judged: Judged
  ) -> Bool {
    var count = 0
    for counter in customer.pointee.counters where matcher.touchpoints.contains(counter.touchpoint)
    {
      if let within {
        guard let last = last(counter, until: judged.limit) else { continue }
        if last > judged.moment - within {
          count = 1
          if judged.limit == nil { wake(last + within) }
        }
      } else {
        count += self.count(counter, until: judged.limit)
      }
    }
    return range.contains(count)
  }

  private func last(_ counter: Counter, until limit: Moment?) -> Moment? {
    guard let limit, counter.last > limit else { return counter.last }
    let touches = customer.pointee.touches
    for index in (0..<customer.pointee.firstIndex(after: limit)).reversed()
    where touches[index].touchpoint == counter.touchpoint && touches[index].stem == counter.stem {
      return touches[index].time
    }
    return counter.first <= limit ? counter.first : nil
  }

  private func count(_ counter: Counter, until limit: Moment?) -> Int {
    guard let limit, counter.last > limit else { return counter.count }
    guard counter.first <= limit else { return 0 }
    let touches = customer.pointee.touches
    let later = (customer.pointee.firstIndex(after: limit)..<touches.count).count {
      touches[$0].touchpoint == counter.touchpoint && touches[$0].stem == counter.stem
    }
    return counter.count - later
  }

  private func countKept(_ matcher: CompiledMatcher, within: TimeSpan?, _ judged: Judged) -> Int {
    let touches = customer.pointee.touches
    let start = within.map { customer.pointee.firstIndex(after: judged.moment - $0) } ?? 0
    let end = judged.limit.map { customer.pointee.firstIndex(after: $0) } ?? touches.count
    guard start < end else { return 0 }
    var count = 0
    for index in start..<end
    where touches[index].isKept(at: judged.view)
      && customer.pointee.fits(matcher, index, plan: plan)
    {
      count += 1
      if judged.limit == nil {
        if let within { wake(touches[index].time + within) }
        if judged.view == now { wake(touches[index].left) }
      }
    }
    return count
  }

  // MARK: Outcomes of suggestions

  private func outcomes(
    _ outcome: CompiledOutcome, _ matcher: CompiledMatcher, within: TimeSpan?, range: CountRange,
    _ judged: Judged
  ) -> Bool {
    var earliest: [OccasionKey: Moment] = [:]
    for suggestion in customer.pointee.suggestions where suggestion.rule == outcome.rule {
      if let own = judged.own, suggestion.isOf(own) { continue }
      guard let found = suggestion.earliest(of: outcome.outcomes, at: judged.moment, plan: plan)
      else { continue }
      if let limit = judged.limit, found.time > limit { continue }
      earliest[suggestion.key] = min(earliest[suggestion.key] ?? found.time, found.time)
    }
    var count = 0
    for time in earliest.values {
      if let within {
        guard time > judged.moment - within else { continue }
        if judged.limit == nil { wake(time + within) }
      }
      count += 1
    }
    return range.contains(count)
  }

  // MARK: Journeys and satisfaction

  private func hasJourney(_ journey: Int?, status: JourneyStatus?, phases: [Int]?, _ judged: Judged)
    -> Bool
  {
    guard let journey else { return status == nil }
    let endsAfter = plan.journeys[journey].plan.endsAfter
    let instances = fold(journey, until: judged.limit).instances.filter { instance in
      phases.map { $0.contains(instance.phase) } ?? true
    }
    if judged.limit == nil, let endsAfter {
      for instance in instances where instance.status == .open { wake(instance.last + endsAfter) }
    }
    guard let status else { return instances.isEmpty }
    return instances.contains { $0.status(at: judged.moment, endsAfter: endsAfter) == status }
  }

  /// The weighted mean of what is known in the history, of a journey's instance where one is given (spec 3.5); nil: unknown.
  func satisfaction(_ judged: Judged, journey: Int?) -> Double? {
    var members: (fold: JourneyFold, place: Int)?
    if let journey {
      let fold = fold(journey, until: judged.limit)
      let place: Int?
      if let instance = judged.instance, instance.journey == journey {
        place = fold.instances.firstIndex { $0.id == instance.id }
      } else {
        place = fold.instances.indices.max {
          let (a, b) = (fold.instances[$0], fold.instances[$1])
          return (a.started, $0) < (b.started, $1)
        }
      }
      guard let place else { return nil }
      members = (fold, place)
    }
    let touches = customer.pointee.touches
    let end = judged.limit.map { customer.pointee.firstIndex(after: $0) } ?? touches.count
    var newest: Moment?
    var sum = 0.0
    var weights = 0.0
    for index in (0..<end).reversed() {
      let touch = touches[index]
      guard !touch.satisfaction.isNaN, touch.isKept(at: judged.view) else { continue }
      if let members, members.fold.membership[index] != members.place { continue }
      if judged.limit == nil, judged.view == now { wake(touch.left) }
      let reference = newest ?? touch.time
      newest = reference
      // All ages grow alike, so weights relative to the newest have the same mean as those of today.
      let days = Double((reference - touch.time).milliseconds) / 86_400_000
      let weight =
        exponential(halvings: days / 30) * (plan.momentsOfTruth.contains(touch.touchpoint) ? 2 : 1)
      sum += weight * touch.satisfaction
      weights += weight
    }
    return newest == nil ? nil : sum / weights
  }
}

extension CountRange {
  func contains(_ count: Int) -> Bool { count >= least && count <= most ?? .max }
}
