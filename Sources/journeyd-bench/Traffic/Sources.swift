import JourneyModel
import JourneyRuntime
import Settings
import Supervision

extension Plan {
  /// The sample configuration of the bank.
  static func sample() throws(Failure) -> Plan { try plan(SampleConfiguration.load()) }

  /// A configuration of files; empty: the sample.
  static func load(_ path: String, for use: Settings.Use = .replay) throws(Failure) -> Plan {
    guard !path.isEmpty else { return try sample() }
    let settings: Settings
    do throws(LoadError) { settings = try Settings.load(path, for: use) } catch {
      throw Failure(.configurationMissing, error.message, cure: "name a file or a folder")
    }
    return try plan(settings)
  }

  private static func plan(_ settings: Settings) throws(Failure) -> Plan {
    guard let plan = settings.plan else {
      throw Failure(
        .configurationInvalid, settings.problems.first?.text() ?? "the configuration is wrong",
        cure: "journeyd check")
    }
    return plan
  }
}

extension SourcePlan {
  /// Records in our own format.
  static let native = SourcePlan(name: "bench", topic: .named("bench"))
}
