import JourneyModel
import Testing

@testable import JourneyRuntime

struct ClockTests {
  private let wall = Moment(1_000_000)

  @Test func `while records are left the clock is the least of the newest times read`() {
    var clock = DaemonClock()
    clock.hold(0, at: Moment(500))
    clock.hold(1, at: Moment(300))
    #expect(clock.reach(wall: wall) == Moment(300))
    #expect(clock.holder == 1)
    clock.hold(1, at: Moment(700))
    #expect(clock.reach(wall: wall) == Moment(500))
  }

  @Test func `a partition of which nothing was read lets no time pass`() {
    var clock = DaemonClock()
    clock.hold(0, at: Moment(500))
    clock.hold(1, at: nil)
    #expect(clock.reach(wall: wall) == nil)
    clock.move(to: Moment(400))
    #expect(clock.reach(wall: wall) == Moment(400))
  }

  @Test func `with everything read it is the wall clock, and one without a say never holds it`() {
    var clock = DaemonClock()
    clock.hold(0, at: Moment(500))
    clock.release(1)
    #expect(!clock.isFree)
    clock.release(0)
    #expect(clock.isFree)
    #expect(clock.reach(wall: wall) == wall)
    #expect(clock.holder == nil)
  }

  @Test func `it never moves backwards, neither for old records nor for a wall clock set back`() {
    var clock = DaemonClock(now: Moment(900))
    clock.hold(0, at: Moment(100))
    #expect(clock.reach(wall: wall) == Moment(900))
    clock.release(0)
    #expect(clock.reach(wall: Moment(800)) == Moment(900))
    clock.move(to: Moment(700))
    #expect(clock.now == Moment(900))
  }
}
