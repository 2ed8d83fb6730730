internal import CRdKafka
internal import Glibc

/// What is wrong with a librdkafka property that a user gave.
package struct PropertyProblem: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// No property of that name; near ones, best first.
    case unknown(near: [String])
    /// The value does not fit.
    case value
    /// The daemon sets it itself.
    case owned
  }
  package let kind: Kind
  package let message: String
  /// What to do, as a sentence without a full stop.
  package let help: String?
}

/// The properties of the installed librdkafka, by the table that it prints of itself.
package struct KnownProperties: Sendable {
  package enum Scope: Sendable { case consumer, producer, both }

  package static let installed = KnownProperties(table: printedTable())

  /// Names in the library's order, each once.
  package let names: [String]
  let scopes: [String: Scope]

  init(table: String) {
    var names: [String] = []
    var scopes: [String: Scope] = [:]
    for line in table.split(separator: "\n") {
      let cells = line.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
      guard cells.count == 3, let scope = Scope(trimmed(cells[1])) else { continue }
      let name = String(trimmed(cells[0]))
      if scopes.updateValue(scope, forKey: name) == nil { names.append(name) }
    }
    (self.names, self.scopes) = (names, scopes)
  }

  /// Names that look like this one, best first, at most three.
  package func near(_ name: String) -> [String] {
    let bound = max(2, name.utf8.count / 4)
    let ranked = names.compactMap { known -> (Int, String)? in
      let distance = editDistance(Array(name.utf8), Array(known.utf8), bound: bound)
      return distance.map { ($0, known) }
    }
    return ranked.sorted { $0.0 < $1.0 }.prefix(3).map(\.1)
  }
}

extension KafkaConfiguration {
  /// What is wrong with one property, or nil: unknown, owned by the daemon, or a value that librdkafka refuses.
  ///
  /// A secret's value is never part of the answer.
  package static func problem(
    name: String, value: String, isSecret: Bool = false
  ) -> PropertyProblem? {
    if let owned = OwnedProperty.named(name) {
      return PropertyProblem(
        kind: .owned, message: "“\(name)” is set by journeyd itself: \(owned.reason)",
        help: owned.cure)
    }
    let conf = ConfigurationHandle()
    switch conf.set(name, value) {
    case .accepted: return nil
    case .unknown:
      let near = KnownProperties.installed.near(name)
      return PropertyProblem(
        kind: .unknown(near: near), message: "librdkafka has no property “\(name)”",
        help: near.first.map { "did you mean “\($0)”?" })
    case .refused(let reason):
      return PropertyProblem(
        kind: .value,
        message: isSecret ? "librdkafka refuses the value of “\(name)”" : reason, help: nil)
    }
  }
}

extension KnownProperties.Scope {
  fileprivate init?(_ cell: Substring) {
    switch cell {
    case "C": self = .consumer
    case "P": self = .producer
    case "*": self = .both
    default: return nil
    }
  }
}

private func trimmed(_ cell: Substring) -> Substring {
  var cell = cell
  while cell.first == " " { cell.removeFirst() }
  while cell.last == " " { cell.removeLast() }
  return cell
}

/// The library prints its table to a stream only; an in-memory one takes it.
private func printedTable() -> String {
  var bytes: UnsafeMutablePointer<CChar>?
  var count = 0
  guard let stream = open_memstream(&bytes, &count) else { return "" }
  rd_kafka_conf_properties_show(stream)
  fclose(stream)
  defer { free(bytes) }
  return text(bytes)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words; nil beyond the bound.
private func editDistance(_ a: [UInt8], _ b: [UInt8], bound: Int) -> Int? {
  guard abs(a.count - b.count) <= bound else { return nil }
  var before: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
      row.append(cost)
    }
    (before, last) = (last, row)
  }
  guard let distance = last.last, distance <= bound else { return nil }
  return distance
}
