import JourneyModel
import Testing

@testable import JourneyEngine

@Test func `a suggestion that a deadline makes carries the trace of what it is about`() throws {
  var step = StepPlan.Unseen(MatcherPlan(["b"]))
  step.span = .hours(2)
  var rule = RulePlan(
    name: "later", steps: [.seen(.init(MatcherPlan(["a"]))), .unseen(step)], touchpoint: "c",
    channels: ["mail"])
  rule.purpose = "service"
  var plan = Plan()
  plan.rules = [rule]
  plan.catalogue.channels = [CataloguePlan.Channel("mail", side: .online)]
  let start: Int64 = 1_767_614_400_000
  let driver = Driver(plan)

  var traced = Happening("1", at: start).interaction(plan.identity, driver.engine.names)
  traced.traceparent = traced.append("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".utf8)
  traced.tracestate = traced.append("vendor=1".utf8)
  #expect(driver.engine.handle(traced, at: Moment(start)) == .accepted)
  try driver.restart()
  driver.pass(to: start + 7_200_000)

  let made = driver.take().compactMap { effect in
    if case .made(let made) = effect { made } else { nil }
  }
  #expect(made.map(\.traceparent) == ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
  #expect(made.map(\.tracestate) == ["vendor=1"])
}
