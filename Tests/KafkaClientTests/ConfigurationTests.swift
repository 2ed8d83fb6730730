import JourneyModel
import KafkaClient
import Testing

struct ConfigurationTests {
  @Test func `a misspelt property is answered with the one that was meant`() throws {
    let problem = try #require(KafkaConfiguration.problem(name: "fetch.min.byte", value: "1"))
    #expect(problem.kind == .unknown(near: ["fetch.min.bytes", "fetch.max.bytes"]))
    #expect(problem.message.contains("fetch.min.byte"))
    #expect(problem.help?.contains("fetch.min.bytes") == true)
  }

  @Test func `two letters that changed places are near`() {
    #expect(
      KnownProperties.installed.near("bootstrap.severs").first == "bootstrap.servers")
    #expect(KnownProperties.installed.near("sasl.pasword").first == "sasl.password")
    #expect(KnownProperties.installed.near("nothing.like.it.at.all").isEmpty)
  }

  @Test(arguments: [
    ("fetch.min.bytes", "0"), ("session.timeout.ms", "soon"), ("security.protocol", "smoke"),
  ])
  func `a value that librdkafka refuses is named`(name: String, value: String) throws {
    let problem = try #require(KafkaConfiguration.problem(name: name, value: value))
    #expect(problem.kind == .value)
    #expect(problem.message.contains(name))
  }

  @Test(arguments: [
    ("fetch.min.bytes", "1"), ("group.instance.id", "a"), ("security.protocol", "sasl_ssl"),
    ("compression.type", "zstd"), ("sasl.password", "x"), ("linger.ms", "0.5"),
  ])
  func `what librdkafka takes passes through`(name: String, value: String) {
    #expect(KafkaConfiguration.problem(name: name, value: value) == nil)
  }

  @Test func `a refused secret is not shown`() throws {
    let problem = try #require(
      KafkaConfiguration.problem(name: "security.protocol", value: "hunter2", isSecret: true))
    #expect(!problem.message.contains("hunter2"))
  }

  @Test(arguments: [
    ("enable.auto.commit", "processing.commit_interval"), ("transactional.id", "kafka.group.id"),
    ("isolation.level", "processing.guarantee"), ("auto.offset.reset", "sources.NAME.start"),
    ("statistics.interval.ms", "log.stats_interval"),
  ])
  func `what the daemon owns is refused with the setting to use`(
    name: String, instead: String
  ) throws {
    let problem = try #require(KafkaConfiguration.problem(name: name, value: "1"))
    #expect(problem.kind == .owned)
    #expect(problem.help?.contains(instead) == true)
  }

  @Test func `every owned property exists, and is owned once`() {
    let names = OwnedProperty.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(KnownProperties.installed.names.contains(name), "\(name)") }
  }

  @Test func `a consumer is not given what concerns producers`() {
    var plan = KafkaPlan()
    plan.properties = [
      .init(name: "linger.ms", value: "7"), .init(name: "client.rack", value: "a"),
    ]
    let configuration = KafkaConfiguration(plan)
    let consumer = configuration.properties(for: .input).map(\.name)
    #expect(!consumer.contains("linger.ms"))
    #expect(consumer.contains("client.rack"))
    #expect(configuration.properties(for: .plain).map(\.name).contains("linger.ms"))
  }

  @Test func `the user's value comes behind our default and before what is forced`() throws {
    var plan = KafkaPlan()
    plan.properties = [.init(name: "session.timeout.ms", value: "9000")]
    let names = KafkaConfiguration(plan).properties(for: .lead)
    let last = try #require(names.last { $0.name == "session.timeout.ms" })
    #expect(last.value == "9000")
    #expect(names.last { $0.name == "enable.auto.commit" }?.value == "false")
  }

  @Test func `properties that contradict each other are found without a broker`() throws {
    var plan = KafkaPlan()
    plan.properties = [
      .init(name: "bootstrap.servers", value: "nowhere.invalid:9092"),
      .init(name: "session.timeout.ms", value: "600000"),
      .init(name: "max.poll.interval.ms", value: "1000"),
    ]
    let problem = try #require(KafkaConfiguration(plan).combinationProblem())
    #expect(problem.contains("max.poll.interval.ms"))
    plan.properties.removeLast(2)
    #expect(KafkaConfiguration(plan).combinationProblem() == nil)
  }
}
