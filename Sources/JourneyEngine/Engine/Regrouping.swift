import JourneyModel

/// Takes customers apart and puts their data together anew: joining is a union, dividing a regrouping.
struct Regrouping {
  let order: RegroupOrder
  let plan: CompiledPlan
  private(set) var effects: [Effect] = []
  private(set) var forgotten: [SuggestionID] = []
  private var fresh: [CustomerRef: Place] = [:]

  /// Where a customer is put together.
  final class Place {
    var customer = Customer()

    func take() -> Customer {
      withUnsafeMutablePointer(to: &customer) { place in
        let customer = place.move()
        place.initialize(to: Customer())
        return customer
      }
    }
  }

  init(_ order: RegroupOrder, plan: CompiledPlan) {
    self.order = order
    self.plan = plan
    // The arriving interaction's customer may be one whose data stays where it is.
    for current in order.current
    where order.former.contains(where: { $0.customer == current.customer }) {
      fresh[current.customer] = Place()
    }
  }

  /// Deals out what one former customer had.
  mutating func add(_ former: borrowing Customer, _ part: RegroupOrder.Former) {
    addTouches(of: former)
    for var fact in former.traits {
      guard let (stem, ref) = home(fact.stem, fact.origin) else { continue }
      fact.stem = stem
      place(ref).customer.traits.append(fact)
      seen(ref, fact.origin.time)
    }
    for var fact in former.consents {
      guard let (stem, ref) = home(fact.stem, fact.origin) else { continue }
      fact.stem = stem
      place(ref).customer.consents.append(fact)
      seen(ref, fact.origin.time)
    }
    for var mark in former.issueMarks {
      guard
        let (stem, ref) = home(
          mark.stem, FactOrigin(time: mark.time, source: mark.source, id: mark.id))
      else { continue }
      mark.stem = stem
      place(ref).customer.issueMarks.append(mark)
    }
    for var instance in former.pastJourneys {
      guard
        let (stem, ref) = home(
          instance.stem, FactOrigin(time: instance.started, source: .any, id: []))
      else { continue }
      instance.stem = stem
      place(ref).customer.pastJourneys.append(instance)
    }
    for var answer in former.answered {
      guard let (stem, ref) = home(answer.stem, answer.origin) else { continue }
      answer.stem = stem
      place(ref).customer.answered.append(answer)
    }
    for var suggestion in former.suggestions {
      guard let (stem, ref) = home(suggestion.stem, suggestion.origin) else {
        erase(suggestion, of: part.id)
        continue
      }
      suggestion.stem = stem
      suggestion.half = part.half
      place(ref).customer.suggestions.append(suggestion)
    }
    // A sign of life without a contact leaves no other trace.
    guard order.current.count == 1, order.erased.isEmpty, let only = order.current.first else {
      return
    }
    if former.firstSeen < .distantFuture { seen(only.customer, former.firstSeen) }
    if former.newest > .distantPast { seen(only.customer, former.newest) }
  }

  /// The customers as they are now, in order.
  func finish() -> [(CustomerRef, Place)] {
    for place in fresh.values { place.customer.tidy(plan: plan) }
    return fresh.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
  }

  private mutating func place(_ ref: CustomerRef) -> Place {
    if let known = fresh[ref] { return known }
    let place = Place()
    fresh[ref] = place
    return place
  }

  private mutating func addTouches(of former: borrowing Customer) {
    var counters = former.counters
    for touch in former.touches {
      if order.isErased(touch.stem, at: { orderKey(touch, in: former) }) {
        Self.uncount(touch, in: &counters)
        continue
      }
      let home = order.routes.place(touch.stem) { orderKey(touch, in: former) }
      guard let (stem, ref) = home ?? fallback(touch.stem) else { continue }
      if stem != touch.stem { Self.move(touch, to: stem, in: &counters) }
      var moved = touch
      moved.stem = stem
      place(ref).customer.append(moved, text: former.arena)
      seen(ref, touch.time)
    }
    for var counter in counters where counter.count > 0 {
      let key = OrderKey(time: counter.last, tail: [])
      if order.isErased(counter.stem, at: { key }) { continue }
      guard let (stem, ref) = order.routes.place(exactly: counter.stem) ?? fallback(counter.stem)
      else { continue }
      counter.stem = stem
      place(ref).customer.add(counter)
      seen(ref, counter.first)
      seen(ref, counter.last)
    }
  }

