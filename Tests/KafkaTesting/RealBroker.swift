import Foundation
internal import JourneyModel
package import KafkaClient

/// An Apache Kafka of one node, or of three, on loopback, in a folder of its own; removed with this object, or with the process.
package final class RealBroker: Sendable {
  /// The versions that can be started here.
  package static let versions: [String] = {
    let answer = try? run(["versions"])
    return answer?.status == 0 ? (answer?.output.split(separator: "\n").map(String.init) ?? []) : []
  }()

  /// Why there is none, and how to get one.
  package static let hint =
    "there is no Apache Kafka here: `Tests/Shared/kafka/kafka versions` tells how to get one"

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package let version: String
  package let bootstrapServers: String
  /// Of the listener with TLS, log-in and access rules; empty where it was not asked for.
  package let secureServers: String
  /// Holds everything of it; `tls/ca.pem` where it is secure.
  package let directory: String

  package init(
    version: String = "4.3", isSecure: Bool = false, nodes: Int = 1
  ) throws {
    let directory = NSTemporaryDirectory() + "kafka-" + UUID().uuidString
    var arguments = ["start", "--dir", directory, "--version", version]
    arguments += ["--owner", "\(ProcessInfo.processInfo.processIdentifier)"]
    if isSecure { arguments.append("--secure") }
    arguments += ["--brokers", "\(nodes)"]
    // A node that is gone is missed soon.
    let brief = ["broker.session.timeout.ms=2000", "broker.heartbeat.interval.ms=500"]
    if nodes > 1 { for setting in brief { arguments += ["--set", setting] } }
    let answer: (status: Int32, output: String)
    do {
      answer = try Self.run(arguments)
    } catch {
      _ = try? Self.run(["remove", "--dir", directory])
      throw error
    }
    guard answer.status == 0 else {
      _ = try? Self.run(["remove", "--dir", directory])
      throw Failure(description: answer.output)
    }
    let lines = answer.output.split(separator: "\n").map(String.init)
    (self.version, self.directory) = (version, directory)
    bootstrapServers = lines.first ?? ""
    secureServers = lines.count > 1 ? lines[1] : ""
  }

  deinit { _ = try? Self.run(["remove", "--dir", directory]) }

  /// Ends all nodes, or one, at once, without warning; the data stay.
  package func kill(node: Int? = nil) throws { try command(["stop", "--kill"] + Self.only(node)) }

  /// Has it end properly; its data stay.
  package func stop() throws { try command("stop") }

  /// Starts what has ended again on the data it had.
  package func startAgain() throws { try command("again") }

  package func pause() throws { try command("pause", "--node", "1") }
  package func resume() throws { try command("resume", "--node", "1") }

  /// One of Kafka's own tools; what it printed.
  @discardableResult
  package func tool(_ arguments: String...) throws -> String {
    try command(["tool"] + arguments)
  }

  package func configuration(
    group: String, _ properties: [String: String] = [:]
  ) -> KafkaConfiguration {
    var plan = KafkaPlan()
    plan.groupID = group
    plan.properties = [.init(name: "bootstrap.servers", value: bootstrapServers)]
    plan.properties += properties.sorted { $0.key < $1.key }.map {
      .init(name: $0, value: $1, isSecret: $0.contains("password"))
    }
    return KafkaConfiguration(plan)
  }

  private static func only(_ node: Int?) -> [String] { node.map { ["--node", "\($0)"] } ?? [] }

  @discardableResult
  private func command(_ verb: String...) throws -> String { try command(verb) }

  @discardableResult
  private func command(_ arguments: [String]) throws -> String {
    guard let verb = arguments.first else { return "" }
    let answer = try Self.run([verb, "--dir", directory] + arguments.dropFirst())
    guard answer.status == 0 else { throw Failure(description: answer.output) }
    return answer.output
  }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Shared/kafka/kafka")

  private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path] + arguments
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
