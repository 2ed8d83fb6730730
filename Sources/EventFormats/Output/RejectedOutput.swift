package import JourneyModel

extension Rejection {
  /// The headers that a rejected record gets beside its own, in the names of Kafka Connect (spec 1.4).
  package func headers(
    topic: String, partition: Int32, offset: Int64, groupID: String
  ) -> [OutputRecord.Header] {
    [
      OutputRecord.Header("__connect.errors.topic", topic),
      OutputRecord.Header("__connect.errors.partition", String(partition)),
      OutputRecord.Header("__connect.errors.offset", String(offset)),
      OutputRecord.Header("__connect.errors.stage", code.stage.rawValue),
      OutputRecord.Header("__connect.errors.class.name", code.rawValue),
      OutputRecord.Header("__connect.errors.exception.message", message),
      OutputRecord.Header("__connect.errors.connector.name", groupID),
    ]
  }
}
