internal import Glibc
package import JourneyModel

/// A copy on disk that is only looked at, while nobody writes it or while somebody does: it is as it was when it was opened.
package final class DiskCopy: RowSource {
  /// Why there is nothing to look at.
  package enum Failure: Error, Equatable, Sendable {
    case missing
    case forbidden(String)
    /// It is the copy of the state of this name.
    case ofAnother(String)
    case damaged(String)
  }

  private let database: Database
  package let settledAt: Moment?

  /// - Parameter owner: whose state it is to be.
  package init(path: String, owner: String) throws(Failure) {
    guard access(path, F_OK) == 0 || errno != ENOENT else { throw .missing }
    guard access(path, R_OK | X_OK) == 0 else {
      throw .forbidden(String(cString: strerror(errno)))
    }
    let found: [UInt8]?
    do throws(StoreFailure) {
      database = try Self.open(path)
      found = try database.get(DiskStore.ownerKey)
      settledAt = try Self.settledAt(database)
    } catch {
      switch error {
      case .damaged(let words), .unwritable(let words): throw .damaged(words)
      }
    }
    guard let found else { throw .missing }
    guard found == Array(owner.utf8) else {
      throw .ofAnother(String(decoding: found, as: UTF8.self))
    }
  }

  /// While a daemon tidies its files, the list of them may be outdated before all are opened.
  private static func open(_ path: String) throws(StoreFailure) -> Database {
    for _ in 0..<4 {
      do throws(StoreFailure) { return try Database(path, isReadOnly: true) } catch { continue }
    }
    return try Database(path, isReadOnly: true)
  }

  private static func settledAt(_ database: borrowing Database) throws(StoreFailure) -> Moment? {
    guard let bytes = try database.get(DiskStore.positionsKey) else { return nil }
    var reader = RowReader(bytes)
    do throws(RowDamage) { return try reader.moment() } catch { throw .damaged(error.message) }
  }

  package func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    // Customers lie behind all that is in the first partition, and nothing else does.
    let isFirst = kind != nil && kind != .customer
    let start = kind.map { DiskStore.key(isFirst ? 0 : 1, [$0.rawValue]) } ?? [DiskStore.rowMark]
    try database.forEach(from: start) { key, value throws(StoreFailure) in
      guard key.count > 5 else { throw .damaged("a key is too short") }
      if isFirst, !key.starts(with: start) { return false }
      guard kind == nil || key[5] == kind?.rawValue else { return true }
      try body(DiskStore.row(key, value))
      return true
    }
  }

  package func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    try database.get(DiskStore.key(partition, key))
  }
}
