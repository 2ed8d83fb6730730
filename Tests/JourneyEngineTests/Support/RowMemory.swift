import JourneyModel
import Synchronization

@testable import JourneyEngine

/// The last row of each key, as a copy of the state holds them.
final class RowMemory: CustomerMemory {
  private let rows = Mutex<[StateRowPlace: [UInt8]]>([:])

  func take(_ changed: [StateRow]) {
    rows.withLock { rows in
      for row in changed { rows[StateRowPlace(row)] = row.value }
    }
  }

  func recall(_ partition: Int32, _ key: [UInt8]) -> [UInt8]? {
    rows.withLock { $0[StateRowPlace(StateRow(partition: partition, key: key, value: nil))] }
  }
}
