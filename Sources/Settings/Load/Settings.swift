package import JourneyModel

/// A configuration as it was found: its plan if nothing is wrong with it, and all that is to be said of it.
package struct Settings: Sendable {
  /// What a configuration is read for; decides what must be there.
  package enum Use: Sendable {
    /// `run` and `check`: a broker, sources and outputs.
    case daemon
    /// Without a broker: `kafka` need not be there.
    case replay
    /// The section of a scenario file: neither `kafka` nor sources nor outputs need be there.
    case scenario
  }

  /// Nil where one of the problems is an error.
  package var plan: Plan?
  /// Errors and warnings in the order of file, line and column.
  package var problems: [Diagnostic]
  package var files: [String]
  /// All files together, as written.
  var root: YAMLNode

  package var isValid: Bool { plan != nil }
  package var warnings: [Diagnostic] { problems.filter { $0.severity == .warning } }

  /// Reads a file, or every `*.yaml` below a directory.
  package static func load(
    _ path: String, for use: Use = .daemon, kafka: KafkaKnowledge = .none,
    secrets: SecretSource = .process
  ) throws(LoadError) -> Settings {
    var results: [YAMLReader.Result] = []
    for file in try Files.find(path) { results.append(try Files.read(file)) }
    return load(results, for: use, kafka: kafka, secrets: secrets)
  }

  /// Takes texts that were read already, one per file.
  package static func load(
    _ results: [YAMLReader.Result], for use: Use = .daemon, kafka: KafkaKnowledge = .none,
    secrets: SecretSource = .process
  ) -> Settings {
    let first = results.first?.source ?? SourceText(name: "", text: "")
    var merge = Merge()
    var problems = results.flatMap(\.problems)
    var isComplete = results.allSatisfy(\.isComplete)
    let roots = results.compactMap { result -> YAMLNode? in
      guard let root = result.root, !root.isNull else { return nil }
      guard root.map != nil else {
        isComplete = false
        problems.append(
          Diagnostic(
            .error, "wrong-type", at: root.place,
            "a configuration is a mapping of sections, not \(root.kind)",
            help: "begin with a section, as “sources:”"))
        return nil
      }
      return root
    }
    let root = merge.merge(roots) ?? YAMLNode(.map([]), at: Place(first))
    problems += merge.problems
    return load(
      root, problems, complete: isComplete, for: use, kafka: kafka,
      secrets: secrets, files: results.map(\.source.name))
  }

  /// Takes the `configuration` of a scenario file.
  package static func load(
    node: YAMLNode, for use: Use = .scenario, secrets: SecretSource = .process
  ) -> Settings {
    let root = node.map == nil && node.isNull ? YAMLNode(.map([]), at: node.place) : node
    return load(
      root, [], complete: true, for: use, kafka: .none, secrets: secrets, files: [node.place.file])
  }

  private static func load(
    _ root: YAMLNode, _ found: [Diagnostic], complete: Bool, for use: Use, kafka: KafkaKnowledge,
    secrets: SecretSource, files: [String]
  ) -> Settings {
    var validator = Validator(
      kafka: kafka, secrets: secrets, isComplete: complete, use: use)
    validator.check(root)
    var problems = found + validator.problems
    let builder = Builder(root: root, kafkaValues: validator.kafkaValues)
    var plan = builder.plan()
    problems += Checks.all(
      root, plan, validator.references, validator.strangers, builder: builder, use: use,
      complete: complete)
    let hidden = validator.kafkaValues.values.filter(\.isSecret).map(\.value)
    let isValid = !problems.contains { $0.severity == .error }
    var settings = Settings(
      plan: nil, problems: masked(sorted(problems, files), hidden), files: files, root: root)
    if isValid {
      plan.fingerprint = settings.fingerprint
      settings.plan = plan
    }
    return settings
  }

  private static func masked(_ problems: [Diagnostic], _ secrets: [String]) -> [Diagnostic] {
    problems.map { problem in
      let lines = problem.place.source.lines
      guard lines.indices.contains(problem.place.line - 1) else { return problem }
      var problem = problem
      problem.hidesLine = Masking.shows(lines[problem.place.line - 1], secrets)
      return problem
    }
  }

  private static func sorted(_ problems: [Diagnostic], _ files: [String]) -> [Diagnostic] {
    func key(_ problem: Diagnostic) -> (Int, Int, Int) {
      let file = files.firstIndex(of: problem.place.file) ?? files.count
      return (file, problem.place.line, problem.place.column)
    }
    var seen: Set<String> = []
    return problems.enumerated().sorted { a, b in
      let (left, right) = (key(a.element), key(b.element))
      return left == right ? a.offset < b.offset : left < right
    }.map(\.element).filter { seen.insert($0.text()).inserted }
  }
}
