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
  /// It is looked at for a short time only.
  private static let cacheBytes = 8 << 20
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
      found = try database.get(DiskLayout.ownerKey).map(DiskLayout.name)
      settledAt = try DiskPositions(database).settledAt
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
      do throws(StoreFailure) { return try open(once: path) } catch { continue }
    }
    return try open(once: path)
  }

  private static func open(once path: String) throws(StoreFailure) -> Database {
    try Database(path, cacheBytes: cacheBytes, isReadOnly: true)
  }

  package func forEach(
    _ kind: RowKind?, _ body: (StateRow) throws(StoreFailure) -> Void
  ) throws(StoreFailure) {
    try database.forEachRow(kind, body)
  }

  package func value(_ partition: Int32, _ key: [UInt8]) throws(StoreFailure) -> [UInt8]? {
    try database.get(DiskLayout.key(partition, key))
  }

  package func places(named name: UInt64) throws(StoreFailure) -> [RowPlace] {
    try database.places(named: name)
  }

  package func entries(
    of calendar: RowCalendar, after entry: RowEntry?, atMost count: Int
  ) throws(StoreFailure) -> [RowEntry] {
    let start = CalendarFronts().start(of: calendar, after: entry)
    return try database.entries(of: calendar, from: start, atMost: count)
  }
}
