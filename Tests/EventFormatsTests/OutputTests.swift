import EventFormats
import JourneyModel
import Testing

private let writer = OutputWriter(groupID: "journeyd")
private let time = Moment(1_767_607_953_120)  // 2026-01-05T10:12:33.120Z
private let customer = CustomerID(0x9d3f_61c2_a47b_e805)
private let suggestion = SuggestionID(0x4be1_c09d_7a52_f318)
private let shown = CustomerShown(
  id: customer,
  identifiers: [
    IdentifierValues(type: "customer_id", values: ["C1"]),
    IdentifierValues(type: "email", values: ["a@x.nl", "é\"@x.nl"]),
  ])

private func text(_ record: OutputRecord?) -> String {
  String(decoding: record?.value ?? [], as: UTF8.self)
}

@Test func `a suggestion is a CloudEvents record in the order of the contract`() throws {
  var made = SuggestionMade(
    id: suggestion, time: time, rule: "mortgage_article", touchpoint: "home_buying_article",
    channel: "email", purpose: "marketing", customer: shown, expires: time + .days(3),
    score: Score(total: 2.6, propensity: 0.05, value: 40, boost: 1.3))
  made.journey = JourneyShown(id: JourneyID(0x77aa), name: "mortgage", phase: "orientation")
  made.to = [NamedText("email", "a@x.nl")]
  made.content = [
    NamedValue("amount", .number(320_000)), NamedValue("none", .null),
    NamedValue("big", .digits("12345678901234567890")),
  ]
  made.because = [
    .interaction(id: "web-7f3a91", touchpoint: "calculator_used", channel: "web", time: time),
    .outcome(suggestion: SuggestionID(1), outcome: .opened, time: time),
    .trait(name: "renewal_date", value: "2026-03-01", time: time),
    .attribute(name: "due", value: "2026-03-01", time: time),
  ]
  made.causedBy = NamedText("customer_id", "C1")
  made.runnersUp = [
    RunnerUp(suggestion: "car_loan_article", channel: "email", score: 1.1, refused: "outranked")
  ]
  made.traceparent = "00-ab-cd-01"
  let record = try #require(writer.record(made))
  #expect(String(decoding: record.key, as: UTF8.self) == "cu_9d3f61c2a47be805")
  #expect(
    record.headers == [
      .init("content-type", "application/cloudevents+json; charset=UTF-8"),
      .init("traceparent", "00-ab-cd-01"),
    ])
  let at = "\"time\":\"2026-01-05T10:12:33.120Z\""
  #expect(
    text(record) == """
      {"specversion":"1.0","id":"sg_4be1c09d7a52f318-made","source":"journeyd/journeyd",\
      "type":"journeyd.suggestion.made",\(at),"subject":"cu_9d3f61c2a47be805",\
      "datacontenttype":"application/json","data":{"suggestion_id":"sg_4be1c09d7a52f318",\
      "suggestion":"mortgage_article","touchpoint":"home_buying_article","channel":"email",\
      "purpose":"marketing","customer":{"id":"cu_9d3f61c2a47be805","identifiers":\
      {"customer_id":["C1"],"email":["a@x.nl","é\\"@x.nl"]}},\
      "journey":{"id":"jn_00000000000077aa","name":"mortgage","phase":"orientation"},\
      "to":{"email":"a@x.nl"},"with":{"amount":320000,"none":null,"big":12345678901234567890},\
      "because":[{"id":"web-7f3a91","touchpoint":"calculator_used","channel":"web",\(at)},\
      {"suggestion":"sg_0000000000000001","outcome":"opened",\(at)},\
      {"trait":"renewal_date","value":"2026-03-01",\(at)},\
      {"attribute":"due","value":"2026-03-01",\(at)}],"caused_by":{"customer_id":"C1"},\
      "expires":"2026-01-08T10:12:33.120Z",\
      "score":{"total":2.6,"propensity":0.05,"value":40,"boost":1.3},\
      "runners_up":[{"suggestion":"car_loan_article","channel":"email","score":1.1,\
      "refused":"outranked"}]}}
      """)
  made.isControl = true
  #expect(writer.record(made) == nil)
}

@Test func `a withdrawal has the suggestion's id, the customer and the reason`() throws {
  let withdrawn = SuggestionWithdrawn(
    id: suggestion, time: time, rule: "r", touchpoint: "t", channel: "email", purpose: "service",
    customer: CustomerShown(id: customer, identifiers: []), because: [],
    reason: .conditionNoLongerHolds)
  #expect(
    text(writer.record(withdrawn)) == """
      {"specversion":"1.0","id":"sg_4be1c09d7a52f318-withdrawn","source":"journeyd/journeyd",\
      "type":"journeyd.suggestion.withdrawn","time":"2026-01-05T10:12:33.120Z",\
      "subject":"cu_9d3f61c2a47be805","datacontenttype":"application/json","data":\
      {"suggestion_id":"sg_4be1c09d7a52f318","suggestion":"r","touchpoint":"t",\
      "channel":"email","purpose":"service","customer":{"id":"cu_9d3f61c2a47be805",\
      "identifiers":{}},"reason":"condition_no_longer_holds","because":[]}}
      """)
}