  /// Where a fact belongs; nil where it is forgotten.
  private func home(_ stem: StemRef, _ origin: FactOrigin) -> (StemRef, CustomerRef)? {
    func key() -> OrderKey {
      var tail: [UInt8] = []
      plan.names.appendText(origin.source, to: &tail)
      tail.append(0)
      tail.append(contentsOf: origin.id)
      return OrderKey(time: origin.time, tail: tail)
    }
    if order.isErased(stem, at: key) { return nil }
    return order.routes.place(stem, at: key) ?? fallback(stem)
  }

  /// What no one can be found for stays with whom it came to.
  private func fallback(_ stem: StemRef) -> (StemRef, CustomerRef)? {
    order.current.first.map { (stem, $0.customer) }
  }

  private func orderKey(_ touch: Touch, in former: borrowing Customer) -> OrderKey {
    var tail: [UInt8] = []
    plan.names.appendText(touch.source, to: &tail)
    tail.append(0)
    tail.append(contentsOf: former.arena[touch.idRange])
    if touch.originBytes > 0 {
      tail.append(contentsOf: WhoIsWho.suffix(stableHash(Array(former.arena[touch.originRange]))))
    }
    return OrderKey(time: touch.time, tail: tail)
  }

  private mutating func seen(_ ref: CustomerRef, _ time: Moment) {
    let place = place(ref)
    place.customer.firstSeen = min(place.customer.firstSeen, time)
    place.customer.newest = max(place.customer.newest, time)
  }

  private mutating func erase(_ suggestion: Suggested, of id: CustomerID) {
    forgotten.append(suggestion.id)
    guard suggestion.isOpen(at: order.now, plan: plan) else { return }
    effects.append(
      .withdrawn(
        SuggestionWithdrawn(
          id: suggestion.id, time: order.now, rule: plan.names.text(suggestion.rule),
          touchpoint: plan.names.text(suggestion.touchpoint),
          channel: plan.names.text(suggestion.channel),
          purpose: plan.names.text(suggestion.purpose),
          customer: CustomerShown(id: id, identifiers: []),
          because: suggestion.because, reason: .erased)))
  }

  private static func uncount(_ touch: Touch, in counters: inout [Counter]) {
    for index in counters.indices
    where counters[index].stem == touch.stem && counters[index].touchpoint == touch.touchpoint {
      counters[index].count -= 1
    }
  }

  private static func move(_ touch: Touch, to stem: StemRef, in counters: inout [Counter]) {
    uncount(touch, in: &counters)
    for index in counters.indices
    where counters[index].stem == stem && counters[index].touchpoint == touch.touchpoint {
      counters[index].first = min(counters[index].first, touch.time)
      counters[index].last = max(counters[index].last, touch.time)
      counters[index].count += 1
      return
    }
    counters.append(
      Counter(
        stem: stem, touchpoint: touch.touchpoint, first: touch.time, last: touch.time, count: 1))
  }
}

extension Customer {
  mutating func append(_ touch: Touch, text: [UInt8]) {
    var touch = touch
    let start = Int(touch.text)
    touch.text = UInt32(arena.count)
    arena.append(contentsOf: text[start..<start + touch.textBytes])
    touches.append(touch)
  }

  mutating func add(_ counter: Counter) {
    for index in counters.indices
    where counters[index].stem == counter.stem && counters[index].touchpoint == counter.touchpoint {
      counters[index].first = min(counters[index].first, counter.first)
      counters[index].last = max(counters[index].last, counter.last)
      counters[index].count += counter.count
      return
    }
    counters.append(counter)
  }

  /// Puts everything in its order after items of several customers came together.
  mutating func tidy(plan: CompiledPlan) {
    let names = plan.names
    let arena = arena
    touches.sort { a, b in
      if a.time != b.time { return a.time < b.time }
      if a.source != b.source { return names.precedes(a.source, b.source) }
      return arena[a.idRange].lexicographicallyPrecedes(arena[b.idRange])
    }
    issueMarks.sort { $0.precedes($1, names: names) }
    suggestions.sort { ($0.made, $0.id) < ($1.made, $1.id) }
    pastJourneys.sort { ($0.started, $0.id) < ($1.started, $1.id) }
    // First and last of a counter that lost touches are told by those that are left.
    for index in counters.indices {
      let counter = counters[index]
      let own = touches.filter { $0.stem == counter.stem && $0.touchpoint == counter.touchpoint }
      guard own.count == counter.count, let first = own.first, let last = own.last else { continue }
      counters[index].first = first.time
      counters[index].last = last.time
    }
    waiting.removeAll()
    lastAnswers = 0
  }
}
