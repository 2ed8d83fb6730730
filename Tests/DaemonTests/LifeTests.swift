import Foundation
import JourneyModel
import KafkaTesting
import Supervision
import Testing

/// A visit of the stage's rules.
func visit(_ customer: String, _ number: Int, at time: Int64, touchpoint: String = "visited")
  -> Made
{
  Made(
    customer,
    """
    {"id":"\(customer)-\(number)","time":"\(Moment(time).rfc3339)","touchpoint":"\(touchpoint)",\
    "channel":"web","identifiers":{"customer_id":"\(customer)"}}
    """)
}

extension DaemonSuites.Kafka43 {
  @Test func `a stop finishes the batch, commits, and ends with 0`() throws {
    let stage = try Stage(partitions: 2)
    defer { stage.removeFolder() }
    let start = SystemClock.now.milliseconds - 86_400_000
    try stage.write(
      (0..<100).flatMap { n in (0..<3).map { visit("C\(n)", $0, at: start + Int64($0)) } })
    let daemon = try DaemonProcess(try stage.configuration(stage.visits()), name: "stop")
    #expect(try stage.isAllRead())
    #expect(daemon.stop() == 0)
    #expect(daemon.events("stopped").count == 1)
    #expect(daemon.events("stopped").first?.contains("committed=true") == true)
    let made = try stage.read(stage.suggestions).compactMap { Suggested($0) }
    #expect(made.count { $0.rule == "greet" } == 100)
    #expect(Set(made.map(\.id)).count == made.count)
  }
}
