package import JourneyModel
package import Settings

/// One file of scenarios, read: what it tests on, what it says, and what is wrong with it.
package struct ScenarioFile: Sendable {
  package var source: SourceText
  /// Of its own `configuration:`, else the one that it was read with; nil where there is none that is valid.
  package var plan: Plan?
  package var scenarios: [Scenario] = []
  /// In order of their places; with an error among them nothing of the file may run.
  package var problems: [Diagnostic] = []

  package var name: String { source.name }
  package var isUsable: Bool { plan != nil && !problems.contains { $0.severity == .error } }
}

extension ScenarioFile {
  /// Takes a file of scenarios; `plan` is the configuration of files that bring none.
  package init(_ yaml: YAMLReader.Result, plan: Plan?) {
    source = yaml.source
    problems = yaml.problems
    let empty = YAMLNode(.map([]), at: Place(yaml.source))
    let root = yaml.root.flatMap { $0.isNull ? nil : $0 } ?? empty
    // What stands after a fault of form could not be read: what seems to be missing may be there.
    guard yaml.isComplete else { return }
    let section = root.entry("configuration")
    if let section {
      let settings = Settings.load(node: section.value, for: .scenario)
      self.plan = settings.plan
      problems += settings.problems
    } else {
      self.plan = plan
    }
    var reader = ScenarioReader(names: self.plan.map(ScenarioNames.init))
    scenarios = reader.scenarios(of: root)
    problems += reader.problems
    if section == nil, plan == nil {
      problems.append(
        Diagnostic(
          .error, "no-configuration", at: root.place, "there is no configuration to test on",
          help: "name one with --config, or give the file a “configuration:” section"))
    }
    problems.sort { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
  }
}
