import JourneyModel
import KafkaClient

/// What the coordinator knows of one transactional id.
final class TransactionState {
  enum Stage { case empty, ongoing, ending(commits: Bool) }
  let id: String
  let producer: Int64
  var epoch: Int16 = -1
  var stage = Stage.empty
  var places: Set<TopicPartition> = []
  var hasOffsets = false
  /// Counts the transactions, so that a time-out knows its own.
  var number = 0
  var lastCommits = true
  /// Parts of the ending that are not written yet.
  var unwritten = 0

  init(_ id: String, producer: Int64) {
    self.id = id
    self.producer = producer
  }
}

/// The group's committed offsets with their notes, and those of transactions that have not ended.
struct GroupOffsets {
  struct Place: Equatable {
    var offset: Offset
    var note: String
  }
  private(set) var committed: [TopicPartition: Place] = [:]
  private(set) var pending: [Int64: [TopicPartition: Place]] = [:]
  /// Partitions whose offset went back.
  private(set) var setBack: [String] = []

  func isStable(_ places: [TopicPartition]) -> Bool {
    pending.values.allSatisfy { offsets in places.allSatisfy { offsets[$0] == nil } }
  }

  mutating func add(
    _ offsets: [TopicPartition: Offset], note: (place: TopicPartition, text: String)?,
    of producer: Int64
  ) {
    for (place, offset) in offsets {
      pending[producer, default: [:]][place] = Place(
        offset: offset, note: note.map { $0.place == place ? $0.text : "" } ?? "")
    }
  }

  mutating func finish(_ producer: Int64, commits: Bool) {
    guard let offsets = pending.removeValue(forKey: producer), commits else { return }
    for (place, new) in offsets {
      if let old = committed[place], new.offset < old.offset {
        setBack.append("\(place) from \(old.offset.rawValue) to \(new.offset.rawValue)")
      }
      committed[place] = new
    }
  }
}

extension Broker {
  enum Refusal: Error {
    /// Another has the id, or the time was over.
    case fenced
    /// The transaction before is still being ended.
    case busy
    case invalidState
    case unknownMember
    case illegalGeneration
  }

  /// How long a transaction may be open.
  static let transactionLimit = TimeSpan.seconds(10)

  /// Gives the id a new epoch; what its producer before has open is taken back first.
  func initialize(_ id: String) -> Result<(producer: Int64, epoch: Int16), Refusal> {
    let state: TransactionState
    if let known = transactions[id] {
      state = known
    } else {
      state = TransactionState(id, producer: nextProducer)
      nextProducer += 1
      transactions[id] = state
    }
    switch state.stage {
    case .ongoing:
      state.epoch += 1
      end(state, commits: false)
      return .failure(.busy)
    case .ending: return .failure(.busy)
    case .empty:
      state.epoch += 1
      return .success((state.producer, state.epoch))
    }
  }

  /// A producer of this epoch writes to these partitions next.
  func enlist(
    _ places: [TopicPartition], withOffsets: Bool = false, id: String, epoch: Int16
  ) -> Result<Void, Refusal> {
    guard let state = transactions[id], state.epoch == epoch else { return .failure(.fenced) }
    switch state.stage {
    case .ending: return .failure(.busy)
    case .empty:
      state.stage = .ongoing
      state.number += 1
      let number = state.number
      world.after(Self.transactionLimit) { [self] in
        guard state.number == number, case .ongoing = state.stage else { return }
        world.tell("the transaction of \(id) has taken too long")
        state.epoch += 1
        end(state, commits: false)
      }
    case .ongoing: break
    }
    state.places.formUnion(places)
    if withOffsets { state.hasOffsets = true }
    return .success(())
  }

  /// A producer's records come in.
  func produce(
    _ records: [(place: TopicPartition, key: [UInt8]?, value: [UInt8]?)], id: String, epoch: Int16
  ) -> Result<Void, Refusal> {
    switch enlist(records.map(\.place), id: id, epoch: epoch) {
    case .failure(let refusal): return .failure(refusal)
    case .success: break
    }
    guard let state = transactions[id] else { return .failure(.fenced) }
    for record in records {
      log(record.place)?.append(record.key, record.value, of: state.producer, at: world.wall)
    }
    return .success(())
  }

  /// Offsets that take effect with the transaction, of whom the group knows as a member of this generation.
  func addOffsets(
    _ offsets: [TopicPartition: Offset], note: (place: TopicPartition, text: String)?,
    member: String, generation: Int32, id: String, epoch: Int16
  ) -> Result<Void, Refusal> {
    switch enlist([], withOffsets: true, id: id, epoch: epoch) {
    case .failure(let refusal): return .failure(refusal)
    case .success: break
    }
    guard let state = transactions[id] else { return .failure(.fenced) }
    if let refusal = group.refusal(member: member, generation: generation) {
      return .failure(refusal)
    }
    self.offsets.add(offsets, note: note, of: state.producer)
    return .success(())
  }

  /// The producer wants its transaction ended.
  func end(_ id: String, epoch: Int16, commits: Bool) -> Result<Void, Refusal> {
    guard let state = transactions[id], state.epoch == epoch else { return .failure(.fenced) }
    switch state.stage {
    case .ending(commits): return .success(())
    case .ending: return .failure(.invalidState)
    case .empty: return state.lastCommits == commits ? .success(()) : .failure(.invalidState)
    case .ongoing:
      end(state, commits: commits)
      return .success(())
    }
  }

  /// From here on it is decided; the markers come to the partitions one by one.
  private func end(_ state: TransactionState, commits: Bool) {
    state.stage = .ending(commits: commits)
    state.lastCommits = commits
    endedAt = world.now
    world.tell("\(state.id) \(commits ? "commits" : "is taken back")")
    if commits,
      let note = offsets.pending[state.producer]?.values.first(where: { !$0.note.isEmpty })
    {
      // Who writes rows once more leaves the first line as it is.
      let mark = String(note.note.prefix { $0 != "\n" })
      if mark != committedNotes.last { committedNotes.append(mark) }
    }
    let places = state.places.sorted()
    let producer = state.producer
    let forgotten = forgets(places)
    if forgotten != nil { onForgetting(state.id) }
    state.unwritten = places.count + 1
    state.places = []
    for place in places {
      world.after(world.dice.span(0...12)) { [self] in
        if place != forgotten {
          log(place)?.finish(producer, commits: commits, at: world.wall)
        } else {
          world.tell("the end in \(place) is forgotten")
        }
        written(state)
      }
    }
    world.after(world.dice.span(0...12)) { [self] in
      offsets.finish(producer, commits: commits)
      written(state)
    }
  }

  private func forgets(_ places: [TopicPartition]) -> TopicPartition? {
    guard let topic = forgetsIn else { return nil }
    let candidates = places.filter { $0.topic == topic }
    guard !candidates.isEmpty else { return nil }
    forgetsIn = nil
    return world.dice.pick(candidates)
  }

  private func written(_ state: TransactionState) {
    state.unwritten -= 1
    if state.unwritten == 0 { state.stage = .empty }
  }
}
