extension WhoIsWho {
  /// What is wrong with the state, if anything. Cost: O(all).
  package func checkInvariants() -> String? {
    var founded: Set<UInt32> = []
    var refusedLinks: [UInt32: UInt16] = [:]
    var uses: [UInt32: UInt32] = [:]
    for index in 1..<identifiers.end where identifiers[index].valueCount > 0 {
      if let problem = checkIdentifier(index, &founded, &refusedLinks, &uses) { return problem }
    }
    for index in 1..<identifiers.end where identifiers[index].valueCount > 0 {
      if identifiers[index].uses != uses[index] ?? 0 { return "uses of \(index)" }
      if identifiers[index].refused != refusedLinks[index] ?? 0 {
        return "refused links of \(index)"
      }
    }
    if founded.count != customerCount {
      return "\(founded.count) founded, \(customerCount) counted"
    }
    for household in 1..<households.end where households[household].size > 0 {
      var size: UInt32 = 0
      let head = households[household].head
      var index = head
      repeat {
        size += 1
        if identifiers[index].household != household { return "household of \(index)" }
        index = identifiers[index].nextInHousehold
      } while index != head && size < 1 << 20
      if size != households[household].size { return "size of household \(household)" }
    }
    return nil
  }

  private func checkIdentifier(
    _ index: UInt32, _ founded: inout Set<UInt32>, _ refused: inout [UInt32: UInt16],
    _ uses: inout [UInt32: UInt32]
  ) -> String? {
    let record = identifiers[index]
    if lookup(Array(value(index)), record.type) != index { return "\(index) is not found" }
    let component = components[record.component]
    if !component.first.isNone { founded.insert(record.component) }
    if component.isSecondLife { return "\(index) is in a second life" }
    var size = 0
    var holdsHead = false
    forEachLife(CustomerRef(record.component)) { member, _ in
      size += 1
      holdsHead = holdsHead || member == index
    }
    if size != Int(component.size) || !holdsHead { return "ring of customer \(record.component)" }
    if size > 1, identifiers[component.head].household != record.household { return "apart" }
    if record.split != 0, splits[record.split].component != 0 {
      founded.insert(splits[record.split].component)
      if components[splits[record.split].component].head != index {
        return "second life of \(index)"
      }
    }
    var link = record.links
    while link != 0 {
      let each = links[link]
      if each.weak != index { return "link \(link) is in another's list" }
      if identifiers[each.strong].household != record.household { return "link \(link) leaves" }
      uses[each.strong, default: 0] += 1
      uses[index, default: 0] += 1
      if each.state.isRefused {
        refused[each.strong, default: 0] += 1
        refused[index, default: 0] += 1
      }
      link = each.next
    }
    var bundle = record.bundles
    while bundle != 0 {
      for at in 0..<Int(bundles[bundle].count) where member(bundle, at) != 0 {
        let member = member(bundle, at)
        uses[member, default: 0] += 1
        if bundles[bundle].state.isRefused { refused[member, default: 0] += 1 }
        if identifiers[member].household != record.household { return "bundle \(bundle) leaves" }
      }
      bundle = bundles[bundle].next
    }
    return nil
  }
}
