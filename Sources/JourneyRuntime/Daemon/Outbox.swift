internal import EventFormats
internal import JourneyModel
internal import KafkaClient
internal import Supervision

/// The numbers that the producer has for the topics that are written.
struct OutputTopics {
  var suggestions: OutputTopic?
  var journeys: OutputTopic?
  var decisions: OutputTopic?
  var identities: OutputTopic?
  var rejected: OutputTopic?
  var state: OutputTopic?
}

/// What one commit is to write, staged in memory: dropped whole or written whole.
final class Outbox {
  let batch = OutgoingBatch(capacity: 1 << 20)
  /// The rows of the state that changed.
  let rows = OutgoingBatch(capacity: 1 << 20)
  private let topics: OutputTopics
  private let writer: OutputWriter
  private let groupID: String
  /// Bytes that a record of `rejected` may have.
  private let rejectedBytesMax: Int
  private let log: Log
  private let showsEach: Bool

  /// What the protocol adds to a record's own bytes, at most.
  private static let recordOverhead = 128

  init(_ plan: Plan, topics: OutputTopics, rejectedBytesMax: Int, log: Log) {
    self.topics = topics
    writer = OutputWriter(groupID: plan.kafka.groupID)
    groupID = plan.kafka.groupID
    self.rejectedBytesMax = rejectedBytesMax
    self.log = log
    showsEach = log.shows(.debug)
  }

  func add(_ effect: Effect) {
    switch effect {
    case .made(let made):
      if let record = writer.record(made) { add(record, to: topics.suggestions) }
      if showsEach, !made.isControl {
        log(
          .suggested(
            id: made.id, rule: made.rule, channel: made.channel, customer: made.customer.id))
      }
    case .withdrawn(let withdrawn):
      if let record = writer.record(withdrawn) { add(record, to: topics.suggestions) }
      if showsEach, !withdrawn.isControl {
        log(
          .withdrew(
            id: withdrawn.id, rule: withdrawn.rule, reason: withdrawn.reason.rawValue,
            customer: withdrawn.customer.id))
      }
    case .decided(let decision): add(writer.record(decision), to: topics.decisions)
    case .identity(let change): add(writer.record(change), to: topics.identities)
    case .gone(let customer): add(writer.gone(customer), to: topics.journeys)
    }
  }

  /// Adds rows where the state has a topic; in every partition the transaction's mark comes first.
  func add(_ changed: [StateRow], under mark: TransactionMark) {
    guard let topic = topics.state else { return }
    let value = mark.row
    for partition in Set(changed.map(\.partition)) {
      rows.append(
        to: topic, partition: partition, key: TransactionMark.key, value: value)
    }
    for row in changed {
      row.key.withUnsafeBytes { key in
        guard let value = row.value else {
          rows.append(to: topic, partition: row.partition, key: key, value: nil)
          return
        }
        value.withUnsafeBytes {
          rows.append(to: topic, partition: row.partition, key: key, value: $0)
        }
      }
    }
  }

  func removeAll() {
    batch.removeAll()
    rows.removeAll()
  }

  func add(_ picture: CustomerPicture) { add(writer.record(picture), to: topics.journeys) }

  /// The record as it came, with why it cannot be used.
  func reject(_ record: borrowing Record, of place: TopicPartition, for rejection: Rejection) {
    guard let topic = topics.rejected else { return }
    var rejection = rejection
    func headers() -> [OutputRecord.Header] {
      rejection.headers(
        topic: place.topic, partition: place.partition, offset: record.offset.rawValue,
        groupID: groupID)
    }
    var ours = headers()
    var size = Self.recordOverhead + (record.key?.count ?? 0) + (record.value?.count ?? 0)
    for header in ours { size += header.name.utf8.count + header.value.count + 8 }
    record.forEachHeader { name, value in
      size += name.count + (value?.count ?? 0) + 8
      return true
    }
    let fits = size <= rejectedBytesMax
    if !fits {
      let bytes = record.value?.count ?? 0
      rejection.message +=
        "; its value of \(bytes) bytes is too large for the topic of rejected records"
      ours = headers()
      log(
        .rejectedCut(
          topic: place.topic, partition: Int(place.partition), offset: record.offset.rawValue,
          bytes: bytes))
    }
    batch.append(to: topic, key: record.key, value: fits ? record.value : nil)
    record.forEachHeader { name, value in
      batch.addHeader(name, value)
      return true
    }
    add(ours)
  }

  private func add(_ record: OutputRecord, to topic: OutputTopic?) {
    guard let topic else { return }
    record.key.withUnsafeBytes { key in
      guard let value = record.value else {
        batch.append(to: topic, key: key, value: nil)
        return
      }
      value.withUnsafeBytes { batch.append(to: topic, key: key, value: $0) }
    }
    add(record.headers)
  }

  private func add(_ headers: [OutputRecord.Header]) {
    for header in headers {
      var name = header.name
      name.withUTF8 { name in
        header.value.withUnsafeBytes { batch.addHeader(UnsafeRawBufferPointer(name), $0) }
      }
    }
  }
}
