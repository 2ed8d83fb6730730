import Foundation
import Testing

/// A daemon as a process of its own, with a configuration and a state folder; killed when this goes.
final class DaemonProcess {
  let folder: URL
  let process: Process
  private let errors: URL

  /// Starts it on a configuration, with the state of a folder that outlives it.
  ///
  /// - Parameter fileBlocksMax: no file may grow beyond so many blocks of 512 bytes, as where a disk is full.
  init(_ configuration: URL, name: String, fileBlocksMax: Int? = nil) throws {
    folder = configuration
    errors = configuration.appending(path: "\(name)-\(UUID().uuidString.prefix(4)).log")
    try Data().write(to: errors)
    process = Process()
    let command = ["run", "--config", configuration.path]
    if let fileBlocksMax {
      process.executableURL = URL(filePath: "/bin/sh")
      let limited = "trap '' XFSZ; ulimit -f \(fileBlocksMax); exec \"$0\" \"$@\""
      process.arguments = ["-c", limited, Self.binary.path] + command
    } else {
      process.executableURL = Self.binary
      process.arguments = command
    }
    process.environment = [:]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Beside these tests, built as they are.
  static let binary: URL = {
    let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
    let beside = bundle?.deletingLastPathComponent().appending(path: "journeyd")
    if let beside, FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    return repository.appending(path: ".build/debug/journeyd")
  }()

  static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The log so far.
  var log: String {
    (try? String(decoding: Data(contentsOf: errors), as: UTF8.self)) ?? ""
  }

  /// Lines of one event.
  func events(_ name: String) -> [String] {
    log.split(separator: "\n").map(String.init).filter { line in
      line.contains(" event=\(name) ") || line.hasSuffix(" event=\(name)")
    }
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// From now on no file may grow beyond so many bytes; for one that was started with a bound.
  func limitFiles(to bytes: Int) throws {
    let limit = Process()
    limit.executableURL = URL(filePath: "/usr/bin/prlimit")
    limit.arguments = ["--pid", "\(process.processIdentifier)", "--fsize=\(bytes)"]
    try limit.run()
    limit.waitUntilExit()
    #expect(limit.terminationStatus == 0)
  }

  /// Waits for its end.
  func code() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Ends it without a warning.
  func crash() {
    signal(SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to stop, and tells how it ended.
  @discardableResult
  func stop() -> Int32 {
    signal(SIGTERM)
    return code()
  }
}
