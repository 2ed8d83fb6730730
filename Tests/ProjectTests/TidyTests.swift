import Foundation
import Testing

/// Swift files that are one thing and longer than 400 lines, and why.
private let longFiles: [String: String] = [
  "Sources/JourneyEngine/Identity/WhoIsWho+Rows.swift":
    "what is written of a household and what is read of it, side by side"
]

private let swiftFiles =
  Repository.files(below: "Sources", endings: [".swift"])
  + Repository.files(below: "Tests", endings: [".swift"])

/// Each line that a rule finds, as `file:line: what`.
private func findings(
  in files: [String], _ rule: (Substring) -> String?
) throws -> [String] {
  try files.flatMap { file in
    try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .compactMap { number, line in rule(line).map { "\(file):\(number + 1): \($0)" } }
  }
}

@Test func `no file has more than 400 lines without a reason`() throws {
  for file in swiftFiles {
    let lines = try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 401 || longFiles[file] != nil, "\(file): \(lines.count - 1) lines")
  }
  for file in longFiles.keys { #expect(swiftFiles.contains(file), "\(file) is not there") }
}

@Test func `nothing in the sources traps on purpose or is left for later`() throws {
  let words = ["try" + "!", "fatal" + "Error(", "as" + "! ", "TO" + "DO", "FIX" + "ME"]
  let found = try findings(in: swiftFiles) { line in
    words.first { line.contains($0) }.map { "“\($0)”" }
  }
  #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
}

@Test func `the daemon's sources do without Foundation`() throws {
  let sources = Repository.files(below: "Sources", endings: [".swift"])
  let found = try findings(in: sources) { line in
    line.hasSuffix("import Foundation") ? "Foundation" : nil
  }
  #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
}

@Test func `no test waits by sleeping`() throws {
  let words = ["Thread." + "sleep", "Task." + "sleep", "u" + "sleep(", "nano" + "sleep("]
  let found = try findings(in: swiftFiles.filter { $0.hasPrefix("Tests/") }) { line in
    words.first { line.contains($0) }.map { "“\($0)”" }
  }
  #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
}

@Test func `no path of one machine is written down`() throws {
  let words = ["/wo" + "rk/", "/ro" + "ot/", "/far" + "m/", "/opt/" + "swift", "/home" + "/"]
  let files =
    swiftFiles + Repository.files(below: "config") + Repository.files(below: "systemd")
    + ["Package.swift", "Makefile", "README.md"].filter {
      FileManager.default.fileExists(atPath: Repository.root.appending(path: $0).path)
    }
  let found = try findings(in: files) { line in
    words.first { line.contains($0) }.map { "“\($0)”" }
  }
  #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
}

@Test func `the top level has only what belongs there`() throws {
  let allowed: Set = [
    "Package.swift", "Sources", "Tests", "config", "systemd", "README.md", "Makefile", "LICENSE",
    "Package.resolved",
  ]
  let found = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
    .filter { !$0.hasPrefix(".") && !allowed.contains($0) }
  #expect(found.isEmpty, "\(found)")
}
