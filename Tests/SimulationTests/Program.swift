import JourneyModel
import KafkaClient

/// What a daemon does when it is killed.
enum Point: String, CaseIterable {
  /// It asks for topics, ends or offsets.
  case question
  /// Its producer takes the transactional id over.
  case initialization
  /// Records of a transaction are written, all or a part of them.
  case production
  /// Offsets are added to a transaction.
  case offsets
  case commit
  case abort
  /// An interaction is passed.
  case record
  /// A row of the state is passed, at a beginning or standing by.
  case reading
  /// Rows come to the copy of the state.
  case copying
  /// The copy is made to last.
  case settling
  /// It joins the group, or gets the lead.
  case join
}

/// When a daemon is killed: before something takes effect, or after it did and before the daemon knows.
struct Moments: Hashable, CustomStringConvertible {
  enum Part: String, CaseIterable { case before, after }
  var point: Point
  var part: Part
  var description: String { "\(part) \(point)" }

  /// All that there are; a record is passed in one go.
  static let all: [Moments] = Point.allCases.flatMap { point -> [Moments] in
    switch point {
    case .record, .reading: [Moments(point: point, part: .before)]
    case .question, .initialization, .production, .offsets, .commit, .abort, .copying, .settling,
      .join:
      Part.allCases.map { Moments(point: point, part: $0) }
    }
  }
}

/// One run of a daemon on its machine, with what it has in memory; ends by being killed or stopped.
final class Program {
  let world: World
  let name: String
  /// Everything that it asks of Kafka ends in nothing, and nothing it does has an effect any more.
  private(set) var isDead = false
  /// It stands still, and does not know it.
  private(set) var isFrozen = false
  /// Nothing that it sends arrives.
  var isCut = false
  /// It was asked to end.
  var isStopping = false {
    didSet { wake() }
  }
  /// How long one way to the broker takes, in milliseconds.
  var distance = 1...8
  /// Of so many ends of transactions the answer to one is lost, or the question.
  var losesOneIn = Int.max
  /// Of so many writes one is refused.
  var failsOneIn = Int.max
  /// Burns down when it comes to a point for the nth time.
  var fuse: (at: Moments, count: Int)?
  /// What the fuse sets off instead of killing it.
  var onFuse: (() -> Void)?
  var onDeath: (Moments?) -> Void = { _ in }
  var onEnd: () -> Void = {}
  private var fibers: [Fiber] = []
  /// Those that nobody waits for any more.
  private var left: [Fiber] = []
  /// How often one of them came to the copy of the state all the same.
  private(set) var trespasses = 0
  private var current: Fiber?
  private var frozen: [(Fiber, pauses: Int)] = []
  private var hasWake = false
  private var waiting: (fiber: Fiber, pauses: Int)?

  init(_ world: World, _ name: String) {
    self.world = world
    self.name = name
  }

  var hasEnded: Bool { fibers.allSatisfy(\.hasEnded) }

  func kill(at moments: Moments? = nil) {
    guard !isDead else { return }
    isDead = true
    world.tell("\(name) is killed \(moments.map { "\($0)" } ?? "")")
    onDeath(moments)
    isFrozen = false
    frozen = []
    for fiber in fibers where fiber !== current { resume(fiber, fiber.pauses, after: .zero) }
  }

  /// As SIGSTOP.
  func freeze() { isFrozen = true }

  /// As SIGCONT.
  func thaw() {
    isFrozen = false
    let left = frozen
    frozen = []
    for (fiber, pauses) in left { resume(fiber, pauses, after: .zero) }
  }

  /// It comes to a point at which it may be killed.
  func pass(_ point: Point, _ part: Moments.Part) {
    if point == .copying, left.contains(where: { $0 === current }) { trespasses += 1 }
    guard var fuse, fuse.at == Moments(point: point, part: part) else { return }
    fuse.count -= 1
    self.fuse = fuse.count > 0 ? fuse : nil
    guard fuse.count <= 0 else { return }
    if let onFuse { onFuse() } else { kill(at: fuse.at) }
  }

  /// Runs something like a thread of this program.
  @discardableResult
  func start(_ body: @escaping () -> Void) -> Fiber {
    let fiber = Fiber(body)
    fibers.append(fiber)
    resume(fiber, fiber.pauses, after: .zero)
    return fiber
  }

  /// Nobody waits for this one any more.
  func leave(_ fiber: Fiber) { left.append(fiber) }

  /// Lets time pass; none for the dead, but others have their turn.
  func sleep(_ span: TimeSpan) {
    guard let fiber = current else { return }
    resume(fiber, fiber.pauses + 1, after: isDead ? .zero : span)
    pause(fiber)
  }

  private func pause(_ fiber: Fiber) {
    fiber.pause()
    current = fiber
  }

  private func resume(_ fiber: Fiber, _ pauses: Int, after span: TimeSpan) {
    world.after(span) { [self] in
      guard fiber.pauses == pauses, !fiber.hasEnded else { return }
      if isFrozen {
        frozen.append((fiber, pauses))
        return
      }
      current = fiber
      fiber.enter()
      current = nil
      fibers.removeAll { $0.hasEnded }
    }
  }
}

extension Program: Waiter, @unchecked Sendable {
  // All of a world is used by one thread.
  func wake() {
    hasWake = true
    if let (fiber, pauses) = waiting { resume(fiber, pauses, after: .zero) }
  }

  func wait(upTo span: TimeSpan) -> Bool {
    if hasWake {
      hasWake = false
      sleep(.zero)
      return true
    }
    guard let fiber = current else { return false }
    waiting = (fiber, fiber.pauses + 1)
    sleep(span)
    waiting = nil
    defer { hasWake = false }
    return hasWake
  }
}

extension Program {
  /// Why something asked of Kafka was not answered.
  enum Silence: Error {
    case dead
    /// The time was over; nobody knows whether it took effect.
    case timeOver
  }

  /// Asks the broker something: the way there, the effect, the way back; on each the program can be killed or cut off.
  func ask<R>(
    _ point: Point, _ broker: Broker, until deadline: TimeSpan, _ effect: () -> R
  ) throws(Silence) -> R {
    pass(point, .before)
    try travel(broker, until: deadline)
    let answer = effect()
    pass(point, .after)
    try travel(broker, until: deadline)
    return answer
  }

  private func travel(_ broker: Broker, until deadline: TimeSpan) throws(Silence) {
    sleep(world.dice.span(distance))
    while !isDead, isCut || broker.isAway {
      guard world.now < deadline else { throw .timeOver }
      sleep(min(TimeSpan(100), max(TimeSpan(1), deadline - world.now)))
    }
    if isDead { throw .dead }
  }
}
