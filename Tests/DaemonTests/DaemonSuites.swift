import KafkaTesting
import Testing

/// The program as a process, on a real Apache Kafka; one test after the other.
@Suite(.serialized) enum DaemonSuites {
  @Suite(.serialized, .broker("4.3")) struct Kafka43 {}
  @Suite(.serialized, .broker("4.3", nodes: 3)) struct Cluster43 {}
}
