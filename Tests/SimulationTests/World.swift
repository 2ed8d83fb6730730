import CFibers
import JourneyModel

/// A small, fast generator: the same numbers for the same seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }
  /// Whether one of `n` equally likely things happens.
  mutating func oneIn(_ n: Int) -> Bool { next() % UInt64(n) == 0 }
  mutating func pick<T>(_ choices: [T]) -> T { choices[number(0...choices.count - 1)] }
  mutating func span(_ range: ClosedRange<Int>) -> TimeSpan { TimeSpan(Int64(number(range))) }
}

/// Virtual time, and everything that happens in it, one thing after the other on one thread.
///
/// What falls on the same moment happens in an order of the dice's choice.
final class World {
  private struct Happening {
    var time: TimeSpan
    var order: UInt64
    var action: () -> Void
    func comes(before other: Happening) -> Bool {
      (time, order) < (other.time, other.order)
    }
  }

  var dice: Dice
  /// Since the beginning of the world.
  private(set) var now = TimeSpan.zero
  /// The wall clock at the beginning.
  let birth = Moment(1_900_000_000_000)
  /// A heap: each happening comes before the two below it.
  private var ahead: [Happening] = []
  /// Prints what happens, for whoever looks into a seed.
  let tells: Bool

  init(seed: UInt64, tells: Bool = false) {
    dice = Dice(seed)
    self.tells = tells
  }

  var wall: Moment { birth + now }

  func tell(_ text: @autoclosure () -> String) {
    if tells { print(now.milliseconds, text()) }
  }

  /// Has something happen after a while.
  func after(_ span: TimeSpan, _ action: @escaping () -> Void) {
    ahead.append(Happening(time: now + max(.zero, span), order: dice.next(), action: action))
    var child = ahead.count - 1
    while child > 0, ahead[child].comes(before: ahead[(child - 1) / 2]) {
      ahead.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Lets things happen until it is over, or nothing is left to happen; false where the time was over before.
  func run(until limit: TimeSpan, _ isOver: () -> Bool) -> Bool {
    while !isOver() {
      guard let next = ahead.first, next.time <= limit else { return false }
      removeFirst()
      now = max(now, next.time)
      next.action()
    }
    return true
  }

  /// Nothing is to happen any more.
  func end() { ahead.removeAll() }

  private func removeFirst() {
    let last = ahead.removeLast()
    guard !ahead.isEmpty else { return }
    ahead[0] = last
    var place = 0
    while true {
      var first = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < ahead.count && ahead[child].comes(before: ahead[first]) {
        first = child
      }
      guard first != place else { return }
      ahead.swapAt(place, first)
      place = first
    }
  }
}

/// What runs like a thread, and stands still whenever it waits.
final class Fiber {
  private static let stackBytes = 1 << 20
  private var handle: OpaquePointer?
  private var body: (() -> Void)?
  private(set) var hasEnded = false
  /// Counts the pauses: a wake that was meant for an earlier one is none.
  private(set) var pauses = 0

  init(_ body: @escaping () -> Void) {
    self.body = body
    handle = fiber_make(
      Self.stackBytes,
      { context in
        guard let context else { return }
        Unmanaged<Fiber>.fromOpaque(context).takeUnretainedValue().work()
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    precondition(hasEnded, "a fiber is run to its end")
  }

  /// Runs it until it pauses or ends.
  func enter() {
    guard let handle, !hasEnded else { return }
    if fiber_enter(handle) { return }
    hasEnded = true
    fiber_free(handle)
    self.handle = nil
  }

  /// Stands still until it is entered again; on the fiber itself.
  func pause() {
    guard let handle else { return }
    pauses += 1
    fiber_pause(handle)
  }

  private func work() {
    body?()
    body = nil
  }
}
