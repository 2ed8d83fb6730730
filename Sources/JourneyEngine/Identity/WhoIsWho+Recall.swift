import JourneyModel

// Memory is bounded: households that nobody has asked for lately are let go of, with their customers, and recalled by
// their identifiers.
extension WhoIsWho {
  /// A customer that has been recalled, whose own data its worker does not have yet.
  struct Recalled {
    var customer: CustomerRef
    var id: CustomerID
    var shard: ShardID
  }

  /// The name by which the row of an identifier's household is found.
  static func mark(_ type: NameID, _ value: some Collection<UInt8>) -> UInt64 {
    var text: [UInt8] = [
      RowKind.household.rawValue, UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xFF),
    ]
    text.append(contentsOf: value)
    return max(1, stableHash(text))
  }

  // MARK: Recalling

  /// Looks for an identifier among the households that are not in memory; 0: it is not known.
  func recall(
    _ bytes: UnsafeBufferPointer<UInt8>, _ type: UInt16, _ hash: UInt32
  ) -> UInt32 {
    guard hasAway, let memory, !hasLost else { return 0 }
    let places: [RowPlace]
    do throws(MemoryFailure) {
      places = try memory.places(named: WhoIsWho.mark(typeNames[Int(type)], bytes))
    } catch {
      hasLost = true
      return 0
    }
    for place in places {
      bring(place)
      let found = held(bytes, type, hash)
      if found != 0 { return found }
    }
    return 0
  }

  /// Recalls the household of a row, where it is not in memory and still there.
  func bring(_ place: RowPlace) {
    guard let row = WhoIsWho.household(of: place), household(ofRow: row) == 0,
      !goneRows.contains(row), let memory, !hasLost
    else { return }
    do throws(MemoryFailure) {
      guard let value = try memory.value(place) else { return }
      let before = customerCount
      do throws(RowDamage) {
        try restore(StateRow(partition: place.partition, key: place.key, value: value))
      } catch { throw MemoryFailure() }
      customerCount = before
      let household = household(ofRow: row)
      households[household].marksTold = marksDigest(of: household, silence(of: household))
      for component in components(of: household) where !components[component].first.isNone {
        recalled.append(
          Recalled(
            customer: CustomerRef(component), id: CustomerID(components[component].id),
            shard: ShardID(components[component].shard)))
      }
    } catch { hasLost = true }
  }

  /// The customers that were recalled since the last call.
  func takeRecalled() -> [Recalled] {
    defer { recalled.removeAll(keepingCapacity: true) }
    return recalled
  }

  /// The number of a household by the place of its row; nil for another row.
  static func household(of place: RowPlace) -> UInt64? {
    guard place.key.count == 9, place.key[0] == RowKind.household.rawValue else { return nil }
    return place.key.dropFirst().reduce(0) { $0 << 8 | UInt64($1) }
  }

  // MARK: Letting go

  /// The next household in turn that was not asked for since its last turn, and that is as its row says; 0: it is another's turn.
  ///
  /// Cost: O(1).
  func nextIdle() -> UInt32 {
    hand = hand + 1 < households.end ? hand + 1 : 1
    guard hand < households.end, households[hand].size > 0, households[hand].isWritten,
      !households[hand].isDirty
    else { return 0 }
    defer { households[hand].isUsed = false }
    return households[hand].isUsed ? 0 : hand
  }

  /// All customers of a household, also such as nothing has founded.
  ///
  /// Each is marked with its place. Cost: O(its identifiers).
  func components(of household: UInt32) -> [UInt32] {
    var found: [UInt32] = []
    func add(_ component: UInt32) {
      let mark = Int(components[component].mark)
      guard component != 0, mark >= found.count || found[mark] != component else { return }
      components[component].mark = UInt32(found.count)
      found.append(component)
    }
    forEachMember(of: household) { index in
      add(identifiers[index].component)
      if identifiers[index].split != 0 { add(splits[identifiers[index].split].component) }
    }
    return found
  }

  /// Forgets a household that is as its row says, until it is asked for. Cost: O(its identifiers and links).
  func letGo(_ household: UInt32) {
    gatherMembers(household)
    for component in components(of: household) {
      release(components[component].first)
      components.free(component)
    }
    var held: [UInt32] = []
    forEachBundle(household) { held.append($0) }
    for bundle in held {
      bundleNumbers.leave(bundles[bundle].number, bundle)
      release(bundle: bundle)
    }
    for index in run.members { letGo(identifier: index) }
    leave(household)
    hasAway = true
  }

  private func letGo(identifier index: UInt32) {
    let record = identifiers[index]
    var link = record.links
    while link != 0 {
      let next = links[link].next
      release(links[link].first)
      release(links[link].last)
      links.free(link)
      link = next
    }
    identifierNumbers.leave(record.number, index)
    release(identifier: index)
  }
}
