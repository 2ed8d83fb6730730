import JourneyModel

/// The customers' deadlines, earliest first.
///
/// Each customer has one; what was replaced stays in the heap until it comes up and is then passed over, or until
/// there is more of it than of others.
struct DeadlineCalendar {
  struct Entry: Equatable {
    var moment: Moment
    /// The customer's id then, which orders what is due at one moment: handles are not the same after a restart.
    var id: CustomerID
    var customer: CustomerRef

    static func precedes(_ a: Entry, _ b: Entry) -> Bool {
      a.moment != b.moment ? a.moment < b.moment : a.id < b.id
    }
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }
  var first: Entry? { heap.first }

  mutating func insert(_ moment: Moment, _ id: CustomerID, _ customer: CustomerRef) {
    heap.append(Entry(moment: moment, id: id, customer: customer))
    rise(from: heap.count - 1)
  }

  /// Takes out what was replaced where the heap has become much larger than it need be. Cost: O(1), amortized.
  mutating func tidy(for customers: Int, _ isValid: (Entry) -> Bool) {
    guard heap.count > customers * 3 + 1024 else { return }
    let kept = heap.filter(isValid)
    heap.removeAll(keepingCapacity: true)
    for entry in kept {
      heap.append(entry)
      rise(from: heap.count - 1)
    }
  }

  private mutating func rise(from place: Int) {
    var index = place
    while index > 0 {
      let parent = (index - 1) / 2
      guard Entry.precedes(heap[index], heap[parent]) else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < heap.count && Entry.precedes(heap[child], heap[least]) {
        least = child
      }
      guard least != index else { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
