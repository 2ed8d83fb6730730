package import JourneyModel

// What is of one customer alone.
extension StateScribe {
  /// The line of a household as far as it is of one customer; of what others have in common with it, its own part.
  package func own(_ row: StateRow, of customer: CustomerID) throws(RowDamage) -> [UInt8] {
    let household = try Household(row)
    return try line(HouseholdFields(household.own(customer, names), self))
  }
}

extension Engine {
  /// The id that a customer is known by.
  package func id(of customer: CustomerRef) -> CustomerID { who.id(of: customer) }

  /// Where the row of a customer lies.
  package func place(of customer: CustomerRef) -> RowPlace {
    StateRow.customer(who.id(of: customer), on: who.shard(of: customer), nil).place
  }

  /// Where the row of a customer's household lies.
  package func householdPlace(of customer: CustomerRef) -> RowPlace {
    var key = RowWriter(reserving: 9)
    key.byte(RowKind.household.rawValue)
    key.fixed(who.household(of: customer))
    return RowPlace(partition: 0, key: key.bytes)
  }
}

extension Household {
  /// Without the identifiers of others, and without what tells of them.
  func own(_ id: CustomerID, _ names: NameTable) -> Household {
    func makes(_ member: Member, second: Bool) -> Bool {
      WhoIsWho.id(names.text(member.type), member.value, second: second) == id.rawValue
    }
    let place = customers.firstIndex { founding in
      founding.founder.map { makes(members[$0], second: false) } ?? false
    }
    let kept = members.indices.filter { index in
      guard let place else {
        return members[index].split?.alone != nil && makes(members[index], second: true)
      }
      return members[index].customer == place
    }
    var own = Household(number: number)
    var places: [Int: Int] = [:]
    for index in kept {
      var member = members[index]
      if place != nil { member.split?.alone = nil }
      member.split?.since.id = []
      member.customer = 0
      places[index] = own.members.count
      own.members.append(member)
    }
    var founding = place.map { customers[$0] } ?? Founding()
    founding.founder = founding.founder.flatMap { places[$0] }
    own.customers = [founding]
    own.events = events.compactMap { $0.own(places) }
    return own
  }
}

extension Household.Event {
  /// Nil where nothing of it is left; where something is missing only when it was.
  fileprivate func own(_ places: [Int: Int]) -> Household.Event? {
    var own = self
    own.members = members.compactMap { $0 }.compactMap { places[$0] }
    guard !own.members.isEmpty else { return nil }
    if own.members.count < members.count {
      own.bundle = nil
      own.first.id = []
      own.last.id = []
    }
    return own
  }
}
