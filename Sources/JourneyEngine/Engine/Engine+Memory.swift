import JourneyModel

// Memory is bounded: a household that was not asked for lately is let go of with its customers, and recalled from the
// last rows when somebody asks for one of them or a deadline of one of them comes. A start is the same: nobody is in
// memory yet.
extension Engine {
  /// Whether somebody who was let go of could not be recalled. Then nothing may be made of what this engine says;
  /// another has to be built from the rows.
  package var hasLost: Bool { who.hasLost || workers.contains(where: \.hasLost) }

  /// Customers in memory.
  package var customersHeld: Int { workers.reduce(0) { $0 + $1.customers.count } }

  /// Bytes that households and customers in memory take, about.
  package var bytesHeld: Int { who.bytesHeld + customersHeld * away.bytesEach }

  /// Recalls from these rows whoever is not in memory, from now on: of a state that was restored everybody.
  package func recall(from memory: any StateMemory) {
    who.memory = memory
    guard let told = who.customersTold else { return }
    who.customerCount = told
    who.hasAway = true
  }

  /// Lets go of those not asked for lately until all take so many bytes at most, about. All rows that were taken must
  /// be where they are recalled from. Cost: now and then a look at each.
  package func letGo(to most: Int) {
    guard let memory = who.memory, !hasLost else { return }
    // They are not to be had any more where others are recalled from.
    who.goneRows.removeAll(keepingCapacity: true)
    guard bytesHeld > most else { return }
    finishGroup()
    do throws(MemoryFailure) { try memory.makeFindable() } catch { return who.hasLost = true }
    // Some more, so that not a few are let go of after every batch.
    let wanted = most - most / 8
    var left = Int(who.households.end) * 2
    while left > 0, bytesHeld > wanted {
      left -= 1
      let household = who.nextIdle()
      if household != 0 { letGo(household) }
    }
    away.beginAgain()
  }

  private func letGo(_ household: UInt32) {
    let refs = who.components(of: household).map { CustomerRef($0) }
    guard refs.allSatisfy({ workers[worker(of: $0)].canLetGo($0) }) else { return }
    for ref in refs {
      guard let bytes = workers[worker(of: ref)].letGo(ref) else { continue }
      away.bytesEach = max(1, away.bytesEach + (bytes - away.bytesEach) / 16)
    }
    who.letGo(household)
  }

  // MARK: Recalling

  /// Has workers take in the customers who were recalled.
  func tellRecalled() {
    guard !who.recalled.isEmpty else { return }
    for recalled in who.takeRecalled() {
      let (ref, shard) = (recalled.customer, recalled.shard)
      let value: [UInt8]?
      do throws(MemoryFailure) {
        value = try who.memory?.value(StateRow.customer(recalled.id, on: shard, nil).place)
      } catch { value = nil }
      guard let value else {
        who.hasLost = true
        continue
      }
      post(.recall(ref, recalled.id, shard, value), to: worker(of: shard))
      watch(ref)
    }
  }

  /// Recalls those whose deadlines come before a moment, the earliest first; of too many some. Returns the moment
  /// before which all are in memory, but for some that are due at the last one.
  func recallDue(before bound: Moment, atMost most: Int) -> Moment {
    guard let first = nextAway, first < bound else { return bound }
    away.first = nil
    var reached = bound
    var left = most
    while let entry = next(.deadline), entry.moment < bound {
      guard left > 0 else {
        reached = entry.moment + TimeSpan(1)
        break
      }
      left -= 1
      away.passed(.deadline)
      bring(customerAt: entry.place)
    }
    left = most
    while let entry = next(.silence) {
      let moment = forgettingTime(silentSince: entry.moment)
      guard moment < reached else { break }
      guard left > 0 else {
        reached = moment + TimeSpan(1)
        break
      }
      left -= 1
      away.passed(.silence)
      who.bring(entry.place)
    }
    tellRecalled()
    return reached
  }

  /// When the first of those who are not in memory may be due; nil: nobody is.
  var nextAway: Moment? {
    guard who.hasAway, !who.hasLost else { return nil }
    if away.first == nil {
      let deadline = next(.deadline)?.moment ?? .distantFuture
      let silence = next(.silence).map { forgettingTime(silentSince: $0.moment) }
      away.first = min(deadline, silence ?? deadline)
    }
    return away.first.flatMap { $0 < .distantFuture ? $0 : nil }
  }

  /// The first entry of a calendar that is of nobody in memory.
  private func next(_ calendar: RowCalendar) -> RowEntry? {
    while let entry = entry(calendar) {
      guard isHere(entry.place) else { return entry }
      away.passed(calendar)
    }
    return nil
  }

