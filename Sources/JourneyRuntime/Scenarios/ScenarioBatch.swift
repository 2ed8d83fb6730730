package import Settings

/// Runs files of scenarios: what `journeyd test` does beside reading its command line.
package struct ScenarioBatch {
  /// In the order in which they were named.
  package let files: [ScenarioFile]
  private let isPicked: (String) -> Bool

  /// `isPicked` says by its name whether a scenario is run.
  package init(_ files: [ScenarioFile], isPicked: @escaping (String) -> Bool = { _ in true }) {
    self.files = files
    self.isPicked = isPicked
  }

  /// Errors of files that cannot be run.
  package var problems: [Diagnostic] {
    files.flatMap(\.problems).filter { $0.severity == .error }
  }

  /// How many scenarios will run.
  package var count: Int {
    files.filter(\.isUsable).flatMap(\.scenarios).count { isPicked($0.name) }
  }

  /// Runs all that can be run; `progress` hears after each how many were done and how many of them failed.
  package func run(
    progress: (_ done: Int, _ failed: Int) -> Void = { _, _ in }
  ) -> [ScenarioReport.FileResults] {
    var done = 0
    var failed = 0
    return files.map { file in
      let errors = file.problems.filter { $0.severity == .error }
      guard errors.isEmpty, let plan = file.plan else {
        return ScenarioReport.FileResults(file: file.name, results: [], problems: errors)
      }
      var results = ScenarioReport.FileResults(file: file.name, results: [])
      let runner = ScenarioRunner(plan: plan)
      for scenario in file.scenarios where isPicked(scenario.name) {
        do throws(ScenarioError) {
          let result = try runner.run(scenario)
          results.results.append(result)
          if !result.passed { failed += 1 }
        } catch {
          results.problems.append(
            Diagnostic(.error, "cannot-run", at: scenario.place, error.message))
        }
        done += 1
        progress(done, failed)
      }
      return results
    }
  }
}
