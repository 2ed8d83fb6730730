import JourneyModel
import Synchronization

/// What the sequencer tells a worker. What a worker does is a function of its messages, in their order.
enum Message {
  /// Who a customer is now.
  case face(CustomerRef, CustomerID, ShardID, Face)
  /// A customer goes to another shard: it is put into the parcel.
  case giveUp(CustomerRef, Parcel)
  /// A customer comes from another shard: nothing that follows may be looked at before it has.
  case expect(CustomerRef, ShardID, Parcel)
  /// A customer is in memory again: its id, shard and row.
  case recall(CustomerRef, CustomerID, ShardID, [UInt8])
  /// Customers are put together anew.
  case regroup(RegroupOrder)
  case interaction(InteractionBox, Placed)
  /// The outcome of a suggestion that may be anyone's.
  case outcome(InteractionBox, at: Moment)
  /// Decide, since something was taken from a customer.
  case decide(CustomerRef, InteractionBox, at: Moment)
  case forget(CustomerRef)
  /// Nothing but the time: of its deadlines so many at most.
  case advance(atMost: Int)
  /// Is it known already? The answer is noted under the number.
  case question(Int, InteractionBox, CustomerRef, StemRef, at: Moment)
}

/// A message and what holds at its place in the sequence.
struct Envelope {
  /// Rises with every interaction; orders what workers do beside one another.
  var number: Int
  /// Deadlines before this come before the message.
  var bound: Moment
  var expiredBy: Moment
  var message: Message
}

/// An interaction on its way to workers; filled again once all are done with it.
final class InteractionBox {
  var interaction = Interaction()
}

/// Whose an interaction is, and what came with its placement.
struct Placed {
  var clock: Moment
  var customer: CustomerRef
  var stem: StemRef
  /// Customers were put together anew: everything has to be looked at.
  var isRegrouped = false
  var hasMerged = false
  /// Others whose data changed.
  var affected: [CustomerRef] = []
}

/// How the data of former customers is put together anew, on the shard on which all of it lies.
struct RegroupOrder {
  struct Former {
    var customer: CustomerRef
    var id: CustomerID
    /// Which of the joined ones it was.
    var half: Int32
  }
  struct Current {
    var customer: CustomerRef
    var id: CustomerID
    /// Time of its first interaction, which may have left nothing else.
    var first: Moment
  }

  var now: Moment
  var shard: ShardID
  var routes: Routes
  var former: [Former] = []
  var current: [Current] = []
  var erased: [Regroup.Erased] = []
  /// Ids under which nothing is known any more.
  var gone: [CustomerID] = []

  func isErased(_ stem: StemRef, at key: () -> OrderKey) -> Bool {
    guard !erased.isEmpty else { return false }
    let key = key()
    return erased.contains { $0.stem == stem && key <= $0.through }
  }
}

/// A customer on its way from one worker to another.
final class Parcel: @unchecked Sendable {
  // Written by the one who gives before the flag is set, read by the one who takes after.
  private var customer = Customer()
  private let hasCome = Atomic<Bool>(false)

  var isHere: Bool { hasCome.load(ordering: .acquiring) }

  func put(_ customer: consuming Customer) {
    self.customer = customer
    hasCome.store(true, ordering: .releasing)
  }

  func take() -> Customer {
    withUnsafeMutablePointer(to: &customer) { place in
      let customer = place.move()
      place.initialize(to: Customer())
      return customer
    }
  }
}

/// What is to be done, in order; and where workers work beside one another, by which message each came about.
final class EffectLog {
  var effects: [Effect] = []
  private(set) var numbers: [Int] = []
  let keepsNumbers: Bool
  var number = 0

  init(keepsNumbers: Bool) { self.keepsNumbers = keepsNumbers }

  func append(_ effect: Effect) {
    effects.append(effect)
    if keepsNumbers { numbers.append(number) }
  }

  func append(_ more: [Effect]) { for effect in more { append(effect) } }

  func removeAll() {
    effects.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
  }
}
