internal import JourneyEngine
internal import JourneyModel
internal import KafkaClient
internal import StateStore
internal import Supervision

/// Keeps this daemon's copy of the state: tails the topic while another is active, and takes over what is
/// committed while it is.
final class StateKeeper {
  /// Nil where the state is kept in memory only.
  let topic: StateTopic?
  private(set) var store: any StateStore
  private let cluster: Cluster
  private let disk: any StateDisk
  private let notifier: Notifier
  private let log: Log
  private let directory: StateDirectory
  private let cacheBytes: Int
  private var tail: StateTail?
  private var settledAt: TimeSpan
  private let wall: () -> Moment
  private let monotonic: () -> TimeSpan
  /// What the engine of this turn recalls from.
  private var memory: StoredMemory?

  /// How often the copy's positions move on.
  private static let settleEvery = TimeSpan.minutes(1)

  init(
    _ topic: StateTopic?, directory: StateDirectory, cacheBytes: Int, cluster: Cluster,
    log: Log, options: Daemon.Options
  ) throws(Failure) {
    wall = options.wall
    monotonic = options.monotonic
    disk = options.disk
    notifier = options.notifier
    settledAt = options.monotonic()
    self.topic = topic
    self.cluster = cluster
    self.log = log
    self.directory = directory
    self.cacheBytes = cacheBytes
    store = MemoryStore { $0.marks }
    guard topic != nil else { return }
    try open()
    // Deletions that it has not heard of may be told of no more.
    if let settledAt = store.settledAt, wall() - settledAt > StateTopic.awayMax {
      do throws(Setback) { try rebuild("it was away for too long") } catch {
        throw Self.failure("it was away for too long, and cannot be made anew")
      }
    }
  }

  /// While another is active: takes what it has committed.
  func follow() throws(Setback) {
    guard topic != nil else { return }
    let tail = try openTail()
    var rounds = 0
    while rounds < 20, try take(tail) { rounds += 1 }
    if tail.isTorn { return try rebuild("rows that it needs are no longer in the topic") }
    try settleIfDue { tail.positions }
  }

  /// Reads up to the true end, that of open transactions too; the copy is whole afterwards. Returns how many rows
  /// it read for that.
  ///
  /// - Parameter proof: for what is to be ended or written before it is.
  @discardableResult
  func catchUp(
    as proof: LeadProof, _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) -> Int {
    guard let topic else { return 0 }
    let begun = monotonic()
    let ends = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try cluster.admin.ends(of: topic.places, within: Cluster.answerLimit)
    }
    try refuseShorter(ends)
    var tail = try openTail()
    var toldAt = begun
    var movedAt = begun
    var rowsRead = tail.rowsRead
    while tail.missing(ends) > 0 {
      let hasMore = try take(tail)
      if tail.rowsRead > rowsRead { (rowsRead, movedAt) = (tail.rowsRead, monotonic()) }
      if monotonic() - movedAt >= HangingTransaction.patience {
        movedAt = monotonic()
        try end(tail, before: ends, as: proof, goesOn)
      }
      if tail.isTorn {
        try rebuild("rows that it needs are no longer in the topic")
        tail = try openTail()
      }
      try goesOn()
      let now = monotonic()
      if now - toldAt >= .seconds(2) {
        toldAt = now
        tell(topic.partitions - tail.missing(ends), of: topic.partitions)
      }
      if !hasMore { cluster.kafka.waiter.wait(upTo: TimeSpan(50)) }
    }
    try settle(tail.positions)
    // What this daemon writes itself need not be read.
    self.tail = nil
    return tail.rowsRead
  }

  /// Ends a transaction whose producer is gone and which the broker does not end, then has all begun again.
  private func end(
    _ tail: StateTail, before ends: [TopicPartition: Offset], as proof: LeadProof,
    _ goesOn: () throws(Setback) -> Void
  ) throws(Setback) {
    let held = try cluster.patiently(goesOn) { () throws(KafkaError) in
      try tail.held(before: ends)
    }
    guard let first = held.keys.min() else { return }
    log(
      .transactionStuck(
        topic: first.topic, partition: Int(first.partition), span: HangingTransaction.patience))
    self.tail = nil
    let hanging = HangingTransaction(
      cluster: cluster, monotonic: monotonic, wall: wall, proof: proof)
    try hanging.end(held, goesOn)
    throw .beginAgain("a transaction that its producer has left open was ended")
  }

  /// These rows were committed.
  func take(_ rows: [StateRow]) throws(Setback) {
    try storing { () throws(StoreFailure) in try store.apply(rows) }
    guard topic != nil else { return }
    try settleIfDue { () throws(Setback) in ends() }
  }

  /// Makes the copy last, before the process ends. Throws where it cannot be written, which loses nothing: its rows
  /// are in Kafka.
  ///
  /// - Parameter isWhole: this daemon has just committed, so that nobody else has written.
  func close(isWhole: Bool) throws(Failure) {
    do throws(Setback) {
      if let tail { try settle(tail.positions) } else if isWhole { try settle(ends()) }
    } catch {
      // One that was damaged was made anew, which the log tells.
      if case .failed(let failure) = error { throw failure }
    }
  }

  /// Between two commits everything that this daemon wrote is below these; none where they are not told in time.
  private func ends() -> [Int32: Offset] {
    guard let topic else { return [:] }
    do throws(KafkaError) {
      var positions: [Int32: Offset] = [:]
      for (place, end) in try cluster.admin.ends(of: topic.places, within: .seconds(2)) {
        positions[place.partition] = end
      }
      return positions
    } catch { return [:] }
  }

  /// Goes on from a copy from which something could not be recalled.
  func recoverRecall() throws(Setback) {
    try recover(memory?.failure ?? .damaged("a row that is needed is not there"))
    throw .beginAgain("the copy of the state was made anew")
  }

  /// All rows of the copy but those of households and customers.
  func commonRows() throws(Setback) -> [StateRow] {
    var rows: [StateRow] = []
    try storing { () throws(StoreFailure) in rows = try store.commonRows() }
    return rows
  }

  /// All rows of the copy.
  func allRows() throws(Setback) -> [StateRow] {
    var rows: [StateRow] = []
    try storing { () throws(StoreFailure) in rows = try store.rows() }
    return rows
  }

  /// What an engine recalls households and customers from. The copy is not replaced while it does.
  func makeMemory() throws(Setback) -> StoredMemory {
    try storing { () throws(StoreFailure) in try store.makeFindable() }
    let memory = StoredMemory(of: store)
    self.memory = memory
    return memory
  }

  /// Whether there are rows that this release cannot read.
  func hasUnreadable() throws(Setback) -> Bool {
    var found: [RowEntry] = []
    try storing { () throws(StoreFailure) in
      found = try store.entries(of: .unreadable, after: nil, atMost: 1)
    }
    return !found.isEmpty
  }

  private func openTail() throws(Setback) -> StateTail {
    if let tail { return tail }
    guard let topic else { throw .beginAgain("there is no state topic") }
    do throws(KafkaError) {
      let made = try StateTail(topic, cluster.kafka, store: store)
      tail = made
      return made
    } catch { throw .beginAgain(error.description) }
  }

  private func take(_ tail: StateTail) throws(Setback) -> Bool {
    do throws(TailFailure) { return try tail.take() } catch {
      switch error {
      case .kafka(let error):
        self.tail = nil
        throw .beginAgain(error.description)
      case .store(let failure):
        try recover(failure)
        throw .beginAgain("the copy of the state was made anew")
      }
    }
  }

  /// A topic that ends before the copy does is another one.
  private func refuseShorter(_ ends: [TopicPartition: Offset]) throws(Setback) {
    for (place, end) in ends {
      if let position = store.positions[place.partition], end < position {
        return try rebuild("the state topic is another one than it was made from")
      }
    }
  }

  private func tell(_ done: Int, of all: Int) {
    log(.stateRestoring(partition: done, partitions: all))
    notifier.extendTimeout(
      microseconds: 30_000_000, status: "Restoring \(done)/\(all) partitions of the state")
  }
}

