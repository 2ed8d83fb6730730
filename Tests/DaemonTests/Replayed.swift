import Foundation

/// What `replay` makes of interactions: what a daemon is to make of the same ones.
enum Replayed {
  static func suggestions(
    _ lines: [String], source: String, _ configuration: URL, until: String
  ) throws -> [(id: String, time: String, type: String)] {
    let file = configuration.appending(path: "input.ndjson")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try Program.run(
      DaemonProcess.binary,
      [
        "replay", "--config", configuration.path, "--until", until, "\(source)=\(file.path)",
      ])
    return output.split(separator: "\n").compactMap { line in
      guard let json = try? JSONSerialization.jsonObject(with: Data(line.utf8)),
        let event = json as? [String: Any], let time = event["time"] as? String,
        let type = event["type"] as? String, let data = event["data"] as? [String: Any],
        let id = data["suggestion_id"] as? String
      else { return nil }
      return (id, time, type)
    }
  }
}

/// A program that runs to its end.
enum Program {
  static func run(_ program: URL, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }

  struct Result {
    var code: Int32
    var output: String
    var errors: String
  }

  /// As ``run(_:_:)`` of the program under test, with how it ended.
  static func journeyd(_ arguments: String..., input: URL? = nil) throws -> Result {
    let process = Process()
    process.executableURL = DaemonProcess.binary
    process.arguments = arguments
    process.environment = [:]
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? .nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let told = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Result(code: process.terminationStatus, output: told, errors: words)
  }
}
