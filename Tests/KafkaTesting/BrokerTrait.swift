package import Testing

/// Starts one broker for a suite and removes it behind the suite; skips the suite where there is none.
package struct BrokerTrait: SuiteTrait, TestScoping {
  /// The broker of the suite that is running.
  @TaskLocal package static var current: RealBroker?

  let version: String
  let isSecure: Bool
  let nodes: Int

  package func prepare(for test: Test) async throws {
    guard RealBroker.versions.contains(version) else {
      try Test.cancel(Comment(rawValue: RealBroker.hint))
    }
  }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let broker = try RealBroker(version: version, isSecure: isSecure, nodes: nodes)
    try await Self.$current.withValue(broker) { try await function() }
  }
}

extension Trait where Self == BrokerTrait {
  package static func broker(_ version: String, isSecure: Bool = false, nodes: Int = 1) -> Self {
    BrokerTrait(version: version, isSecure: isSecure, nodes: nodes)
  }
}
