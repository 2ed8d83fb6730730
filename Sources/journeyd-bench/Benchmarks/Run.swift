import JourneyModel
import KafkaClient
import Supervision

extension Benchmark {
  static let run = Benchmark(
    name: "run", summary: "The daemon on a real broker against reading alone.",
    options: BankTopic.options(events: 1_000_000, customers: 100_000), quick: nil
  ) { values throws(Failure) in
    let topic = try BankTopic(values)
    let reading = try (0..<3).map { _ throws(Failure) in try topic.read() }
    let alone = Pace(median: reading)
    var report = Report(
      "Run: \(grouped(topic.events)) interactions on \(BankTopic.partitions) partitions of a real"
        + " broker",
      columns: ["what", "outputs", "records/s", "CPU ns per record", "CPU against reading"])
    report.row("reading alone", "", grouped(alone.rate), grouped(alone.cpu), ratio(1))
    var ratios: [String] = []
    for guarantee in [ProcessingPlan.Guarantee.exactlyOnce, .atLeastOnce] {
      for isFull in [false, true] {
        let outputs = isFull ? "all" : "suggestions"
        let pace = try topic.work(
          topic.plan("\(guarantee.rawValue).\(outputs)", guarantee, isFull: isFull))
        report.row(
          guarantee.rawValue, outputs, grouped(pace.rate), grouped(pace.cpu),
          ratio(pace.cpu / alone.cpu))
        ratios.append("\(guarantee.rawValue) (\(outputs)) \(ratio(pace.rate / alone.rate))")
      }
    }
    report.note("reading alone: the same client in the same process, medians of 3")
    report.note("run against reading alone: " + ratios.joined(separator: ", "))
    report.print()
  }
}
