import JourneyModel
import JourneyRuntime
import Settings
import Testing

/// The scenarios that must pass as they are.
enum Shared {
  static let folder: String = {
    let parts = #filePath.split(separator: "/").dropLast(2)
    return "/" + parts.joined(separator: "/") + "/Shared/scenarios"
  }()

  /// Paths of all files, in order.
  static func paths() throws -> [String] { try Files.find(folder) }

  static func file(_ path: String) throws -> ScenarioFile {
    ScenarioFile(try Files.read(path), plan: nil)
  }

  static func file(text: String) -> ScenarioFile {
    ScenarioFile(YAMLReader.read(text: text, name: "a.yaml"), plan: nil)
  }
}

/// A small seeded generator, so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
