import Glibc
import JourneyModel
import JourneyRuntime
import KafkaClient
import Supervision

/// An Apache Kafka of one node on loopback, started by the script of the tests; removed with this object.
final class TestBroker {
  let bootstrapServers: String
  private let script: String
  private let directory: String

  /// - Parameter script: the starter, as `Tests/Shared/kafka/kafka`.
  init(script: String, in folder: String) throws(Failure) {
    self.script = script
    directory = folder + "/broker"
    let command = "start --dir \(directory) --version 4.3 --owner \(getpid())"
    guard let line = Self.output(of: "python3 \(script) \(command)") else {
      throw Failure(
        .brokerUnreachable, "no broker could be started with \(script)",
        cure: "`\(script) versions` tells how to get an Apache Kafka; or give --bootstrap")
    }
    bootstrapServers = line
  }

  deinit { _ = Self.output(of: "python3 \(script) remove --dir \(directory)") }

  /// The first line that a command prints; nil where it fails.
  private static func output(of command: String) -> String? {
    guard let pipe = popen(command, "r") else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    var text: [UInt8] = []
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      guard count > 0 else { break }
      text.append(contentsOf: buffer[0..<count])
    }
    guard pclose(pipe) == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 10 }, as: UTF8.self)
  }
}
