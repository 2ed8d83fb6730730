import Foundation
import JourneyModel
@testable import Settings
import Testing

@Suite struct ShowTests {
  private let credential = "tok-secret-1"

  private func valid() throws -> [(String, Settings)] {
    try ConfigurationCase.all.filter { $0.exit == 0 }.map {
      ($0.name, try $0.load(credential: credential))
    }
  }

  @Test func `the merged configuration reads back as the same plan`() throws {
    for (name, settings) in try valid() {
      let merged = settings.merged()
      let again = Settings.load(
        [YAMLReader.read(text: merged, name: "merged.yaml")],
        secrets: SecretSource(
          environment: { _ in "0123456789" }, file: { [credential] _ in .success(credential) }))
      let errors = again.problems.filter { $0.severity == .error }.map { $0.text() }
      #expect(errors.isEmpty, "\(name): \(errors)\n\(merged)")
      var (a, b) = (try #require(settings.plan), try #require(again.plan))
      (a.fingerprint, b.fingerprint) = ("", "")
      #expect(a == b, "\(name)\n\(merged)")
    }
  }

  @Test func `origins name the file and the line, or the default`() {
    let text = Settings.of("time:\n  grace: 7s\n").merged(withOrigin: true)
    #expect(text.contains("  grace: 7s  # a.yaml:2\n"))
    #expect(text.contains("  future_limit: 10m  # default\n"))
    #expect(text.contains("unknown_channels: accept  # default\n"))
  }

  @Test func `secrets are never printed`() throws {
    let yaml = """
      kafka:
        bootstrap.servers: b:1
        sasl.password: hunter2
        ssl.key.password: {env: KEY}
        ssl.key.pem: [hunter2]
      sources: {s: {topic: t}}
      outputs: {suggestions: o}
      """
    let settings = Settings.load(
      [YAMLReader.read(text: yaml, name: "a.yaml")],
      secrets: SecretSource(environment: { _ in "hunter3" }, file: { _ in .failure(.init("")) }))
    let printed =
      settings.merged(withOrigin: true) + settings.problems.map { $0.text() + $0.json }.joined()
    #expect(!settings.problems.isEmpty)
    #expect(!printed.contains("hunter"))
    #expect(printed.contains("sasl.password: \"********\""))
    #expect(printed.contains("ssl.key.password: {env: KEY}"))
    let broken = Settings.of("kafka:\n  sasl.password: hunter2: x\n", for: .daemon)
    #expect(!broken.problems.map { $0.text() }.joined().contains("hunter"))
  }

  @Test func `a secret is read from a credential, a file or the environment`() throws {
    func password(_ place: String) -> String? {
      let text =
        "kafka: {bootstrap.servers: 'b:1', sasl.password: \(place)}\nsources: {s: {topic: t}}\noutputs: {suggestions: o}\n"
      let source = SecretSource(
        environment: { ["CREDENTIALS_DIRECTORY": "/c", "PW": "from-env"][$0] },
        file: {
          ["/c/pw": "from-credential\n", "/etc/pw": "from-file"][$0].map { .success($0) }
            ?? .failure(.init("gone"))
        })
      let settings = Settings.load([YAMLReader.read(text: text, name: "a.yaml")], secrets: source)
      return settings.plan?.kafka.properties.first { $0.name == "sasl.password" && $0.isSecret }?
        .value
    }
    #expect(password("{credential: pw}") == "from-credential")
    #expect(password("{file: /etc/pw}") == "from-file")
    #expect(password("{env: PW}") == "from-env")
    #expect(password("{env: PX}") == nil)
    #expect(password("{credential: ../pw}") == nil)
    #expect(password("{env: PW, file: /etc/pw}") == nil)
  }

  @Test func `the starter is right as it is and names every setting`() {
    let starter = SettingsTable.starter()
    let settings = Settings.of(starter, for: .daemon)
    #expect(settings.problems.map { $0.text() } == [])
    for section in SettingsTable.root.settings {
      #expect(starter.contains("\n\(section.name):") || starter.contains("#: \(section.name):"))
    }
  }

  @Test func `the settings in the starter can be uncommented`() {
    let starter = SettingsTable.starter()
    var section = ""
    for line in starter.split(separator: "\n") {
      if let name = line.split(separator: ":").first, line.first?.isLetter == true {
        section = String(name)
      }
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      guard trimmed.hasPrefix("#: "), line.hasPrefix("  "), !trimmed.hasSuffix("…") else {
        continue
      }
      guard
        ["processing", "state", "time", "history", "log", "identity", "contact"].contains(section)
      else { continue }
      let text = "\(section):\n  \(trimmed.dropFirst(3))\n"
      #expect(Settings.of(text).isValid, "\(text)")
    }
  }

  @Test func `the schema is JSON and knows every section`() throws {
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(SettingsTable.schema().utf8)) as? [String: Any])
    let properties = try #require(schema["properties"] as? [String: Any])
    #expect(Set(properties.keys) == Set(SettingsTable.root.settings.map(\.name)))
    #expect(schema["additionalProperties"] as? Bool == false)
    let conditions = (schema["$defs"] as? [String: Any])?["condition"] as? [String: Any]
    #expect((conditions?["anyOf"] as? [Any])?.count == 10)
  }

  @Test func `every default of the table is a value of its setting`() {
    for section in SettingsTable.root.settings {
      guard case .record(let record) = section.shape else { continue }
      for setting in record.settings {
        guard let standard = setting.standard else { continue }
        let settings = Settings.of("\(section.name): {\(setting.name): \(standard)}\n")
        #expect(settings.isValid, "\(section.name).\(setting.name)")
      }
    }
  }

  @Test func `the fingerprint follows what is configured, not where`() throws {
    func fingerprint(_ texts: String...) throws -> String {
      try #require(
        Settings.load(texts.map { YAMLReader.read(text: $0, name: $0) }, for: .scenario).plan
      )
      .fingerprint
    }
    let one = try fingerprint("time: {grace: 1s}\nlog: {level: debug}\n")
    #expect(one.count == 6)
    #expect(try fingerprint("log: {level: debug}\n", "time: {grace: 1s}\n") == one)
    #expect(try fingerprint("time: {grace: 2s}\nlog: {level: debug}\n") != one)
  }

  @Test func `settings that take effect at a restart are named when they change`() {
    let old = Settings.of("processing: {workers: 1}\nsources: {s: {topic: t}}\ntime: {grace: 1s}\n")
    let new = Settings.of(
      "processing: {workers: 2, shards: 64}\nsources: {s: {topic: u}, v: {topic: w}}\ntime: {grace: 2s}\n"
    )
    let names = Settings.changes(from: old, to: new).map { "\($0.name) \($0.takes)" }
    #expect(
      names == [
        "processing.workers restart", "processing.shards never", "sources.s.topic restart",
        "sources.v restart",
      ])
    #expect(Settings.changes(from: old, to: old).isEmpty)
  }

  @Test func `identifier types can be added but not changed`() {
    func plan(_ kinds: String) -> IdentityPlan {
      Settings.of("identity: {identifiers: {\(kinds)}}").plan?.identity ?? .standard
    }
    let old = plan("a: {unique: true}, b: {limit: 3}")
    #expect(plan("a: {unique: true}, c: , b: {limit: 9}").fault(after: old) == nil)
    #expect(plan("b: {limit: 3}, a: {unique: true}").fault(after: old) != nil)
    #expect(plan("a: , b: {limit: 3}").fault(after: old) != nil)
    #expect(plan("a: {unique: true}").fault(after: old) != nil)
    #expect(plan("a: {unique: true}, b: {normalize: digits}").fault(after: old) != nil)
  }
}