@Test func `a customer's picture is whole, what is not there is null`() {
  var picture = CustomerPicture(
    customer: customer, firstSeen: time, lastSeen: time, touchpoints: 17)
  #expect(
    text(writer.record(picture)) == """
      {"customer":"cu_9d3f61c2a47be805","aliases":[],"first_seen":"2026-01-05T10:12:33.120Z",\
      "last_seen":"2026-01-05T10:12:33.120Z","touchpoints":17,"identifiers":{},"traits":{},\
      "consent":{},"satisfaction":null,"journeys":[],"latest":[],"suggestions":[],"issue":null}
      """)
  picture.aliases = [CustomerID(1)]
  picture.identifiers = shown.identifiers
  picture.traits = [NamedValue("segment", .string("private"))]
  picture.consents = [
    .init(channel: "email", purpose: "marketing", granted: true),
    .init(channel: "*", purpose: "*", granted: false),
    .init(channel: "email", purpose: "service", granted: false),
  ]
  picture.satisfaction = 0.25
  picture.journeys = [
    .init(
      id: JourneyID(2), name: "mortgage", key: nil, status: .open, phase: nil, started: time,
      last: time, ended: nil, touchpoints: 9, channels: [.init("web", 7)])
  ]
  picture.latest = [.init(id: "e", time: time, touchpoint: "t", channel: "web")]
  picture.suggestions = [
    .init(id: suggestion, suggestion: "r", channel: "email", made: time, status: "open")
  ]
  picture.issue = .init(opened: time, by: "complaint_filed")
  let at = "\"2026-01-05T10:12:33.120Z\""
  #expect(
    text(writer.record(picture)) == """
      {"customer":"cu_9d3f61c2a47be805","aliases":["cu_0000000000000001"],"first_seen":\(at),\
      "last_seen":\(at),"touchpoints":17,"identifiers":{"customer_id":["C1"],\
      "email":["a@x.nl","é\\"@x.nl"]},"traits":{"segment":"private"},\
      "consent":{"email":{"marketing":"granted","service":"denied"},"*":{"*":"denied"}},\
      "satisfaction":0.25,"journeys":[{"id":"jn_0000000000000002","name":"mortgage","key":null,\
      "status":"open","phase":null,"started":\(at),"last":\(at),"ended":null,"touchpoints":9,\
      "channels":{"web":7}}],"latest":[{"id":"e","time":\(at),"touchpoint":"t","channel":"web"}],\
      "suggestions":[{"id":"sg_4be1c09d7a52f318","suggestion":"r","channel":"email","made":\(at),\
      "status":"open"}],"issue":{"opened":\(at),"by":"complaint_filed"}}
      """)
}

@Test func `a decision names every candidate and each channel's answer`() {
  let decision = Decision(
    time: time, customer: customer, trigger: .interaction("e1"), isControl: false,
    candidates: [
      .init(
        suggestion: "r", completed: time,
        score: Score(total: 1, propensity: 1, value: 1, boost: 1),
        channels: [
          .init(channel: "email", answer: .refused("pressure:emails_weekly")),
          .init(channel: "app", answer: .made(suggestion)),
        ])
    ])
  #expect(
    text(writer.record(decision)) == """
      {"time":"2026-01-05T10:12:33.120Z","customer":"cu_9d3f61c2a47be805",\
      "cause":{"interaction":"e1"},"group":"treatment","candidates":[{"suggestion":"r",\
      "completed":"2026-01-05T10:12:33.120Z",\
      "score":{"total":1,"propensity":1,"value":1,"boost":1},\
      "channels":[{"channel":"email","refused":"pressure:emails_weekly"},\
      {"channel":"app","made":"sg_4be1c09d7a52f318"}]}]}
      """)
  let none = Decision(
    time: time, customer: customer, trigger: .deadline(time), isControl: true, candidates: [])
  #expect(
    text(writer.record(none)) == """
      {"time":"2026-01-05T10:12:33.120Z","customer":"cu_9d3f61c2a47be805",\
      "cause":{"deadline":"2026-01-05T10:12:33.120Z"},"group":"control","candidates":[]}
      """)
}

@Test func `a change of identity shows one identifier of a type as a text, several as a list`() {
  let change = IdentityChange(
    time: time, what: .refused, customer: customer, other: CustomerID(1),
    identifiers: shown.identifiers, reason: "unique", causeSource: "clickstream", causeID: "e1")
  #expect(
    text(writer.record(change)) == """
      {"time":"2026-01-05T10:12:33.120Z","what":"refused","customer":"cu_9d3f61c2a47be805",\
      "other":"cu_0000000000000001","identifiers":{"customer_id":"C1",\
      "email":["a@x.nl","é\\"@x.nl"]},"reason":"unique",\
      "cause":{"source":"clickstream","id":"e1"}}
      """)
}

@Test func `a rejected record is told by headers in the names of Kafka Connect`() {
  let headers = Rejection(.timeMissing, "“time” is not there").headers(
    topic: "web", partition: 3, offset: 42, groupID: "journeyd")
  #expect(
    headers.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" } == [
      "__connect.errors.topic=web", "__connect.errors.partition=3", "__connect.errors.offset=42",
      "__connect.errors.stage=validate", "__connect.errors.class.name=time-missing",
      "__connect.errors.exception.message=“time” is not there",
      "__connect.errors.connector.name=journeyd",
    ])
  #expect(writer.gone(customer).value == nil)
}
