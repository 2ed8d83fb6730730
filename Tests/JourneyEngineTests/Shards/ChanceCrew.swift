import Foundation
import Synchronization

@testable import JourneyEngine

/// Runs workers on one thread, a few messages of one at a time, in an order by chance.
final class ChanceCrew: Crew {
  let count: Int
  private var dice: Dice
  /// How often a worker had to wait for another.
  private(set) var waits = 0

  init(_ count: Int, _ dice: Dice) {
    self.count = count
    self.dice = dice
  }

  func run(_ step: @escaping @Sendable (Int) -> CrewStanding) {
    var left = Array(0..<count)
    while !left.isEmpty {
      let worker = dice.pick(left)
      switch step(worker) {
      case .finished: left.removeAll { $0 == worker }
      case .hasMore: break
      case .isWaiting: waits += 1
      }
    }
  }
}

/// Runs workers on threads, new ones for every run.
final class FreshThreads: Crew {
  let count: Int
  init(_ count: Int) { self.count = count }

  func run(_ step: @escaping @Sendable (Int) -> CrewStanding) {
    // One each, whatever the machine: one that waits must not keep another from beginning.
    let group = DispatchGroup()
    for index in 0..<count {
      group.enter()
      Thread.detachNewThread {
        while step(index) != .finished { sched_yield() }
        group.leave()
      }
    }
    group.wait()
  }
}
