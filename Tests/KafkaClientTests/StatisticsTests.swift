import JourneyModel
import KafkaClient
import Testing

struct StatisticsTests {
  @Test func `lag, ends and states are found among everything else`() {
    let statistics = KafkaStatistics(
      json: """
        { "name": "a \\"b\\"", "empty": {}, "list": [], "brokers": {"x:1": {"toppars": {
          "in-0": {"topic": "in", "partition": 0}}}},
          "topics": { "in": { "topic": "in", "batchsize": {"min": 0, "max": 9}, "partitions": {
            "0": {"partition": 0, "consumer_lag": 12, "ls_offset": 88, "hi_offset": 100,
                  "fetchq_cnt": 3},
            "1": {"partition": 1, "consumer_lag": -1, "hi_offset": -1001},
            "-1": {"partition": -1, "consumer_lag": 7} } } },
          "cgrp": {"state": "up", "join_state": "steady", "rebalance_cnt": 4},
          "eos": {"txn_state": "InTransaction", "epoch_cnt": 2} }
        """)
    let place = TopicPartition("in", 0)
    #expect(statistics.partitions[place]?.lag == 12)
    #expect(statistics.partitions[place]?.stableEnd == Offset(88))
    #expect(statistics.partitions[place]?.end == Offset(100))
    #expect(statistics.partitions[place]?.fetched == 3)
    #expect(statistics.partitions[TopicPartition("in", -1)] == nil)
    #expect(statistics.lag == 12)
    #expect(statistics.joinState == "steady" && statistics.rebalances == 4)
    #expect(statistics.transactionState == "InTransaction" && statistics.epochs == 2)
  }

  @Test func `text that is no statistics is endured`() {
    let whole = #"{"topics": {"a": {"partitions": {"0": {"consumer_lag": 5}}}}, "x": [1, {}]}"#
    for count in 0...whole.utf8.count {
      let statistics = KafkaStatistics(json: String(whole.prefix(count)))
      #expect(statistics.lag == 0 || statistics.lag == 5)
    }
    for rubbish in ["}}}]]", "\"", ",,,,", ":::", "{\"a\"", "[[[[", "null"] {
      #expect(KafkaStatistics(json: rubbish).partitions.isEmpty)
    }
  }
}
