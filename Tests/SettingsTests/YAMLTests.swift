import JourneyModel
import Testing

@testable import Settings

@Suite struct YAMLTests {
  private func read(_ text: String) -> YAMLReader.Result {
    YAMLReader.read(text: text, name: "a.yaml")
  }

  private func places(_ text: String) -> [String] {
    read(text).problems.map { "\($0.place.line):\($0.place.column) \($0.code)" }
  }

  @Test func `a tree knows the place of each key and value`() throws {
    let root = try #require(read("a: 1\nb:\n  - x\n  - {c: \"é1\", d: y}\n").root)
    let b = try #require(root.entry("b"))
    #expect((b.keyPlace.line, b.keyPlace.column) == (2, 1))
    let items = try #require(b.value.list)
    #expect((items[0].place.line, items[0].place.column) == (3, 5))
    let d = try #require(items[1].entry("d"))
    #expect((d.keyPlace.line, d.keyPlace.column) == (4, 15))
    #expect((d.value.place.line, d.value.place.column) == (4, 18))
  }

  @Test func `off and 21 00 are strings, and so are numbers in quotes`() throws {
    let root = try #require(
      read("[off, 21:00, yes, \"1\", 1, -0x10, 1_000, 0o17, .5, 1e3, ~, TRUE, 2026-01-05, .inf]")
        .root)
    let values = try #require(root.list).map(\.json)
    #expect(
      values == [
        .string("off"), .string("21:00"), .string("yes"), .string("1"), .number(1),
        .string("-0x10"), .string("1_000"), .number(15), .number(0.5), .number(1000), .null,
        .bool(true), .string("2026-01-05"), .string(".inf"),
      ])
  }

  @Test func `a whole number beyond a double keeps its digits`() {
    #expect(CoreSchema.value("9007199254740993") == .digits("9007199254740993"))
    #expect(CoreSchema.whole("99999999999999999999") == nil)
  }

  @Test func `anchors, aliases, tags and merge keys are refused in their places`() {
    #expect(
      places("a: &x {b: 1}\nc: *x\nd: !!str 5\ne: {<<: *x}\n") == [
        "1:4 anchor", "2:4 alias", "3:4 tag", "4:5 merge-key", "4:9 alias",
      ])
  }

  @Test func `a key given twice names both places and the first is kept`() throws {
    let result = read("a: 1\n\"a\": 2\n")
    #expect(places("a: 1\n\"a\": 2\n") == ["2:1 given-twice"])
    #expect(result.problems.first?.message.contains("line 1") == true)
    #expect(try #require(result.root)["a"]?.whole == 1)
  }

  @Test func `a second document is refused and marks of one are not`() {
    #expect(places("%YAML 1.2\n---\na: 1\n...\n") == [])
    #expect(places("a: 1\n---\nb: 2\n") == ["2:1 documents"])
  }

  @Test func `a byte order mark moves no column`() throws {
    let root = try #require(read("\u{FEFF}\"a\": x\n").root)
    #expect(root.entry("a")?.keyPlace.column == 1)
  }

  @Test func `what stands before a fault of form is kept`() throws {
    let result = read("a: 1\nb:\n    c: 2\n  d: 3\n")
    #expect(!result.isComplete)
    #expect(result.problems.map { $0.place.line } == [4])
    #expect(try #require(result.root)["a"]?.whole == 1)
  }

  @Test func `a quote that never ends is told where it begins, brackets are not guessed at`() {
    #expect(places("a: 1\nb: \"x\nc: 2\n") == ["2:4 not-yaml"])
    #expect(places("a: 1\nb:2\nc: 3\n") == ["2:1 not-yaml"])
    #expect(read("a: {b: c\nd: 2\n").root?["a"] == nil)
  }

  @Test(arguments: ["", "# only a comment\n", "---\n", "\n\n"])
  func `a file without anything is no problem`(text: String) {
    #expect(read(text).problems.isEmpty)
  }

  @Test func `bytes that are not UTF-8 are told with their place`() {
    let result = YAMLReader.read(Array("a: b\nc: ".utf8) + [0xC3, 0x28], name: "a.yaml")
    #expect(result.problems.map { "\($0.place.line):\($0.place.column)" } == ["2:4"])
  }

  @Test func `nothing crashes on mutilated text`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    let base = Array("a: {b: [1, \"x\", 'y'], c: |\n  t\n}\nd:\n - e: &f *g\n   h: !!i j\n".utf8)
    for _ in 0..<3000 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        bytes[at] = UInt8.random(in: 0...255, using: &random)
      }
      let result = YAMLReader.read(bytes, name: "fuzz")
      #expect(result.isComplete || !result.problems.isEmpty, "seed \(seed)")
      for problem in result.problems { #expect(!problem.text().isEmpty) }
    }
  }

  @Test func `the text of a problem shows the line, a caret and the help`() {
    let source = SourceText(name: "rules.yaml", text: "x:\n    idle_timout: 30m\n")
    let problem = Diagnostic(
      .error, "unknown-key", at: Place(source, line: 2, column: 5, width: 11),
      "“idle_timout” is not a setting of “journey”", help: "did you mean “idle_timeout”?")
    #expect(
      problem.text() == """
        rules.yaml:2:5: error[unknown-key]: “idle_timout” is not a setting of “journey”
            2 |     idle_timout: 30m
              |     ^~~~~~~~~~~ did you mean “idle_timeout”?
        """)
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
