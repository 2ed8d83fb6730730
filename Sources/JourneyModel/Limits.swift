/// Every bound on what comes from outside (spec 6.1). Nothing grows past these.
package enum Limits {
  package static let recordBytesMax = 1 << 20
  /// Of a record as a tool printed it, escapes and all.
  package static let capturedLineBytesMax = 16 << 20
  package static let recordDepthMax = 64
  package static let recordIdBytesMax = 256
  package static let touchpointBytesMax = 128
  package static let channelBytesMax = 64
  package static let identifiersPerRecordMax = 32
  package static let identifierBytesMax = 512
  package static let attributesBytesMax = 16 << 10
  package static let traitsBytesMax = 16 << 10
  package static let attributeKeptBytesMax = 1 << 10
  package static let traitBytesMax = 1 << 10
  package static let consentsPerRecordMax = 100
  package static let originBytesMax = 2 << 10
  package static let traceparentBytesMax = 128
  package static let tracestateBytesMax = 1 << 10
  package static let identifiersPerCustomerMax = 100
  package static let mergesPerCustomerMax = 50
  package static let householdIdentifiersMax = 1_000
  package static let refusedLinksPerIdentifierMax = 100
  package static let otherCountersMax = 64
  package static let traitsPerCustomerMax = 100
  package static let consentsPerCustomerMax = 100
  /// Earlier values of one trait, or of one consent, that are kept of one identifier.
  package static let pastFactsMax = 64
  package static let journeysPerCustomerMax = 100
  package static let suggestionsPerCustomerMax = 1_000
  package static let planEntriesMax = 10_000
  package static let namesMax = 65_536
  /// Names of attributes kept only since all are kept leave room for the others.
  package static let namesBeforeAttributesMax = 49_152
  package static let latestTouchesShown = 10

  /// Of a question that is asked through the socket.
  package static let inquiryBytesMax = 4 << 10

  // Of the daemon's own work.
  /// Which part of `state.cache` is for what is read from disk; the rest for those in memory.
  package static let copyCacheShare = 8
  /// Interactions, and records written, of one commit.
  package static let rowsPerCommitMax = 50_000
  package static let bytesPerCommitMax = 64 << 20
  /// Interactions that are taken before signals and the group are looked at again.
  package static let interactionsPerRoundMax = 1_000
  /// Deadlines of one moment that are fired before it is looked whether the batch is full.
  package static let deadlinesAtOnceMax = 1_000
  /// Interactions that several workers take together.
  package static let interactionsPerGroupMax = 1_024
  /// Records waiting from which on commits are large and rare.
  package static let catchingUpLag = 1_000
  /// How often topics and partitions that have appeared are looked for.
  package static let refreshInterval = TimeSpan.seconds(5)
  /// How long a transaction in the input may stay open, and how long one moment may last while records are left,
  /// before that is told.
  package static let transactionPatience = TimeSpan.seconds(30)
  package static let clockPatience = TimeSpan.seconds(60)
  package static let catchingUpCommitInterval = TimeSpan.seconds(1)
  /// How long a stop waits for the last batch to take effect: as long as the broker keeps a transaction open.
  package static let stopPatience = TimeSpan.seconds(10)
}
