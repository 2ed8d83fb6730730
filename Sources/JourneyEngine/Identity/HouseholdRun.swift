/// What running through the links of a household works on; by places in `members`. Kept from run to run.
struct HouseholdRun {
  struct Event {
    var key: Key
    /// A link's number, or a bundle's.
    var number: UInt32
    var isBundle: Bool
  }

  var members: [UInt32] = []
  var events: [Event] = []
  /// By event.
  var states: [LinkState] = []
  /// By member: which customer, the next in its ring, since when it stands for no one.
  var label: [Int32] = []
  var next: [Int32] = []
  var since: [Key] = []
  /// By label: identifiers, merges, the first interaction.
  var size: [Int32] = []
  var merges: [Int32] = []
  var first: [Key] = []
  /// By label: whose interaction that was, -1: no one's.
  var founder: [Int32] = []
  /// By label, and behind them by member for second lives: the component.
  var component: [UInt32] = []
  /// By member: the first interaction from when on it stands for no one.
  var secondFirst: [Key] = []
  /// Former components that go on.
  var claimed: Set<UInt32> = []
  /// Customers that lose data otherwise.
  var forced: Set<UInt32> = []

  /// Data of one customer that is another's now, or still the same one's.
  struct Move {
    var old: UInt32
    var new: UInt32
  }

  mutating func reset(_ count: Int) {
    events.removeAll(keepingCapacity: true)
    label.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    since.removeAll(keepingCapacity: true)
    size.removeAll(keepingCapacity: true)
    merges.removeAll(keepingCapacity: true)
    first.removeAll(keepingCapacity: true)
    for at in 0..<Int32(count) {
      label.append(at)
      next.append(at)
      since.append(.none)
      size.append(1)
      merges.append(0)
      first.append(.none)
    }
  }
}