// MARK: The copy on disk

extension StateKeeper {
  private var path: String { StateDirectory.copy(in: directory.path) }

  private func open() throws(Failure) {
    guard let topic else { return }
    var again = false
    while true {
      do throws(StoreFailure) {
        store = try disk.open(
          path, owner: topic.name, marks: { $0.marks },
          cacheBytes: cacheBytes / Limits.copyCacheShare)
        return
      } catch {
        switch error {
        case .unwritable(let words): throw Self.failure(words)
        case .damaged(let words):
          guard !again else { throw Self.failure(words) }
          again = true
          log(.stateRebuilt(directory: path, reason: words))
          do throws(StoreFailure) { try disk.delete(path) } catch {
            throw Self.failure("\(error)")
          }
        }
      }
    }
  }

  private static func failure(_ words: String) -> Failure {
    Failure(
      .stateNotWritten, "the copy of the state cannot be written: \(words)",
      cure: "make room in state.directory, or delete its folder “rows”: it is filled from Kafka")
  }

  private func rebuild(_ reason: String) throws(Setback) {
    log(.stateRebuilt(directory: path, reason: reason))
    tail = nil
    do throws(StoreFailure) { try store.removeAll() } catch {
      throw .failed(Self.failure("\(error)"))
    }
  }

  private func recover(_ failure: StoreFailure) throws(Setback) {
    switch failure {
    case .unwritable(let words): throw .failed(Self.failure(words))
    case .damaged(let words): try rebuild(words)
    }
  }

  private func storing(_ body: () throws(StoreFailure) -> Void) throws(Setback) {
    do throws(StoreFailure) { try body() } catch {
      try recover(error)
      throw .beginAgain("the copy of the state was made anew")
    }
  }

  private func settleIfDue(
    _ positions: () throws(Setback) -> [Int32: Offset]
  ) throws(Setback) {
    guard monotonic() - settledAt >= Self.settleEvery else { return }
    try settle(try positions())
  }

  private func settle(_ positions: [Int32: Offset]) throws(Setback) {
    settledAt = monotonic()
    guard !positions.isEmpty else { return }
    try storing { () throws(StoreFailure) in try store.settle(positions, at: wall()) }
  }
}