  private func entry(_ calendar: RowCalendar) -> RowEntry? {
    guard let memory = who.memory else { return nil }
    do throws(MemoryFailure) { return try away.entry(calendar, memory) } catch {
      who.hasLost = true
      return nil
    }
  }

  private func isHere(_ place: RowPlace) -> Bool {
    if let row = WhoIsWho.household(of: place) { return who.household(ofRow: row) != 0 }
    return StateRow.customer(at: place).map { who.ids.find($0.rawValue) != nil } ?? true
  }

  /// Recalls the customer of a row with its household, where the row is still there and that is not in memory.
  func bring(customerAt place: RowPlace) {
    guard !isHere(place), let memory = who.memory, !who.hasLost else { return }
    do throws(MemoryFailure) {
      guard let value = try memory.value(place) else { return }
      do throws(RowDamage) {
        var row = RowReader(value)
        if let strongest = try Customer.Head(&row).face.strongest {
          _ = who.lookup(strongest.value, strongest.type.rawValue)
        }
      } catch { throw MemoryFailure() }
    } catch { who.hasLost = true }
  }

  /// Recalls whoever a suggestion was made for.
  func bring(holderOf suggestion: SuggestionID) { bring(named: Customer.mark(suggestion)) }

  /// Recalls whoever is known by an id, or was.
  func bring(_ id: CustomerID) {
    guard who.hasAway, who.lookup(id) == nil else { return }
    for shard in 0..<plan.processing.shards {
      bring(customerAt: StateRow.customer(id, on: ShardID(UInt16(shard)), nil).place)
    }
    if who.lookup(id) == nil { bring(named: Customer.mark(id)) }
  }

  private func bring(named name: UInt64) {
    guard who.hasAway, let memory = who.memory, !who.hasLost else { return }
    do throws(MemoryFailure) {
      for place in try memory.places(named: name) { bring(customerAt: place) }
    } catch { who.hasLost = true }
  }

  /// Does what was asked for of those who were recalled for a question from outside.
  func finishRecalling() {
    tellRecalled()
    runWorkers()
  }
}

/// How far the calendars of those who are not in memory were read.
struct AwayCalendars {
  private struct Page {
    var entries: [RowEntry] = []
    var at = 0
    var behind: RowEntry?
    var isLast = false
  }

  private var pages = Array(repeating: Page(), count: RowCalendar.allCases.count)
  /// When the first of all may be due; nil: that is not known at once.
  var first: Moment?
  /// What one customer took on average when some were let go of, in bytes.
  var bytesEach = 1_500

  private static let pageSize = 256

  /// The entry that is to be looked at next; nil: there is none.
  mutating func entry(
    _ calendar: RowCalendar, _ memory: any StateMemory
  ) throws(MemoryFailure) -> RowEntry? {
    let place = Int(calendar.rawValue) - 1
    if pages[place].at == pages[place].entries.count {
      guard !pages[place].isLast else { return nil }
      let behind = pages[place].entries.last ?? pages[place].behind
      let entries = try memory.entries(of: calendar, after: behind, atMost: Self.pageSize)
      pages[place] = Page(
        entries: entries, behind: behind, isLast: entries.count < Self.pageSize)
      guard !entries.isEmpty else { return nil }
    }
    return pages[place].entries[pages[place].at]
  }

  mutating func passed(_ calendar: RowCalendar) { pages[Int(calendar.rawValue) - 1].at += 1 }

  /// Others are not in memory now.
  mutating func beginAgain() {
    for place in pages.indices { pages[place] = Page() }
    first = nil
  }
}

// MARK: Workers

extension Worker {
  /// Takes a customer in from its row.
  func recall(_ ref: CustomerRef, _ id: CustomerID, _ shard: ShardID, _ value: [UInt8]) {
    do throws(RowDamage) {
      var customer = try Customer(decoding: value)
      (customer.shownAs, customer.id, customer.shard) = (id, id, shard)
      customer.marksTold = customer.marksDigest(at: .init(shard: shard, id: id))
      put(customer, as: ref)
    } catch { hasLost = true }
  }

  /// Whether a customer is as its row says.
  func canLetGo(_ ref: CustomerRef) -> Bool { !changed.contains(ref) && !rowless.contains(ref) }

  /// Forgets a customer who is as its row says, until it is recalled; the bytes that it took.
  func letGo(_ ref: CustomerRef) -> Int? {
    guard customers.contains(ref) else { return nil }
    let customer = customers.take(ref)
    for suggestion in customer.suggestions { holders[suggestion.id] = nil }
    return customer.memoryBytes
  }
}
