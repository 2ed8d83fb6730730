package import Settings

/// Something of a scenario that did not come as expected.
package struct Finding: Sendable {
  package enum Part: String, Sendable {
    case expect, refused, rejected, customers
    case customerCount = "customer_count"
  }

  package enum Mark: String, Sendable {
    case same, differs, missing, unexpected
  }

  /// One line of the two lists, side by side; empty where a side has nothing.
  package struct Row: Equatable, Sendable {
    package var mark: Mark
    package var expected: String
    package var actual: String
    package init(_ mark: Mark, expected: String = "", actual: String = "") {
      self.mark = mark
      self.expected = expected
      self.actual = actual
    }
  }

  package var part: Part
  package var place: Place
  /// One sentence.
  package var message: String
  package var rows: [Row] = []
  /// Why: one sentence each.
  package var notes: [String] = []

  package init(_ part: Part, at place: Place, _ message: String) {
    self.part = part
    self.place = place
    self.message = message
  }
}

/// What became of a scenario.
package struct ScenarioResult: Sendable {
  package var scenario: Scenario
  /// None: it passed.
  package var findings: [Finding]
  package init(scenario: Scenario, findings: [Finding]) {
    self.scenario = scenario
    self.findings = findings
  }
  package var passed: Bool { findings.isEmpty }
}
