#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
// The library tells of what comes on its queues through a file descriptor.
#include <sys/eventfd.h>

// The mock cluster's delays come in a variable list of arguments.
static inline rd_kafka_resp_err_t rd_kafka_mock_push_delay(
    rd_kafka_mock_cluster_t *cluster, int32_t broker, int16_t api, rd_kafka_resp_err_t error,
    int milliseconds) {
  return rd_kafka_mock_broker_push_request_error_rtts(
      cluster, broker, api, 1, error, milliseconds);
}
