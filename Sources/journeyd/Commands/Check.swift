import EventFormats
import JourneyModel
import JourneyRuntime
import KafkaClient
import Settings
import Supervision

extension Command {
  private static let offline = Option.flag("offline", "Without asking the broker and the state.")
  private static let denyWarnings = Option.flag("deny-warnings", "Warnings fail, too.")
  private static let format = Option(
    name: "format", value: "FORMAT", about: "text (default) or json, one object per line.",
    completion: .words(["text", "json"]))

  private static let sample = Option(
    name: "sample", value: "FILE", about: "Reads each line of a file as a record of --source.",
    completion: .files)
  private static let source = Option(
    name: "source", value: "NAME", about: "The source that --sample is read as.")
  private static let header = Option(
    name: "header", value: "'NAME: VALUE'", about: "A header of every record of --sample.",
    isRepeatable: true)
  private static let key = Option(
    name: "key", value: "TEXT", about: "The key of every record of --sample.")
  private static let timestamp = Option(
    name: "timestamp", value: "TIME", about: "The timestamp of every record of --sample.")
  private static let records = Option.flag(
    "records", "Every line of --sample is a record as kcat -J prints it.")

  static let check = Command(
    name: "check", summary: "Checks the configuration and says all that is wrong.",
    details:
      "Checks everything that run would check before starting: files, names, types, rules and"
      + " secrets, and without --offline the broker, its topics and the state directory. Ends with"
      + " the code that run would end with. With --sample: shows each line of FILE as the source would"
      + " read it as a record, or why it would be rejected.",
    operands: nil,
    options: [
      .config, offline, denyWarnings, format, sample, source, header, key, timestamp, records,
    ]
  ) { arguments throws(Failure) in
    if arguments.has(sample) { return try showSample(arguments) }
    if let alone = [source, header, key, timestamp, records].first(where: { arguments.has($0) }) {
      throw Failure(.usage, "--\(alone.name) goes with --sample", cure: "--sample FILE")
    }
    let asJSON = arguments.value(format) == "json"
    let settings = try Configuration.load(arguments, for: .daemon)
    var problems = settings.problems
    var code = settings.isValid ? ExitCode.success : .configurationInvalid
    if let plan = settings.plan, !arguments.has(offline) {
      for problem in outside(plan) {
        problems.append(problem.diagnostic(in: settings))
        if code == .success, let own = problem.code { code = own }
      }
    }
    for problem in problems {
      if asJSON { print(problem.json) } else { writeToStandardError(problem.text() + "\n") }
    }
    if !asJSON { print(Diagnostic.summary(problems, files: settings.files.count)) }
    let strict = arguments.has(denyWarnings) && !problems.isEmpty
    return code == .success && strict ? .configurationInvalid : code
  }

  private static func showSample(_ arguments: Arguments) throws(Failure) -> ExitCode {
    let settings = try Configuration.load(arguments, for: .replay)
    guard let plan = settings.plan else {
      Configuration.show(settings.problems)
      return .configurationInvalid
    }
    guard let path = arguments.value(sample), let name = arguments.value(source) else {
      throw Failure(.usage, "--sample is read as a source reads", cure: "--source NAME")
    }
    guard let source = plan.sources.first(where: { $0.name == name }) else {
      let near = Nearest.help(for: name, of: plan.sources.map(\.name))
      throw Failure(
        .usage, "“\(name)” is not a source of the configuration",
        cure: near ?? "one of " + plan.sources.map(\.name).joined(separator: ", "))
    }
    let surroundings = try surroundings(arguments)
    let form: SampleReader.Form = arguments.value(format) == "json" ? .json : .text
    let bytes = try WholeFile(path)
    let output = OutputFile()
    let reader: SampleReader
    do throws(PlanProblem) { reader = try SampleReader(source, of: plan) } catch {
      throw Failure(.configurationInvalid, error.message)
    }
    var lines: [[UInt8]] = []
    reader.show(bytes.buffer, form, named: path, surroundings) { lines.append($0) }
    for line in lines { try output.line(line) }
    try output.flush()
    return .success
  }

  private static func surroundings(
    _ arguments: Arguments
  ) throws(Failure) -> SampleReader.Surroundings {
    var around = SampleReader.Surroundings()
    around.isCaptured = arguments.has(records)
    around.key = arguments.value(key).map { Array($0.utf8) }
    for text in arguments.all(header) {
      guard let header = SampleReader.Header(text) else {
        throw Failure(.usage, "“\(text)” is not a header", cure: "--header 'ce_id: 1'")
      }
      around.headers.append(header)
    }
    if let text = arguments.value(timestamp) {
      guard let moment = Moment(rfc3339: text) else {
        throw Failure(
          .usage, "“\(text)” is not a time", cure: "--timestamp 2026-01-05T09:12:33.120+01:00")
      }
      around.timestamp = moment
    }
    return around
  }

  /// What of the machine and the broker does not fit.
  private static func outside(_ plan: Plan) -> [StartProblem] {
    let state = StartChecks.state(plan)
    do throws(KafkaError) {
      return state + StartChecks.broker(plan, try AdminClient(KafkaConfiguration(plan.kafka)))
    } catch {
      return state + [
        StartProblem(
          code: .configurationInvalid, setting: ["kafka"], message: error.message,
          help: error.cure ?? "correct the section “kafka”")
      ]
    }
  }
}

extension StartProblem {
  fileprivate func diagnostic(in settings: Settings) -> Diagnostic {
    Diagnostic(
      code == nil ? .warning : .error, code == nil ? "not-yet" : "does-not-fit",
      at: settings.place(of: setting), message, help: help)
  }
}
