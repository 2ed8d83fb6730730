import JourneyModel

/// Runs workers beside one another.
package protocol Crew: AnyObject {
  /// Workers, at least one.
  var count: Int { get }

  /// Calls `step` for each number below ``count``, again and again until it answers ``CrewStanding/finished`` for
  /// all of them: those of different numbers in any interleaving, on any threads, those of one number one after
  /// the other. Returns when all are finished. One that is waiting goes on once another has gone on.
  func run(_ step: @escaping @Sendable (Int) -> CrewStanding)
}

/// How far one of a crew has come.
package enum CrewStanding: Sendable { case finished, hasMore, isWaiting }

/// Interactions that are taken together, so that workers have something to do beside one another.
struct Group {
  struct Entry {
    let box = InteractionBox()
    var clock = Moment(0)
    var expiredBy = Moment.distantPast
  }

  /// Their places are used again.
  private(set) var entries: [Entry] = []
  private(set) var count = 0
  /// Somebody was forgotten since duplicates were asked for.
  var hasForgotten = false

  var isEmpty: Bool { count == 0 }
  var isFull: Bool { count >= Limits.interactionsPerGroupMax }

  mutating func append(_ interaction: Interaction, at clock: Moment, expiredBy: Moment) {
    if count == entries.count { entries.append(Entry()) }
    entries[count].box.interaction.fill(from: interaction)
    entries[count].clock = clock
    entries[count].expiredBy = expiredBy
    count += 1
  }

  mutating func removeAll() { count = 0 }
}

// With several workers: what is known already is asked for the whole group, then who is who is worked out in order,
// then the workers decide beside one another.
extension Engine {
  func addToGroup(_ interaction: Interaction, at clock: Moment) -> Verdict {
    if who.isErased(interaction) { return .rejected(Self.erasedBefore) }
    // Of what is to be forgotten nothing may be asked beforehand.
    if interaction.erase { finishGroup() }
    group.append(interaction, at: clock, expiredBy: expiredBy)
    if interaction.erase || group.isFull { finishGroup() }
    return .accepted
  }

  /// Has everything that was handed over take effect.
  package func finishGroup() {
    guard !group.isEmpty else { return }
    let outer = expiredBy
    var start = 0
    while start < group.count { start = take(from: start) }
    // Deadlines of customers that had no message.
    for worker in workers.indices { post(.advance(atMost: .max), to: worker) }
    runWorkers()
    group.removeAll()
    expiredBy = outer
  }

  /// Takes interactions from one on, up to one that may be the same as another of them; returns where to go on.
  private func take(from start: Int) -> Int {
    let end = ask(from: start)
    let duplicates = takeAnswers()
    for index in start..<end {
      let entry = group.entries[index]
      expiredBy = entry.expiredBy
      begin(entry.clock - plan.time.grace)
      sequence(
        entry.box, at: entry.clock,
        isDuplicate: isKnown(entry, as: duplicates.contains(index)))
    }
    runWorkers()
    return end
  }

  /// Asks of each whether it has come before; up to where the answer could change by one of the same group.
  private func ask(from start: Int) -> Int {
    who.beginQuestion()
    group.hasForgotten = false
    bound = .distantPast
    var seen: Set<UInt64> = []
    for index in start..<group.count {
      let entry = group.entries[index]
      let interaction = entry.box.interaction
      if interaction.isContact, !interaction.isReceipt,
        !seen.insert(Self.mark(interaction)).inserted
      {
        return index
      }
      guard let known = question(interaction) else { continue }
      post(
        .question(index, entry.box, known.customer, known.stem, at: entry.clock),
        to: worker(of: known.customer))
    }
    return group.count
  }

  private func takeAnswers() -> Set<Int> {
    runWorkers()
    var answers: Set<Int> = []
    for worker in workers where !worker.duplicates.isEmpty {
      answers.formUnion(worker.duplicates)
      worker.duplicates.removeAll(keepingCapacity: true)
    }
    return answers
  }

  /// What was answered is asked again where who is who has changed around it since.
  private func isKnown(_ entry: Group.Entry, as answered: Bool) -> Bool {
    let hasRun = who.hasRun(for: entry.box.interaction)
    guard answered ? hasRun || group.hasForgotten : hasRun && isAsked(entry) else {
      return answered
    }
    runWorkers()
    guard let known = question(entry.box.interaction) else { return false }
    runWorkers()
    return workers[worker(of: known.customer)].isKnown(
      entry.box.interaction, known.customer, known.stem, at: entry.clock)
  }

  private func isAsked(_ entry: Group.Entry) -> Bool { question(entry.box.interaction) != nil }

  /// The same for records that can be the same: source, id and strongest identifier.
  private static func mark(_ interaction: Interaction) -> UInt64 {
    interaction.bytes.withUnsafeBufferPointer { bytes in
      var mark = stableHash(UnsafeBufferPointer(rebasing: bytes[interaction.id.range]))
      mark = mark &* 31 &+ UInt64(interaction.source.rawValue)
      if let strongest = interaction.identifiers.first {
        mark =
          mark &* 31 &+ stableHash(UnsafeBufferPointer(rebasing: bytes[strongest.value.range]))
      }
      return mark
    }
  }

  /// Lets all workers do what they were told, and gathers what comes of it, in the order of the sequence.
  func runWorkers() {
    guard let crew else { return }
    guard workers.contains(where: { !$0.inbox.isEmpty }) else { return }
    let team = Team(workers)
    crew.run { team.step($0) }
    gatherEffects()
  }

  private func gatherEffects() {
    let logs = [log] + workers.map(\.log)
    // Each is in order by itself; the earlier one's come first where the numbers are the same.
    var merged: [(number: Int, log: Int, at: Int)] = []
    for (place, log) in logs.enumerated() {
      for at in log.effects.indices { merged.append((log.numbers[at], place, at)) }
    }
    merged.sort { ($0.number, $0.log, $0.at) < ($1.number, $1.log, $1.at) }
    for each in merged { ready.append(logs[each.log].effects[each.at]) }
    for log in logs { log.removeAll() }
  }
}

/// The workers as the crew's threads see them: each is touched by one at a time.
private final class Team: @unchecked Sendable {
  private let workers: [Worker]
  init(_ workers: [Worker]) { self.workers = workers }
  func step(_ index: Int) -> CrewStanding { workers[index].step() }
}
