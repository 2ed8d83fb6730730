import JourneyModel

extension Engine {
  /// What must hold between who is who and the workers; for tests. Calls with what does not. Cost: all that is known.
  func checkInvariants(_ fail: (String) -> Void) {
    finishGroup()
    let living = Set(who.living)
    for ref in living {
      let (shard, id) = (who.shard(of: ref), who.id(of: ref))
      let household = who.identifiers[who.components[ref.rawValue].head].household
      if who.households[household].shard != shard.rawValue {
        fail("\(id) is not on the shard of its household")
      }
      guard workers[worker(of: shard)].customers.contains(ref) else {
        fail("\(id) is not with its worker")
        continue
      }
      let customer = workers[worker(of: shard)].customers.pointer(ref)
      if customer.pointee.face != who.face(of: ref) { fail("\(id) is told otherwise than it is") }
      if customer.pointee.id != id || customer.pointee.shard != shard {
        fail("\(id) on shard \(shard.rawValue) is taken for another")
      }
      for touch in customer.pointee.touches
      where who.customer(of: touch.stem) != ref
        || customer.pointee.face.strongest(of: touch.stem) == nil
      {
        fail("\(id) has a touch that is not its own")
      }
    }
    for (index, worker) in workers.enumerated() {
      for ref in worker.customers.refs
      where ref.rawValue != 0 && !worker.customers.pointer(ref).pointee.isEmpty
        && (!living.contains(ref) || self.worker(of: ref) != index)
      {
        fail("worker \(index) keeps somebody who is not there")
      }
    }
  }
}
