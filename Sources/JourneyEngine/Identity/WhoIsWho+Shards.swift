internal import JourneyModel

// On which shard a household lives, and so each of its customers.
extension WhoIsWho {
  /// A customer whose household has become part of one on another shard.
  struct Move: Equatable, Sendable {
    var customer: CustomerRef
    var id: CustomerID
    var from: ShardID
    var to: ShardID
  }

  /// The shard that a customer's data lies on.
  func shard(of customer: CustomerRef) -> ShardID {
    ShardID(components[customer.rawValue].shard)
  }

  /// Brings customers after their households, which may have been joined to larger ones elsewhere.
  func settleShards() {
    guard hasJoinedShards else { return }
    hasJoinedShards = false
    var households: [UInt32] = []
    func add(_ household: UInt32) {
      if household != 0, !households.contains(household) { households.append(household) }
    }
    for list in [arrival.identifiers, arrival.dropped, run.members] {
      for index in list where identifiers[index].valueCount > 0 {
        add(identifiers[index].household)
      }
    }
    for ref in regroup.current { add(identifiers[components[ref.rawValue].head].household) }
    for household in households { settleShards(of: household) }
  }

  private func settleShards(of household: UInt32) {
    let shard = households[household].shard
    let head = households[household].head
    var index = head
    repeat {
      let record = identifiers[index]
      settleShard(of: record.component, shard)
      if record.split != 0 { settleShard(of: splits[record.split].component, shard) }
      index = record.nextInHousehold
    } while index != head
  }

  private func settleShard(of component: UInt32, _ shard: UInt16) {
    guard component != 0, components[component].shard != shard else { return }
    let ref = CustomerRef(component)
    // What is put together anew is brought by that.
    if !components[component].first.isNone,
      !regroup.former.contains(where: { $0.customer == ref })
    {
      moves.append(
        Move(
          customer: ref, id: CustomerID(components[component].id),
          from: ShardID(components[component].shard), to: ShardID(shard)))
    }
    components[component].shard = shard
  }
}
