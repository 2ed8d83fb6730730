import EventFormats
import JourneyModel
import Supervision

extension Benchmark {
  static let formats = Benchmark(
    name: "formats", summary: "Reading a record of each format.",
    options: [
      Option("records", "100000", "Records of a run."), Option("runs", "5", runs.about),
    ], quick: [:]
  ) { values throws(Failure) in
    let (records, runs) = (try values.number("records"), try values.number("runs"))
    var report = Report(
      "Formats: reading one record again and again",
      columns: ["format", "bytes", "ns", "ns per byte", "records/s"])
    var perByte: [(name: String, value: Double)] = []
    for sample in FormatSample.all {
      let cost = try sample.cost(records: records, runs: runs)
      let each = cost / Double(sample.text.utf8.count)
      perByte.append((sample.name, each))
      report.row(
        sample.name, grouped(sample.text.utf8.count), grouped(cost), ratio(each),
        grouped(1e9 / cost))
    }
    let native = perByte.first?.value ?? 1
    let ratios = perByte.dropFirst().map { "\($0.name) \(ratio($0.value / native))" }
    report.note("per byte against the native format: " + ratios.joined(separator: ", "))
    report.print()
  }
}

/// One record as a format's users write it, and the source that reads it.
private struct FormatSample {
  var name: String
  var format: SourcePlan.Format
  var text: String

  /// Nanoseconds per record.
  func cost(records: Int, runs: Int) throws(Failure) -> Double {
    var source = SourcePlan.native
    source.format = format
    source.channel = "web"
    var plan = Plan()
    plan.sources = [source]
    let reader: RecordReader
    do throws(PlanProblem) {
      reader = try RecordReader(
        source, of: plan, attributes: ["amount", "step", "wait_seconds"], names: NameTable())
    } catch { throw Failure(.internalError, error.message) }
    let bytes = Array(text.utf8)
    var costs: [Double] = []
    var interaction = Interaction()
    for _ in 0..<runs {
      let begun = threadNanoseconds()
      let read = bytes.withUnsafeBufferPointer { bytes in
        var read = 0
        for _ in 0..<records
        where reader.read(InputRecord(value: bytes), bounds: .any, into: &interaction) == .read {
          read += 1
        }
        return read
      }
      costs.append(Double(threadNanoseconds() - begun) / Double(records))
      guard read == records else {
        throw Failure(.internalError, "the record in the format \(name) was not read")
      }
    }
    return median(costs)
  }

  static let all = [
    FormatSample(name: "native", format: .journeyd, text: native),
    FormatSample(
      name: "cloudevents", format: .cloudevents(types: []),
      text: """
        {"specversion":"1.0","id":"e-1","source":"/shop/web","type":"com.example.shop.basket_filled",\
        "time":"2026-02-03T04:05:06.789Z","datacontenttype":"application/json","data":\(native)}
        """),
    FormatSample(name: "segment", format: .segment(consent: []), text: segment),
    FormatSample(name: "json, mapped", format: .json(mapping), text: call),
  ]

  private static let native = """
    {"id":"web-7f3a91-0b2c","time":"2026-01-05T09:12:33.120+01:00",\
    "touchpoint":"mortgage_calculator_used","channel":"web",\
    "identifiers":{"cookie_id":"c-8d7f0011223344","customer_id":"C10023984"},\
    "attributes":{"amount":320000,"term_months":360,"first_home":true,"rate":3.75,\
    "page":"/mortgage/calculator","referrer":"https://www.example.org/search?q=mortgage",\
    "browser":"Firefox 128","language":"nl-NL","income":65000,"partner_income":42000,\
    "postcode":"3511 AB","step":"result"},\
    "traits":{"segment":"private","timezone":"Europe/Amsterdam"}}
    """

  private static let segment = """
    {"type":"track","messageId":"m-1-0123-4567-89ab","userId":"C10023984",\
    "anonymousId":"a-1-0123-4567","event":"Mortgage Calculator Used",\
    "properties":{"amount":320000,"first_home":true,"term_months":360,"rate":3.75,\
    "page":"/mortgage/calculator","income":65000},"timestamp":"2026-03-01T10:00:00.500Z",\
    "version":2,"integrations":{"All":true,"Mixpanel":false},"context":{"ip":"192.0.2.7",\
    "library":{"name":"analytics.js","version":"2.11.1"},"locale":"nl-NL",\
    "page":{"path":"/mortgage","url":"https://bank.example/mortgage"},\
    "userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0)",\
    "traits":{"plan":"premium","email":"a@example.org"}}}
    """

  private static let call = """
    {"callId":"call-0001","endedAt":1767600753120,"reason":"complaint","ani":"+31201234567",\
    "crm":{"customerNo":"C42","tier":"gold","segment":"private"},\
    "queue":{"waitSeconds":312,"name":"mortgages","transfers":1},\
    "agent":{"name":"Ada","team":"north"},"survey":{"score":4,"remark":"friendly"},\
    "recording":"https://calls.example/1","optIn":true}
    """

  private static var mapping: MappingPlan {
    typealias Field = MappingPlan.Field
    var map = MappingPlan()
    map.id = Field(.pointer("/callId"))
    var time = Field(.pointer("/endedAt"))
    time.timeForm = .epochMilliseconds
    map.time = time
    var touchpoint = Field(.pointer("/reason"))
    touchpoint.values = [
      .init(from: "question", to: .string("question_asked")),
      .init(from: "complaint", to: .string("complaint_filed")),
    ]
    map.touchpoint = touchpoint
    map.identifiers = .named([
      .init("phone", Field(.pointer("/ani"))),
      .init("customer_id", Field(.pointer("/crm/customerNo"))),
    ])
    map.attributes = .named([
      .init("wait_seconds", Field(.pointer("/queue/waitSeconds"))),
      .init("agent", Field(.pointer("/agent/name"))),
    ])
    var score = Field(.pointer("/survey/score"))
    score.scale = ScalePlan(low: 1, high: 5)
    map.satisfaction = score
    map.traits = .named([.init("segment", Field(.pointer("/crm/segment")))])
    return map
  }
}
