internal import CRdKafka
internal import Synchronization

/// Answers the library's calls about a group's partitions, and keeps what they said for the consumer's poll.
final class Rebalances: Sendable {
  private struct State {
    var events: [GroupConsumer.Event] = []
    var isClosing = false
  }
  private let state = Mutex(State())

  func take() -> GroupConsumer.Event? {
    state.withLock { $0.events.isEmpty ? nil : $0.events.removeFirst() }
  }

  /// From now on whatever is revoked is let go at once.
  func close() { state.withLock { $0.isClosing = true } }

  /// Called within a poll or a close, on their thread.
  func rebalanced(
    _ client: OpaquePointer?, _ code: rd_kafka_resp_err_t,
    _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) {
    let places = PartitionList.places(of: list)
    switch code {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
      answer(rd_kafka_incremental_assign(client, list), with: .assigned(places))
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
      // Asked first: the answer to the library resets it.
      if rd_kafka_assignment_lost(client) != 0 {
        answer(rd_kafka_incremental_unassign(client, list), with: .lost(places))
      } else if state.withLock({ $0.isClosing }) || places.isEmpty {
        answer(rd_kafka_incremental_unassign(client, list), with: nil)
      } else {
        append(.revoking(places))
      }
    default:
      rd_kafka_assign(client, nil)
      append(.failed(KafkaError(code, during: "in a rebalance")))
    }
  }

  private func answer(_ error: OpaquePointer?, with event: GroupConsumer.Event?) {
    if let error = KafkaError(consuming: error, during: "in a rebalance") {
      append(.failed(error))
    } else if let event {
      append(event)
    }
  }

  private func append(_ event: GroupConsumer.Event) { state.withLock { $0.events.append(event) } }
}
