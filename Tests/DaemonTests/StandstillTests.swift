import JourneyModel
import Testing

@testable import JourneyRuntime

struct StandstillTests {
  @Test func `a standstill is told after a while, and again when it has doubled`() {
    var standstill = Standstill<Int>()
    let told = (0..<200).filter { second in
      let now = TimeSpan.seconds(Int64(second))
      return standstill.look(7, at: now, patience: .seconds(30)) != nil
    }
    #expect(told == [30, 60, 120])
  }

  @Test func `what moves, or is nowhere, stands still no more`() {
    var standstill = Standstill<Int>()
    for second in 0..<100 as Range<Int64> {
      let place = second == 50 ? nil : Int(second / 25)
      #expect(standstill.look(place, at: .seconds(second), patience: .seconds(25)) == nil)
    }
  }
}
