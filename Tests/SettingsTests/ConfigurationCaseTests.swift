@testable import Settings
import Testing

@Suite struct ConfigurationCaseTests {
  @Test func `there are cases`() {
    #expect(ConfigurationCase.all.count > 60)
  }

  @Test(arguments: ConfigurationCase.all)
  func `what is said of a configuration is what its user needs`(row: ConfigurationCase) throws {
    let credential = "tok-\(UInt64.random(in: 0...UInt64.max))"
    let settings = try row.load(credential: credential)
    let reasons = row.judge(settings.problems)
    #expect(reasons.isEmpty, "\(reasons.joined(separator: "\n"))")
    #expect(settings.isValid == (row.exit == 0))
    let printed = settings.problems.map { $0.text() + $0.json }.joined()
    for secret in row.secrets + [credential] { #expect(!printed.contains(secret)) }
  }
}
