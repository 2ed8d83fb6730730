import Foundation
import Testing

private let data = Binary.repository.appending(path: "Tests/Shared/data")

private func unpacked(_ name: String) throws -> Data {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(filePath: "/bin/gzip")
  process.arguments = ["-dc", data.appending(path: name).path]
  process.standardOutput = output
  try process.run()
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return bytes
}

@Test(arguments: [1, 3])
func `a grocer's year comes to exactly the suggestions that were worked out by brute force`(
  workers: Int
) throws {
  let folder = URL.temporaryDirectory.appending(path: "journeyd-retail-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try FileManager.default.copyItem(
    at: data.appending(path: "retail.yaml"), to: folder.appending(path: "retail.yaml"))
  try Data("processing: {workers: \(workers)}\n".utf8)
    .write(to: folder.appending(path: "workers.yaml"))
  let result = try Binary.run(
    [
      "replay", "--config", folder.path, "--until",
      "2018-02-15T00:00:00Z",
    ], input: try unpacked("retail-2017.ndjson.gz"))
  #expect(result.code == 0 && result.errors.contains("164539 interactions, 0 duplicates"))
  let made = try result.output.split(separator: "\n").map { line -> String in
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let data = try #require(object["data"] as? [String: Any])
    let customer = try #require(data["customer"] as? [String: Any])
    let identifiers = try #require(customer["identifiers"] as? [String: [String]])
    let because = try #require(data["because"] as? [[String: Any]])
    return [
      object["time"] as? String ?? "", data["suggestion"] as? String ?? "",
      identifiers["loyalty_card"]?.first ?? "",
      because.map { $0["id"] as? String ?? "" }.joined(separator: ","),
    ].joined(separator: "\t")
  }
  let expected = String(decoding: try unpacked("retail-2017-expected.tsv.gz"), as: UTF8.self)
    .split(separator: "\n").map(String.init)
  #expect(expected.count == 10_341)
  let missing = Set(expected).subtracting(made).sorted()
  let surplus = Set(made).subtracting(expected).sorted()
  #expect(missing.isEmpty, "\(missing.count) are missing, as \(missing.prefix(3))")
  #expect(surplus.isEmpty, "\(surplus.count) are too many, as \(surplus.prefix(3))")
  #expect(made.count == expected.count)
}
