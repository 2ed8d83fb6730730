import Foundation
import JourneyModel
@testable import Settings
import Testing

/// A directory that is gone when the test is over.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appending(path: "journeyd-\(UUID().uuidString)")

  init(_ files: [String: String]) throws {
    for (name, text) in files {
      let file = url.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  var path: String { url.path() }
}

@Suite struct LoaderTests {
  @Test func `files are taken in byte order of path, without tests, examples and hidden ones`()
    throws
  {
    let folder = try Folder([
      "b.yaml": "", "a/z.yaml": "", "Z.yaml": "", "tests/t.yaml": "", "a/tests/t.yaml": "",
      "examples/shop/s.yaml": "", ".hidden.yaml": "", ".git/x.yaml": "", "notes.txt": "",
      "c.yml": "",
    ])
    let found = try Files.find(folder.path).map { String($0.dropFirst(folder.path.count + 1)) }
    #expect(found == ["Z.yaml", "a/z.yaml", "b.yaml"])
  }

  @Test func `sections are spread over files`() throws {
    let folder = try Folder([
      "1.yaml": "kafka: {bootstrap.servers: 'b:1'}\nsources: {x: {topic: tx}}\noutputs:\n",
      "2.yaml": "kafka: {group.id: g}\nsources: {y: {topic: ty}}\noutputs: {suggestions: s}\n",
      "3.yaml": "contact: {at_once: 2, pressure: {p: {max: 1, per: 1d}}}\n",
      "4.yaml": "contact: {pressure: {q: {max: 2, per: 1d}}}\n",
    ])
    let settings = try Settings.load(folder.path)
    #expect(settings.problems.isEmpty)
    let plan = try #require(settings.plan)
    #expect(plan.sources.map(\.name) == ["x", "y"])
    #expect(plan.kafka.groupID == "g")
    #expect(plan.kafka.properties.map(\.value) == ["b:1"])
    #expect(plan.contact.pressure.map(\.name) == ["p", "q"])
    #expect(plan.contact.atOnce == 2)
  }

  @Test func `the same name or setting in two files names both places`() throws {
    let folder = try Folder([
      "1.yaml": "touchpoints: {a: }\ntime: {grace: 1s}\n",
      "2.yaml": "time: {grace: 2s}\ntouchpoints: {a: }\n",
    ])
    let problems = try Settings.load(folder.path, for: .scenario).problems
    #expect(problems.map(\.code) == ["given-twice", "given-twice"])
    for problem in problems {
      #expect(problem.message.contains("1.yaml:"))
      #expect(problem.message.contains("2.yaml:"))
    }
  }

  @Test func `what is not there is missing, not broken`() throws {
    let folder = try Folder(["readme.txt": "x"])
    for path in [folder.path + "/nothing", folder.path] {
      #expect {
        try Settings.load(path)
      } throws: { error in
        guard case .missing? = error as? LoadError else { return false }
        return true
      }
    }
  }

  @Test func `a daemon needs a broker, a source and an output`() {
    let codes = Settings.of("time:\n", for: .daemon).problems.map(\.message)
    #expect(codes.count == 3)
    #expect(Settings.of("time:\n", for: .scenario).isValid)
    #expect(Settings.of("kafka: {client.id: x}\n").problems.map(\.code) == ["kafka-here"])
  }

  @Test func `defaults are those of the model`() throws {
    let plan = try #require(Settings.of("").plan)
    var expected = Plan()
    expected.fingerprint = plan.fingerprint
    #expect(plan == expected)
    // And those that the table shows are the same ones.
    let shown = Settings.of(Settings.of("").merged().withoutKafka)
    #expect(shown.problems.isEmpty)
    var again = try #require(shown.plan)
    again.fingerprint = plan.fingerprint
    #expect(again == plan)
  }

  @Test func `all problems are told at once, in their order`() {
    let settings = Settings.of(
      "log: {level: loud}\ntime: {grace: 5}\nnonsense: 1\nhistory: {max_touchpoints: 5}\n")
    #expect(
      settings.places == [
        "1:14 bad-value", "2:15 bad-value", "3:1 unknown-key", "4:28 bad-value",
      ])
  }

  @Test func `what stands before a fault of form is checked, and nothing is said to be missing`() {
    let settings = Settings.of(
      "log: {level: loud}\nsuggestions:\n  r:\n    when:\n      - seen: a\n   bad: x\n",
      for: .daemon)
    #expect(settings.problems.map(\.code) == ["bad-value", "not-yaml"])
  }

  @Test(
    arguments: [
      ("500ms", 500), ("1d12h", 129_600_000), ("1w52d23h59m60s", 5_184_000_000), ("0s", 0),
      ("90m1800s", 7_200_000),
    ] as [(String, Int64)])
  func `durations are sums`(text: String, milliseconds: Int64) {
    guard case .success(let span) = Scalars.duration(text) else {
      Issue.record("\(text) is a duration")
      return
    }
    #expect(span.milliseconds == milliseconds)
    guard case .success(let again) = Scalars.duration(Scalars.text(span)) else {
      Issue.record("\(Scalars.text(span)) is a duration")
      return
    }
    #expect(again == span)
  }

  @Test(arguments: [
    "", "1", "d", "1y", "1.5h", "-1h", "1 h", "1D", "99999999999999999999s", "9999999999999999w",
  ])
  func `what is no duration is refused`(text: String) {
    guard case .failure = Scalars.duration(text) else {
      Issue.record("\(text) is no duration")
      return
    }
  }

  @Test func `sizes, shares and times of day`() {
    #expect(Scalars.size("64KiB") == 65_536)
    #expect(Scalars.size("1GiB") == 1 << 30)
    #expect(Scalars.size("64KB") == nil)
    #expect(Scalars.size("KiB") == nil)
    #expect(Scalars.share("5%") == 0.05)
    #expect(Scalars.share("0.05") == 0.05)
    #expect(Scalars.share("x%") == nil)
    #expect(Scalars.clock("24:00") == 1440)
    #expect(Scalars.clock("08:30") == 510)
    #expect(Scalars.clock("24:01") == nil)
    #expect(Scalars.clock("8:30") == nil)
    #expect(Scalars.clock("08:60") == nil)
  }

  @Test func `every configuration of a scenario file is right`() throws {
    let directory = Shared.directory.appending(path: "scenarios")
    let files =
      FileManager.default.enumerator(atPath: directory.path())?
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") } ?? []
    #expect(files.count > 100)
    for file in files {
      let result = try Files.read(directory.appending(path: file).path())
      let node = try #require(result.root?["configuration"])
      let settings = Settings.load(node: node)
      let errors = settings.problems.filter { $0.severity == .error }.map { $0.text() }
      #expect(errors.isEmpty, "\(errors.joined(separator: "\n"))")
    }
  }

  @Test func `nothing crashes on mutilated configurations`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    let names = ["v12-whole-contract", "v23-values-from-the-record", "v10-numbers-as-strings"]
    let texts = try names.map {
      try String(contentsOfFile: Shared.path("configurations/\($0).yaml"), encoding: .utf8)
    }
    for round in 0..<400 {
      var lines = texts[round % texts.count].split(
        separator: "\n", omittingEmptySubsequences: false)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        Self.mutilate(&lines, &random)
      }
      let text = lines.joined(separator: "\n")
      let settings = Settings.of(text, for: .daemon)
      let hasErrors = settings.problems.contains { $0.severity == .error }
      #expect(settings.isValid != hasErrors, "seed \(seed), round \(round)")
      for problem in settings.problems {
        #expect(problem.place.line >= 1 && problem.place.column >= 1, "seed \(seed)")
        #expect(problem.place.line <= lines.count, "seed \(seed), round \(round)")
      }
      #expect(!settings.merged().isEmpty)
    }
  }

  private static func mutilate(_ lines: inout [Substring], _ random: inout SplitMix) {
    let at = Int.random(in: 0..<lines.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: lines.remove(at: at)
    case 1: lines.insert(lines[at], at: Int.random(in: 0...lines.count, using: &random))
    case 2: lines[at] = "  " + lines[at]
    case 3: lines[at] = lines[at].dropFirst(2)
    case 4:
      let words = ["[]", "{}", "~", "\"1\"", "-1", "1e999", "*", "1d", "true", "[[1]]", "{a: b}"]
      guard let colon = lines[at].lastIndex(of: ":"), let word = words.randomElement(using: &random)
      else { return }
      lines[at] = lines[at][...colon] + " " + word
    default:
      var characters = Array(lines[at])
      guard !characters.isEmpty else { return }
      characters.remove(at: Int.random(in: 0..<characters.count, using: &random))
      lines[at] = Substring(String(characters))
    }
  }

  @Test func `ends of lines of another system change nothing`() throws {
    let text = try String(
      contentsOfFile: Shared.path("configurations/v12-whole-contract.yaml"), encoding: .utf8)
    let other = Settings.of(text.replacing("\n", with: "\r\n"), for: .daemon)
    #expect(other.problems.map { $0.text() } == [])
    #expect(other.plan == Settings.of(text, for: .daemon).plan)
  }

  @Test func `ten thousand suggestions are read in good time, one more is refused`() throws {
    var text =
      "channels: {email: {side: online, outbound: true}}\ntouchpoints: {a: , out: }\nsuggestions:\n"
    for index in 0...10_000 {
      text += "  r\(index): {when: [{seen: a}], suggest: {touchpoint: out, channels: [email]}}\n"
    }
    let start = ContinuousClock.now
    #expect(Settings.of(text).problems.map(\.code) == ["too-many"])
    #expect(ContinuousClock.now - start < .seconds(60))
  }
}

extension String {
  /// A scenario's configuration has no section `kafka`.
  fileprivate var withoutKafka: String {
    split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("kafka:") && !$0.contains("group.id") }.joined(separator: "\n")
  }
}
