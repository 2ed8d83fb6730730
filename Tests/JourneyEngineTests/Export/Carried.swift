import JourneyModel
import Testing

@testable import JourneyEngine

/// Rows written as lines and read back into those of another state.
struct Carried {
  var lines: [String] = []
  var rows: [StateRow] = []

  /// - Parameter shards: of the other state.
  init(_ rows: [StateRow], _ plan: Plan, shards: Int, now: Moment) throws {
    let secret = try #require(Engine.secret(in: rows))
    let old = StateScribe(plan: plan, names: try Engine.names(in: rows), secret: secret, now: now)
    var other = plan
    other.processing.shards = shards
    let new = StateScribe(plan: other, names: NameTable(), secret: secret, now: now)
    func take(
      _ kind: RowKind, _ write: (StateRow) throws -> [UInt8], _ read: (JSONValue) throws -> StateRow
    ) throws {
      for row in rows where row.key.first == kind.rawValue && row.key != StateRow.secretKey {
        let line = try write(row)
        lines.append(String(decoding: line, as: UTF8.self))
        self.rows.append(try read(try #require(JSONValue(parsing: line))))
      }
    }
    try take(.erasure, old.erasure, new.erasure)
    try take(.household, old.household, new.household)
    try take(.customer, old.customer, new.customer)
    self.rows += new.nameRows() + [.secret(secret), new.numbersRow()]
    self.rows += rows.filter { $0.key.first == RowKind.rule.rawValue }
  }
}
