// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: warnings stop the build, imports say what they bring in.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let cxx: [CXXSetting] = [.define("NDEBUG"), .unsafeFlags(["-O2"])]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [],
  linker: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: strict,
    linkerSettings: linker)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "journeyd",
  products: [
    .executable(name: "journeyd", targets: ["journeyd"]),
    .executable(name: "journeyd-bench", targets: ["journeyd-bench"]),
  ],
  targets: [
    // C at the door, nothing else.
    .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(name: "CRocksDB", pkgConfig: "rocksdb", providers: [.apt(["librocksdb-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .target(name: "CSimdJSON", cxxSettings: cxx, linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CCivilTime", cxxSettings: cxx, linkerSettings: [.linkedLibrary("cctz")]),

    // In the order of their imports: each may use what stands above it.
    library(
      "JourneyModel", ["CXXHash", "CSodium", "CCivilTime"], linker: [.linkedLibrary("m")]),
    library("EventFormats", ["JourneyModel", "CSimdJSON"]),
    library("JourneyEngine", ["JourneyModel"]),
    library("Settings", ["JourneyModel", "EventFormats", "JourneyEngine", "CYAML"]),
    library("StateStore", ["JourneyModel", "CRocksDB"]),
    library("Supervision", ["JourneyModel"]),
    library("KafkaClient", ["JourneyModel", "CRdKafka"]),
    library(
      "JourneyRuntime",
      [
        "JourneyModel", "EventFormats", "JourneyEngine", "Settings", "StateStore", "Supervision",
        "KafkaClient",
      ],
      // The demo brings the sample configuration along: links to `config/`.
      resources: ["journeyd", "catalogue", "journeys", "suggestions", "contact"].map {
        .embedInCode("Demo/Sample/\($0).yaml")
      }),
    .executableTarget(
      name: "journeyd",
      dependencies: [
        "JourneyModel", "EventFormats", "JourneyEngine", "Settings", "StateStore", "Supervision",
        "KafkaClient", "JourneyRuntime",
      ], swiftSettings: strict),
    .executableTarget(
      name: "journeyd-bench",
      dependencies: [
        "JourneyModel", "EventFormats", "JourneyEngine", "Settings", "StateStore", "Supervision",
        "KafkaClient", "JourneyRuntime", "CRdKafka",
      ], swiftSettings: strict),

    tests("JourneyModelTests", ["JourneyModel"]),
    tests("SettingsTests", ["Settings", "JourneyModel", "KafkaClient"]),
    tests("StateStoreTests", ["JourneyModel", "StateStore"]),
    tests("SupervisionTests", ["JourneyModel", "Supervision"]),
    tests(
      "CommandTests",
      [
        "JourneyModel", "EventFormats", "Settings", "Supervision", "KafkaClient", "JourneyRuntime",
        "journeyd",
      ]),
    tests("ProjectTests", []),
    tests("EventFormatsTests", ["CSimdJSON", "EventFormats", "JourneyModel", "Settings"]),
    tests("JourneyEngineTests", ["JourneyModel", "JourneyEngine"]),
    // What tests share to run and to watch a Kafka.
    .target(
      name: "KafkaTesting", dependencies: ["JourneyModel", "KafkaClient"],
      path: "Tests/KafkaTesting", swiftSettings: strict),
    tests("KafkaClientTests", ["JourneyModel", "KafkaClient", "KafkaTesting", "CRdKafka"]),
    tests("BrokerTests", ["JourneyModel", "KafkaClient", "KafkaTesting", "CRdKafka"]),
    tests(
      "DaemonTests",
      [
        "JourneyModel", "JourneyRuntime", "KafkaClient", "KafkaTesting", "StateStore",
        "Supervision",
        "journeyd",
      ]),
    // Stacks of their own for what runs side by side in a simulation, on one thread.
    .target(name: "CFibers", path: "Tests/CFibers"),
    tests(
      "SimulationTests",
      [
        "CFibers", "EventFormats", "JourneyEngine", "JourneyModel", "JourneyRuntime",
        "KafkaClient", "StateStore", "Supervision",
      ]),
    tests(
      "ScenarioTests",
      [
        "JourneyRuntime", "Settings", "EventFormats", "JourneyEngine", "JourneyModel",
        "StateStore", "Supervision",
      ]),
    tests(
      "ExplainTests",
      [
        "JourneyRuntime", "Settings", "Supervision", "EventFormats", "JourneyEngine",
        "JourneyModel",
      ]),
    tests("ExampleTests", ["EventFormats", "JourneyRuntime", "Settings", "JourneyModel"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
