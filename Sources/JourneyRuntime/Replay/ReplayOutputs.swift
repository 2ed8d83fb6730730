internal import EventFormats
internal import JourneyModel
package import Supervision

internal import Glibc

/// Where a replay writes: suggestions to standard output, or every output to a file of its own.
package final class ReplayOutputs {
  private let writer: OutputWriter
  private let groupID: String
  private let suggestions: OutputFile
  private let others: Others?

  private struct Others {
    var decisions: OutputFile
    var identities: OutputFile
    var rejected: OutputFile
    var journeys: OutputFile
  }

  /// Suggestions to standard output, and nothing else.
  package init(groupID: String) {
    writer = OutputWriter(groupID: groupID)
    self.groupID = groupID
    suggestions = OutputFile()
    others = nil
  }

  /// Each output to a file in a folder, which is made if need be.
  package init(groupID: String, folder: String) throws(Failure) {
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw Failure(
        .stateNotCreated, "\(folder): \(String(cString: strerror(errno)))",
        cure: "name a folder that can be made")
    }
    writer = OutputWriter(groupID: groupID)
    self.groupID = groupID
    suggestions = try OutputFile(path: folder + "/suggestions.ndjson")
    others = Others(
      decisions: try OutputFile(path: folder + "/decisions.ndjson"),
      identities: try OutputFile(path: folder + "/identities.ndjson"),
      rejected: try OutputFile(path: folder + "/rejected.ndjson"),
      journeys: try OutputFile(path: folder + "/journeys.ndjson"))
  }

  /// Whether more than suggestions is written.
  package var wantsAll: Bool { others != nil }

  func write(_ effect: Effect) throws(Failure) {
    switch effect {
    case .made(let made): try line(writer.record(made), to: suggestions)
    case .withdrawn(let withdrawn): try line(writer.record(withdrawn), to: suggestions)
    case .decided(let decision): try line(writer.record(decision), to: others?.decisions)
    case .identity(let change): try line(writer.record(change), to: others?.identities)
    case .gone: break
    }
  }

  func write(_ picture: CustomerPicture) throws(Failure) {
    try line(writer.record(picture), to: others?.journeys)
  }

  /// A record that cannot be used, in the form that `kcat -J` prints and ``ReplayInput`` reads again.
  func write(_ rejection: Rejection, of record: InputRecord) throws(Failure) {
    guard let file = others?.rejected else { return }
    var out = JSONWriter()
    let headers = rejection.headers(
      topic: record.topic, partition: record.partition, offset: record.offset, groupID: groupID)
    let own = ownHeaders(of: record)
    out.object {
      $0.member("topic", record.topic)
      $0.member("partition", Int(record.partition))
      $0.member("offset", Int(record.offset))
      if let timestamp = record.timestamp { $0.member("ts", Int(timestamp.milliseconds)) }
      $0.key("headers")
      $0.list {
        for (name, value) in own {
          $0.string(name)
          if let value { $0.string(value) } else { $0.null() }
        }
        for header in headers {
          $0.string(header.name)
          $0.string(header.value)
        }
      }
      $0.key("key")
      if let key = record.key { $0.string(text(key)) } else { $0.null() }
      $0.key("payload")
      if let value = record.value { $0.string(text(value)) } else { $0.null() }
    }
    try file.line(out.bytes)
  }

  package func flush() throws(Failure) {
    try suggestions.flush()
    guard let others else { return }
    for file in [others.decisions, others.identities, others.rejected, others.journeys] {
      try file.flush()
    }
  }

  private func line(_ record: OutputRecord?, to file: OutputFile?) throws(Failure) {
    if let file, let value = record?.value { try file.line(value) }
  }

  private func ownHeaders(of record: InputRecord) -> [(String, String?)] {
    var own: [(String, String?)] = []
    record.headers?.forEach { name, value in own.append((text(name), value.map { text($0) })) }
    return own
  }
}

/// What is no UTF-8 is shown by replacement characters.
private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
  String(decoding: bytes, as: UTF8.self)
}
