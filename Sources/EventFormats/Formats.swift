internal import JourneyModel
struct CloudEventsFormat {
  init(types: [TextPair]) {}
  func fill(_ r: RecordReader, _ record: borrowing InputRecord) throws(Rejection) {}
}
struct SegmentFormat {
  init(consent: [SourcePlan.SegmentConsent]) {}
  func fill(_ draft: inout Draft, _ scratch: inout Scratch, _ object: JSONRef) throws(Rejection) {}
}
struct MappedFormat {
  init(_ map: MappingPlan) throws(PlanProblem) {}
  func fill(
    _ draft: inout Draft, _ scratch: inout Scratch, _ object: JSONRef,
    _ record: borrowing InputRecord
  ) throws(Rejection) -> Bool { true }
}
