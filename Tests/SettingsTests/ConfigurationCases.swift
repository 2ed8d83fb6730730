import Foundation
import KafkaClient
@testable import Settings

/// A case of `Tests/Shared/configurations/expected.jsonl`: what is to be said of one file.
struct ConfigurationCase: Sendable, CustomStringConvertible {
  struct Expected: Sendable {
    var spots: [(line: Int, columns: [Int]?)]
    var mentions: [String]
    var text: String
  }

  var name: String
  var exit: Int
  var wanted: [Expected]
  var isWarning: Bool
  var isLenient: Bool
  var environment: [String: String]
  var secrets: [String]
  var description: String { name }

  static let all: [ConfigurationCase] = {
    let path = Shared.path("configurations/expected.jsonl")
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        .flatMap(ConfigurationCase.init)
    }
  }()

  init?(_ row: [String: Any]) {
    guard let name = row["case"] as? String, let exit = row["exit"] as? Int else { return nil }
    self.name = name
    self.exit = exit
    isWarning = row["warnings"] != nil
    let wanted = (row["problems"] ?? row["warnings"]) as? [[String: Any]]
    self.wanted = (wanted ?? []).map(Expected.init)
    isLenient = row["lenient"] as? Bool ?? false
    environment = row["env"] as? [String: String] ?? [:]
    secrets = row["must_not_print"] as? [String] ?? []
  }

  func load(credential: String) throws(LoadError) -> Settings {
    let path = Shared.path("configurations/\(name).yaml")
    let environment = environment
    let source = SecretSource(
      environment: { $0 == "CREDENTIALS_DIRECTORY" ? "/credentials" : environment[$0] },
      file: {
        $0 == "/credentials/kafka-password"
          ? .success(credential) : .failure(.init("No such file or directory"))
      })
    return try Settings.load(path, kafka: .installed, secrets: source)
  }

  /// Reasons why what was said is not what is wanted, as the judge of the cases has them.
  func judge(_ problems: [Diagnostic]) -> [String] {
    var reasons: [String] = []
    var rest = problems
    let severity: Diagnostic.Severity = isWarning ? .warning : .error
    for expected in wanted {
      let here = rest.indices.filter { expected.isAt(rest[$0].place) }
      let good = here.filter { expected.missing(rest[$0]).isEmpty }
        .sorted { rest[$0].severity == severity && rest[$1].severity != severity }
      if let found = good.first {
        if rest[found].severity != severity {
          reasons.append("at \(expected.text): a \(rest[found].severity)")
        }
        rest.remove(at: found)
      } else if let first = here.first {
        reasons.append(
          "at \(expected.text): does not say \(expected.missing(rest[first])): \(rest[first].text())"
        )
      } else {
        reasons.append("nothing at \(expected.text)")
      }
    }
    let lines = Set(wanted.flatMap { $0.spots.map(\.line) })
    for problem in rest {
      switch problem.severity {
      case .error where !lines.contains(problem.place.line) && !isLenient:
        reasons.append("an error too many: \(problem.text())")
      case .warning where wanted.isEmpty: reasons.append("a warning too many: \(problem.text())")
      case .error, .warning: break
      }
    }
    return reasons
  }
}

extension ConfigurationCase.Expected {
  init(_ row: [String: Any]) {
    let places = [row] + (row["or"] as? [[String: Any]] ?? [])
    spots = places.map { place in
      let columns = place["column"] as? [Int] ?? (place["column"] as? Int).map { [$0] }
      return (place["line"] as? Int ?? 0, columns)
    }
    mentions = row["must_mention"] as? [String] ?? []
    text = spots.map { "\($0.line):\($0.columns.map { "\($0)" } ?? "any")" }.joined(
      separator: " or ")
  }

  func isAt(_ place: Place) -> Bool {
    spots.contains { $0.line == place.line && ($0.columns?.contains(place.column) ?? true) }
  }

  func missing(_ problem: Diagnostic) -> [String] {
    let said = problem.message + "\n" + (problem.help ?? "")
    return mentions.filter { pattern in
      guard
        let regex = try? NSRegularExpression(
          pattern: pattern, options: [.caseInsensitive, .dotMatchesLineSeparators])
      else { return true }
      return regex.firstMatch(in: said, range: NSRange(said.startIndex..., in: said)) == nil
    }
  }
}

extension KafkaKnowledge {
  /// What the installed librdkafka says.
  static let installed = KafkaKnowledge { name, value, isSecret in
    KafkaConfiguration.problem(name: name, value: value, isSecret: isSecret).map { problem in
      KafkaKnowledge.Problem(
        isOfName: problem.kind != .value, problem.message, help: problem.help)
    }
  }
}
