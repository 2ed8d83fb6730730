import JourneyModel
import Testing

@testable import Supervision

@Test func `a percentile is off by less than one part in a hundred`() {
  let seed = UInt64.random(in: 0 ... .max)
  var generator = SplitMix(state: seed)
  for round in 0..<20 {
    var histogram = Histogram()
    let bits = UInt64.random(in: 1...39, using: &generator)
    var values = (0..<2_000).map { _ in Int64.random(in: 0...(1 << Int64(bits)), using: &generator)
    }
    for value in values { histogram.record(value) }
    values.sort()
    for share in [0.0, 0.01, 0.5, 0.9, 0.99, 1.0] {
      let exact = Double(values[max(0, Int((Double(values.count) * share).rounded(.up)) - 1)])
      let told = histogram.percentile(share) ?? -1
      #expect(abs(told - exact) <= exact * 0.01, "seed \(seed), round \(round), share \(share)")
    }
  }
}

@Test func `a histogram takes what is out of bounds and merges`() {
  var histogram = Histogram()
  #expect(histogram.percentile(0.5) == nil)
  histogram.record(-5)
  histogram.record(.max)
  var other = Histogram()
  other.record(10)
  histogram.merge(other)
  #expect(histogram.count == 3)
  #expect(histogram.percentile(0) == 0)
  #expect(histogram.percentile(0.5) == 10)
  #expect((histogram.percentile(1) ?? 0) >= Double(1 << 40))
  histogram.removeAll()
  #expect(histogram.count == 0 && histogram.percentile(1) == nil)
}

@Test func `the stats line is the documented one`() {
  var stats = Stats()
  stats.read = 182_340
  stats.duplicates = 3
  stats.rejected = 12
  stats.late = 801
  stats.evicted = 17
  stats.merges = 17
  stats.made = 982
  stats.withdrawn = 4
  stats.refusals[.pressure] = 1_201
  stats.refusals[.consent] = 330
  stats.refusals[.quietHours] = 75
  stats.commits = 598
  for _ in 0..<98 { stats.latency.record(799) }
  for _ in 0..<2 { stats.latency.record(6_100) }
  let line = stats.line(
    interval: .seconds(60),
    .init(
      config: "9f31c2", customers: 40_211, lag: 512, clockBehind: .zero, stateBytes: 310_000_000,
      residentBytes: 312_400_000))
  let text = LogLine.text(
    LogEvent.stats(line).entry, at: Moment(0), shape: LogShape(.logfmt, forJournal: true))
  #expect(
    text == "<6>event=stats interval=60s config=9f31c2 in=182340 duplicates=3 skipped=0 rejected=12"
      + " late=801 evicted=17 customers=40211 merges=17 made=982 withdrawn=4 refused.consent=330"
      + " refused.pressure=1201 refused.quiet_hours=75 lag=512 clock_behind=0s p50_ms=0.8 p99_ms=6.1"
      + " commits=598 state_mb=310 rss_mb=312\n")
  stats.reset()
  #expect(stats.read == 0 && stats.refusals == Refusals() && stats.latency.count == 0)
}

@Test func `a rule's line tells what became of its suggestions`() {
  var stats = SuggestionStats(name: "mortgage_article")
  stats.made = 311
  stats.control = 16
  stats[.sent] = 280
  stats[.clicked] = 31
  stats.refusals[.pressure] += 88
  let text = LogLine.text(
    LogEvent.suggestionStats(stats, interval: .hours(1)).entry, at: Moment(0),
    shape: LogShape(.logfmt, forJournal: true))
  #expect(
    text == "<6>event=suggestion_stats interval=1h name=mortgage_article made=311 control=16"
      + " withdrawn=0 sent=280 failed=0 clicked=31 refused.pressure=88\n")
}

@Test func `a mean of nothing is left out`() {
  var stats = TouchpointStats(name: "service_call", channel: "phone", phase: .after)
  stats.count = 3
  let shape = LogShape(.logfmt, forJournal: true)
  func text() -> String {
    LogLine.text(
      LogEvent.touchpointStats(stats, interval: .hours(1)).entry, at: Moment(0), shape: shape)
  }
  #expect(text().hasSuffix("phase=after n=3\n"))
  stats.satisfaction.add(-0.5)
  stats.satisfaction.add(0.08)
  #expect(text().hasSuffix("n=3 satisfaction=-0.21\n"))
}

@Test func `a refusal is counted at its gate`() {
  #expect(Gate(refusal: "pressure:emails_weekly") == .pressure)
  #expect(Gate.allCases.map { Gate(refusal: $0.rawValue) } == Gate.allCases)
  #expect(Gate(refusal: "weather") == nil)
}

/// SplitMix64, so that a run can be had again from its seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
