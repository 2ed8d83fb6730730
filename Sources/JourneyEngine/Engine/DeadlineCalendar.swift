import JourneyModel

/// The customers' deadlines, earliest first.
///
/// Each customer has one; what was replaced stays in the heap until it comes up and is then passed over.
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
    var index = heap.count - 1
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
